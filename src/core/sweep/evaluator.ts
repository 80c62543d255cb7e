import { GraphBuilder } from '../graph/builder.js';
import type { Graph } from '../ir/graph.js';
import type { DType, TensorType } from '../ir/tensor.js';
import { type ModelChain, StepRuns } from './chain.js';
import type { ParameterValue } from './domain.js';
import { type Exchange, type Found, Heard } from './exchange.js';
import { contextFigures, type FigureOptions, figureNames, LOCAL_FIGURES, localFigures } from './figures.js';

/** Steps and pairs that are remembered before the memory starts anew: some hundred megabytes. */
const MOST_REMEMBERED = 400_000;

/** A step at one type of input. */
interface Step {
  readonly step: number;
  readonly input: TensorType;
  /** Numbers of the types that go in and come out. */
  readonly from: number;
  readonly to: number;
  readonly local: Float64Array;
  /** Filled when first needed. */
  context: Float64Array | undefined;
  /** What followed it so far, by number of the step. */
  readonly next: Map<number, Link>;
}

interface Link {
  readonly to: Step;
  /** Figures of both together, filled when first needed. */
  pair: Float64Array | undefined;
}

/**
 * Figures of designs by memory of steps.
 *
 * Figures that depend on each node alone are sums over steps, and peak memory is a maximum, since one value alone
 * crosses from step to step. What depends on neighbours (fused kernels, and latency by them) is summed by inclusion and
 * exclusion, Σ f(step, next step) − Σ f(inner step): exact where nothing reaches past a neighbouring step.
 */
export class Evaluator {
  readonly names: readonly string[];
  private readonly types: TensorType[] = [];
  private readonly typeNumbers = new Map<string, number>();
  /** By type number, then by step. */
  private readonly steps: Map<number, Step>[] = [];
  private remembered = 0;
  private generation = 0;
  private built = 0;
  private readonly peakAt = LOCAL_FIGURES.length;
  private readonly runs = new StepRuns();
  /** Steps of the design under way, and how often each comes in a row. */
  private readonly path: Step[] = [];
  private readonly times: number[] = [];
  private readonly heard: Heard | undefined;
  private lastInput: { readonly type: TensorType; readonly number: number } | undefined;

  constructor(
    private readonly chain: ModelChain,
    private readonly options: FigureOptions,
    private readonly dtype: DType = 'float32',
    exchange?: Exchange,
  ) {
    this.names = figureNames(options);
    this.heard = exchange && new Heard(exchange);
  }

  /** Figures of a design in the order of `names`, into `figures`. Throws ArchmeterError where it cannot be built. */
  evaluate(values: Readonly<Record<string, ParameterValue>>, figures: Float64Array): void {
    if (this.remembered > MOST_REMEMBERED) this.chain.forget();
    if (this.chain.generation !== this.generation) this.forget();
    const { path, times, peakAt } = this;
    const length = this.walk(values);
    figures.fill(0);
    for (let i = 0; i < length; i++) {
      const { local } = path[i] as Step;
      const count = times[i] as number;
      for (let f = 0; f < peakAt; f++) figures[f] = (figures[f] as number) + count * (local[f] as number);
      figures[peakAt] = Math.max(figures[peakAt] as number, local[peakAt] as number);
    }
    if (!this.options.localOnly) this.addContext(length, figures);
  }

  /** Steps and pairs of steps that were built so far: the rest were remembered. */
  get builds(): number {
    return this.built;
  }

  /** Fills `path` and `times`; returns their length. */
  private walk(values: Readonly<Record<string, ParameterValue>>): number {
    const { runs, path, times } = this;
    runs.length = 0;
    this.chain.stepsOf(values, runs);
    let length = 0;
    let at: Step | undefined;
    for (let i = 0; i < runs.length; i++) {
      const step = runs.steps[i] as number;
      for (let left = runs.times[i] as number; left > 0; ) {
        at = at === undefined ? this.step(step, this.inputNumber(values)) : this.link(at, step).to;
        // A step that gives the type it takes is followed by itself.
        const count = at.from === at.to ? left : 1;
        path[length] = at;
        times[length++] = count;
        left -= count;
      }
    }
    return length;
  }

