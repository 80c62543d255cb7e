import { describe, expect, it } from 'vitest';
import { type Individual, nsga2, type Problem } from '../../../src/core/sweep/nsga2.js';

/** Area dominated by points of two costs up to (1, 1), or volume of three costs up to (1, 1, 1), by slices. */
function hypervolume(points: readonly (readonly number[])[]): number {
  const inside = points.filter((point) => point.every((value) => value < 1));
  if (inside.length === 0) return 0;
  if ((inside[0] as readonly number[]).length === 2) {
    let [area, height] = [0, 1];
    for (const [x, y] of [...inside].sort((a, b) => (a[0] as number) - (b[0] as number)) as [number, number][]) {
      if (y < height) {
        area += (1 - x) * (height - y);
        height = y;
      }
    }
    return area;
  }
  const sorted = [...inside].sort((a, b) => (a[2] as number) - (b[2] as number));
  return sorted.reduce((volume, point, i) => {
    const depth = ((sorted[i + 1]?.[2] as number | undefined) ?? 1) - (point[2] as number);
    return volume + depth * hypervolume(sorted.slice(0, i + 1).map(([x, y]) => [x as number, y as number]));
  }, 0);
}

const feasible = (costs: number[]) => ({ costs: Float64Array.from(costs), violation: 0 });
const costsOf = (population: readonly Individual[]) => population.map(({ costs }) => [...costs]);

/** ZDT1 to ZDT3 (Zitzler, Deb, Thiele 2000, section 3), 30 variables. */
const zdt = (shape: (f: number, g: number) => number): Problem => ({
  dimensions: 30,
  evaluate(x) {
    const f = x[0] as number;
    const g = 1 + (9 * x.slice(1).reduce((sum, value) => sum + value, 0)) / 29;
    return feasible([f, g * shape(f, g)]);
  },
});

/** DTLZ2 (Deb, Thiele, Laumanns, Zitzler 2002), three objectives, 12 variables: its front is an eighth of the unit sphere. */
const dtlz2: Problem = {
  dimensions: 12,
  evaluate(x) {
    const g = x.slice(2).reduce((sum, value) => sum + (value - 0.5) ** 2, 0);
    const [a, b] = [((x[0] as number) * Math.PI) / 2, ((x[1] as number) * Math.PI) / 2];
    return feasible([(1 + g) * Math.cos(a) * Math.cos(b), (1 + g) * Math.cos(a) * Math.sin(b), (1 + g) * Math.sin(a)]);
  },
};

describe('NSGA-II', () => {
  // Hypervolume of NSGA-II to (1, 1) after 25,000 evaluations, population 100: Durillo, Nebro, Alba 2010, table 4.
  it.each([
    ['ZDT1', zdt((f, g) => 1 - Math.sqrt(f / g)), 0.6594],
    ['ZDT2', zdt((f, g) => 1 - (f / g) ** 2), 0.3261],
  ])('reaches the published hypervolume of %s', (_name, problem, published) => {
    const population = nsga2(problem, { population: 100, generations: 250, seed: 1 });
    expect(hypervolume(costsOf(population))).toBeGreaterThan(published - 0.005);
  });

  it('comes near the sphere of DTLZ2', () => {
    const population = nsga2(dtlz2, { population: 100, generations: 250, seed: 1 });
    const distances = population.map(({ costs }) => Math.hypot(...costs) - 1);
    expect(Math.max(...distances)).toBeLessThan(0.2);
    // 1 − π/6 is the volume beyond the sphere; of 100 points NSGA-II covers about four fifths.
    expect(hypervolume(costsOf(population))).toBeGreaterThan(0.75 * (1 - Math.PI / 6));
  });

  it('prefers what meets the constraints', () => {
    const problem: Problem = {
      dimensions: 2,
      evaluate: (x) => ({
        costs: Float64Array.from([x[0] as number, 1 - (x[0] as number)]),
        violation: (x[1] as number) > 0.1 ? 1 : 0,
      }),
    };
    const population = nsga2(problem, { population: 40, generations: 40, seed: 2 });
    expect(population.every(({ violation }) => violation === 0)).toBe(true);
  });
});
