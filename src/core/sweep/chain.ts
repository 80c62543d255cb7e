import type { GraphBuilder } from '../graph/builder.js';
import type { Value } from '../ir/graph.js';
import type { TensorType } from '../ir/tensor.js';
import type { ParameterValue } from './domain.js';

/**
 * A model as a chain of steps, each from one value to one value, so that what a step costs is computed once for each
 * step and input type, and a design is a sum of look-ups.
 */
export interface ModelChain {
  /** Type of the model's input. */
  inputOf(values: Readonly<Record<string, ParameterValue>>): TensorType;
  /** Numbers of a design's steps in order; equal numbers are equal steps. */
  stepsOf(values: Readonly<Record<string, ParameterValue>>): readonly number[];
  /** Adds a step to a graph. */
  build(step: number, builder: GraphBuilder, input: Value): Value;
}

/** The same chain at another batch: the first axis of its input. */
export function withBatch(chain: ModelChain, batch: number): ModelChain {
  return {
    inputOf: (values) => {
      const { shape, dtype } = chain.inputOf(values);
      return { shape: [batch, ...shape.slice(1)], dtype };
    },
    stepsOf: (values) => chain.stepsOf(values),
    build: (step, builder, input) => chain.build(step, builder, input),
  };
}
