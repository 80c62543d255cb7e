import type { GraphBuilder } from '../graph/builder.js';
import type { Value } from '../ir/graph.js';
import type { TensorType } from '../ir/tensor.js';
import type { ParameterValue } from './domain.js';

type Values = Readonly<Record<string, ParameterValue>>;

/** Steps of one design in order, equal neighbours as one run. Filled anew for each design, so that none makes garbage. */
export class StepRuns {
  readonly steps: number[] = [];
  readonly times: number[] = [];
  length = 0;

  add(step: number, times: number): void {
    if (times === 0) return;
    this.steps[this.length] = step;
    this.times[this.length++] = times;
  }
}

/**
 * A model as a chain of steps, each from one value to one value, so that what a step costs is computed once for each
 * step and input type, and a design is a sum of look-ups.
 */
export interface ModelChain {
  /** Type of the model's input; while it stays equal, the same object. */
  inputOf(values: Values): TensorType;
  /** Numbers of a design's steps, into `runs`, which is empty; equal numbers are equal steps. */
  stepsOf(values: Values, runs: StepRuns): void;
  /** A step's name in every thread that sweeps the same space. */
  keyOf(step: number): string;
  /** Adds a step to a graph. */
  build(step: number, builder: GraphBuilder, input: Value): Value;
  /** Rises when numbers are given anew. */
  readonly generation: number;
  /** Numbers given so far are asked no more, and what was remembered of them goes. */
  forget(): void;
}

/** A design's steps one after the other. */
export function buildDesign(chain: ModelChain, values: Values, builder: GraphBuilder): Value {
  const runs = new StepRuns();
  chain.stepsOf(values, runs);
  const { shape, dtype } = chain.inputOf(values);
  let value = builder.input('input', shape, dtype);
  for (let i = 0; i < runs.length; i++) {
    for (let left = runs.times[i] as number; left > 0; left--) {
      value = chain.build(runs.steps[i] as number, builder, value);
    }
  }
  return value;
}

/** The same chain at another batch: the first axis of its input. */
export function withBatch(chain: ModelChain, batch: number): ModelChain {
  const types = new WeakMap<TensorType, TensorType>();
  return {
    inputOf: (values) => {
      const own = chain.inputOf(values);
      const known = types.get(own);
      if (known !== undefined) return known;
      const type = { shape: [batch, ...own.shape.slice(1)], dtype: own.dtype };
      types.set(own, type);
      return type;
    },
    stepsOf: (values, runs) => chain.stepsOf(values, runs),
    keyOf: (step) => chain.keyOf(step),
    build: (step, builder, input) => chain.build(step, builder, input),
    get generation() {
      return chain.generation;
    },
    forget: () => chain.forget(),
  };
}