  private addContext(length: number, figures: Float64Array): void {
    const { path, times } = this;
    const from = this.peakAt + 1;
    let before: Step | undefined;
    let isFirst = true;
    for (let i = 0; i < length; i++) {
      const step = path[i] as Step;
      for (let left = times[i] as number; left > 0; left--) {
        if (before !== undefined) {
          add(figures, this.pair(before, step), from, 1);
          if (!isFirst) add(figures, this.contextOf(before), from, -1);
          isFirst = false;
        }
        before = step;
      }
    }
    if (isFirst && before !== undefined) add(figures, this.contextOf(before), from, 1);
  }

  private inputNumber(values: Readonly<Record<string, ParameterValue>>): number {
    const type = this.chain.inputOf(values);
    if (this.lastInput?.type !== type) this.lastInput = { type, number: this.numberOf(type) };
    return this.lastInput.number;
  }

  private numberOf(type: TensorType): number {
    const key = `${type.dtype}:${type.shape.join('x')}`;
    const known = this.typeNumbers.get(key);
    if (known !== undefined) return known;
    const number = this.types.length;
    this.types.push({ shape: [...type.shape], dtype: type.dtype });
    this.steps.push(new Map());
    this.typeNumbers.set(key, number);
    return number;
  }

  private step(step: number, type: number): Step {
    const steps = this.steps[type] as Map<number, Step>;
    const known = steps.get(step);
    if (known !== undefined) return known;
    const input = this.types[type] as TensorType;
    const { figures: local, output } = this.recall('local', [step], input, () => {
      const { graph, output } = this.graphOf([step], input);
      return { figures: localFigures(graph), output };
    });
    const to = this.numberOf(output as TensorType);
    const entry: Step = { step, input, from: type, to, local, context: undefined, next: new Map() };
    steps.set(step, entry);
    this.remembered++;
    return entry;
  }

  private link(before: Step, step: number): Link {
    const known = before.next.get(step);
    if (known !== undefined) return known;
    const link: Link = { to: this.step(step, before.to), pair: undefined };
    before.next.set(step, link);
    return link;
  }

  private contextOf(step: Step): Float64Array {
    step.context ??= this.contextOfSteps([step.step], step.input);
    return step.context;
  }

  private pair(first: Step, second: Step): Float64Array {
    const link = this.link(first, second.step);
    if (link.pair === undefined) {
      link.pair = this.contextOfSteps([first.step, second.step], first.input);
      this.remembered++;
    }
    return link.pair;
  }

  private contextOfSteps(steps: readonly number[], input: TensorType): Float64Array {
    const make = () => ({ figures: contextFigures(this.graphOf(steps, input).graph, this.options) });
    return this.recall('context', steps, input, make).figures;
  }

  /** What `make` gives, unless another thread told it. */
  private recall(
    kind: string,
    steps: readonly number[],
    { dtype, shape }: TensorType,
    make: () => Omit<Found, 'key'>,
  ): Omit<Found, 'key'> {
    if (this.heard === undefined) return make();
    return this.heard.recall(
      JSON.stringify([kind, ...steps.map((step) => this.chain.keyOf(step)), dtype, shape]),
      make,
    );
  }

  private graphOf(steps: readonly number[], type: TensorType): { graph: Graph; output: TensorType } {
    this.built++;
    const builder = new GraphBuilder('step', this.dtype);
    let value = builder.input('input', type.shape, type.dtype);
    for (const step of steps) value = this.chain.build(step, builder, value);
    return { graph: builder.finish([value]), output: value };
  }

  private forget(): void {
    for (const steps of this.steps) steps.clear();
    this.path.length = 0;
    this.remembered = 0;
    this.generation = this.chain.generation;
    this.heard?.forget();
  }
}

function add(figures: Float64Array, part: Float64Array, from: number, sign: number): void {
  for (let i = 0; i < part.length; i++) figures[from + i] = (figures[from + i] as number) + sign * (part[i] as number);
}
