import { createRandom, type Random } from '../statistics/random.js';
import { dominates } from './front.js';

/** A problem over [0, 1)^dimensions: costs are minimised; violation 0 is feasible, more is worse. */
export interface Problem {
  readonly dimensions: number;
  evaluate(x: Float64Array): { readonly costs: Float64Array; readonly violation: number };
}

export interface Nsga2Options {
  /** Default 100. */
  readonly population?: number | undefined;
  readonly generations: number;
  readonly seed: number;
  /** Called after each generation. */
  readonly onGeneration?: ((generation: number, population: readonly Individual[]) => void) | undefined;
}

export interface Individual {
  readonly x: Float64Array;
  readonly costs: Float64Array;
  readonly violation: number;
  rank: number;
  crowding: number;
}

/** Distribution indices of crossover and mutation and crossover's probability, as in the paper's section V. */
const CROSSOVER_INDEX = 20;
const MUTATION_INDEX = 20;
const CROSSOVER_PROBABILITY = 0.9;

/**
 * NSGA-II (Deb, Pratap, Agarwal, Meyarivan 2002, IEEE Trans. Evolutionary Computation 6(2)): non-dominated sorting with
 * crowding, simulated binary crossover, polynomial mutation, and its constrained domination (section VI).
 *
 * @returns the last population
 */
export function nsga2(problem: Problem, options: Nsga2Options): Individual[] {
  const size = options.population ?? 100;
  const random = createRandom(options.seed);
  const individual = (x: Float64Array): Individual => ({ x, ...problem.evaluate(x), rank: 0, crowding: 0 });
  let population = Array.from({ length: size }, () =>
    individual(Float64Array.from({ length: problem.dimensions }, () => random.uniform())),
  );
  rankAndCrowd(population);
  for (let generation = 1; generation <= options.generations; generation++) {
    const children: Individual[] = [];
    while (children.length < size) {
      const [a, b] = crossed(tournament(population, random).x, tournament(population, random).x, random);
      children.push(individual(mutated(a, random)));
      if (children.length < size) children.push(individual(mutated(b, random)));
    }
    population = survivors([...population, ...children], size);
    options.onGeneration?.(generation, population);
  }
  return population;
}

function survivors(all: Individual[], size: number): Individual[] {
  const fronts = rankAndCrowd(all);
  const kept: Individual[] = [];
  for (const front of fronts) {
    if (kept.length + front.length <= size) kept.push(...front);
    else kept.push(...[...front].sort((a, b) => b.crowding - a.crowding).slice(0, size - kept.length));
    if (kept.length === size) break;
  }
  return kept;
}

function constrainedDominates(a: Individual, b: Individual): boolean {
  if (a.violation !== b.violation) return a.violation < b.violation;
  return a.violation === 0 && dominates(a.costs, b.costs);
}

/** Fast non-dominated sort (section III.A) and crowding distance (III.B), written into the individuals. */
function rankAndCrowd(all: readonly Individual[]): Individual[][] {
  const beats: number[][] = all.map(() => []);
  const beaten = new Int32Array(all.length);
  for (let i = 0; i < all.length; i++) {
    for (let j = i + 1; j < all.length; j++) {
      const [a, b] = [all[i] as Individual, all[j] as Individual];
      if (constrainedDominates(a, b)) {
        (beats[i] as number[]).push(j);
        beaten[j] = (beaten[j] as number) + 1;
      } else if (constrainedDominates(b, a)) {
        (beats[j] as number[]).push(i);
        beaten[i] = (beaten[i] as number) + 1;
      }
    }
  }
  const fronts: Individual[][] = [];
  let current = all.map((_, i) => i).filter((i) => beaten[i] === 0);
  while (current.length > 0) {
    const next: number[] = [];
    for (const i of current) {
      (all[i] as Individual).rank = fronts.length;
      for (const j of beats[i] as number[]) {
        beaten[j] = (beaten[j] as number) - 1;
        if (beaten[j] === 0) next.push(j);
      }
    }
    const front = current.map((i) => all[i] as Individual);
    crowd(front);
    fronts.push(front);
    current = next;
  }
  return fronts;
}

function crowd(front: readonly Individual[]): void {
  for (const one of front) one.crowding = 0;
  const objectives = front[0]?.costs.length ?? 0;
  for (let m = 0; m < objectives; m++) {
    const cost = (one: Individual | undefined) => (one as Individual).costs[m] as number;
    const order = [...front].sort((a, b) => cost(a) - cost(b));
    const range = cost(order[order.length - 1]) - cost(order[0]);
    (order[0] as Individual).crowding = Number.POSITIVE_INFINITY;
    (order[order.length - 1] as Individual).crowding = Number.POSITIVE_INFINITY;
    if (range === 0) continue;
    for (let i = 1; i < order.length - 1; i++) {
      (order[i] as Individual).crowding += (cost(order[i + 1]) - cost(order[i - 1])) / range;
    }
  }
}

function tournament(population: readonly Individual[], random: Random): Individual {
  const a = population[random.integer(population.length)] as Individual;
  const b = population[random.integer(population.length)] as Individual;
  if (a.rank !== b.rank) return a.rank < b.rank ? a : b;
  return a.crowding >= b.crowding ? a : b;
}

/** Simulated binary crossover (Deb and Agrawal 1995) within [0, 1). */
function crossed(a: Float64Array, b: Float64Array, random: Random): [Float64Array, Float64Array] {
  const [first, second] = [a.slice(), b.slice()];
  if (random.uniform() > CROSSOVER_PROBABILITY) return [first, second];
  for (let i = 0; i < a.length; i++) {
    if (random.uniform() < 0.5) continue;
    const u = random.uniform();
    const spread = (u <= 0.5 ? 2 * u : 1 / (2 - 2 * u)) ** (1 / (CROSSOVER_INDEX + 1));
    // Either child may take either side: this is what recombines the parents.
    const [p, q] = random.uniform() < 0.5 ? [a[i] as number, b[i] as number] : [b[i] as number, a[i] as number];
    first[i] = clamp(((1 + spread) * p + (1 - spread) * q) / 2);
    second[i] = clamp(((1 - spread) * p + (1 + spread) * q) / 2);
  }
  return [first, second];
}

/** Polynomial mutation, on average of one coordinate. */
function mutated(x: Float64Array, random: Random): Float64Array {
  for (let i = 0; i < x.length; i++) {
    if (random.uniform() >= 1 / x.length) continue;
    const u = random.uniform();
    const power = 1 / (MUTATION_INDEX + 1);
    const step = u < 0.5 ? (2 * u) ** power - 1 : 1 - (2 - 2 * u) ** power;
    x[i] = clamp((x[i] as number) + step);
  }
  return x;
}

function clamp(value: number): number {
  return Math.min(Math.max(value, 0), 1 - 2 ** -32);
}
