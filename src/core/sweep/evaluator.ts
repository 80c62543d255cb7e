import { GraphBuilder } from '../graph/builder.js';
import type { Graph } from '../ir/graph.js';
import type { DType, TensorType } from '../ir/tensor.js';
import type { ModelChain } from './chain.js';
import type { ParameterValue } from './domain.js';
import { contextFigures, type FigureOptions, figureNames, LOCAL_FIGURES, localFigures } from './figures.js';

/** Steps and pairs that are remembered before the memory starts anew: some hundred megabytes. */
const MOST_REMEMBERED = 400_000;
/** Types and steps are numbered below this, so that two numbers make one exact key. */
const KEYS = 2 ** 26;

interface Step {
  readonly number: number;
  readonly step: number;
  readonly input: TensorType;
  readonly output: number;
  readonly local: Float64Array;
  /** Filled when first needed. */
  context: Float64Array | undefined;
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
  private readonly steps = new Map<number, Step>();
  private readonly pairs = new Map<number, Float64Array>();
  private built = 0;
  private readonly peakAt = LOCAL_FIGURES.length;
  private readonly path: Step[] = [];

  constructor(
    private readonly chain: ModelChain,
    private readonly options: FigureOptions,
    private readonly dtype: DType = 'float32',
  ) {
    this.names = figureNames(options);
  }

  /** Figures of a design in the order of `names`, into `figures`. Throws ArchmeterError where it cannot be built. */
  evaluate(values: Readonly<Record<string, ParameterValue>>, figures: Float64Array): void {
    if (this.steps.size + this.pairs.size > MOST_REMEMBERED) this.forget();
    const { path, peakAt } = this;
    const steps = this.chain.stepsOf(values);
    figures.fill(0);
    let type = this.numberOf(this.chain.inputOf(values));
    for (let i = 0; i < steps.length; i++) {
      const step = this.step(steps[i] as number, type);
      path[i] = step;
      for (let f = 0; f < peakAt; f++) figures[f] = (figures[f] as number) + (step.local[f] as number);
      figures[peakAt] = Math.max(figures[peakAt] as number, step.local[peakAt] as number);
      type = step.output;
    }
    if (this.options.localOnly) return;
    if (steps.length === 1) add(figures, this.contextOf(path[0] as Step), peakAt + 1, 1);
    for (let i = 1; i < steps.length; i++) {
      add(figures, this.pair(path[i - 1] as Step, path[i] as Step), peakAt + 1, 1);
      if (i > 1) add(figures, this.contextOf(path[i - 1] as Step), peakAt + 1, -1);
    }
  }

  /** Steps and pairs of steps that were built so far: the rest were remembered. */
  get builds(): number {
    return this.built;
  }

  private numberOf(type: TensorType): number {
    const key = `${type.dtype}:${type.shape.join('x')}`;
    const known = this.typeNumbers.get(key);
    if (known !== undefined) return known;
    const number = this.types.length;
    this.types.push({ shape: [...type.shape], dtype: type.dtype });
    this.typeNumbers.set(key, number);
    return number;
  }

  private step(step: number, type: number): Step {
    const key = step * KEYS + type;
    const known = this.steps.get(key);
    if (known !== undefined) return known;
    const input = this.types[type] as TensorType;
    const { graph, output } = this.graphOf([step], input);
    const entry: Step = {
      number: this.steps.size,
      step,
      input,
      output: this.numberOf(output),
      local: localFigures(graph),
      context: undefined,
    };
    this.steps.set(key, entry);
    return entry;
  }

  private contextOf(step: Step): Float64Array {
    step.context ??= contextFigures(this.graphOf([step.step], step.input).graph, this.options);
    return step.context;
  }

  private pair(first: Step, second: Step): Float64Array {
    const key = first.number * KEYS + second.number;
    const known = this.pairs.get(key);
    if (known !== undefined) return known;
    const { graph } = this.graphOf([first.step, second.step], first.input);
    const figures = contextFigures(graph, this.options);
    this.pairs.set(key, figures);
    return figures;
  }

  private graphOf(steps: readonly number[], type: TensorType): { graph: Graph; output: TensorType } {
    this.built++;
    const builder = new GraphBuilder('step', this.dtype);
    let value = builder.input('input', type.shape, type.dtype);
    for (const step of steps) value = this.chain.build(step, builder, value);
    return { graph: builder.finish([value]), output: value };
  }

  private forget(): void {
    this.steps.clear();
    this.pairs.clear();
  }
}

function add(figures: Float64Array, part: Float64Array, from: number, sign: number): void {
  for (let i = 0; i < part.length; i++) figures[from + i] = (figures[from + i] as number) + sign * (part[i] as number);
}
