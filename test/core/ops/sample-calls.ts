import { ArchmeterError } from '../../../src/core/errors.js';
import { GraphBuilder } from '../../../src/core/graph/builder.js';
import type { Value } from '../../../src/core/ir/graph.js';
import { type DType, elementCount, formatShape, type Shape } from '../../../src/core/ir/tensor.js';
import type { OpCall, OpDefinition } from '../../../src/core/ops/define-op.js';
import { OPS } from '../../../src/core/ops/index.js';

/** Data inputs (weights are made by the builder) and attributes of one call. */
export interface Sample {
  readonly inputs: readonly (Shape | { readonly shape: Shape; readonly dtype: DType } | undefined)[];
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** Samples by batch size; `unbatched` ones have no batch axis that scales all of their work. */
export interface Samples {
  readonly batched?: readonly ((n: number) => Sample)[];
  readonly unbatched?: readonly Sample[];
}

export interface BuiltCall {
  readonly op: OpDefinition;
  readonly call: OpCall<Record<string, unknown>>;
  readonly params: number;
}

/** A call of an op as the builder makes it, weights and output types included. */
export function build(name: string, sample: Sample): BuiltCall {
  const builder = new GraphBuilder('sample');
  const inputs = sample.inputs.map((input, i): Value | undefined => {
    if (input === undefined) return undefined;
    return 'dtype' in input ? builder.input(`x${i}`, input.shape, input.dtype) : builder.input(`x${i}`, input as Shape);
  });
  builder.addUntyped(name, inputs, sample.attributes ?? {});
  const { nodes, values } = builder.finish([]);
  const node = nodes[0] as (typeof nodes)[number];
  const call = {
    inputs: node.inputs.map((id) => values[id]),
    outputs: node.outputs.map((id) => values[id] as Value),
    attributes: node.attributes,
  };
  const params = values
    .filter(({ kind }) => kind === 'parameter')
    .reduce((sum, { shape }) => sum + elementCount(shape), 0);
  return { op: OPS.get(name) as OpDefinition, call, params };
}

/** Memory access cost as the analysis counts it. */
export function memoryAccessCost({ op, call }: BuiltCall): number {
  if (op.kind === 'view') return 0;
  if (op.memoryAccessCost !== undefined) return op.memoryAccessCost(call);
  const reads = op.reads?.(call) ?? call.inputs.map((input) => (input === undefined ? 0 : elementCount(input.shape)));
  const writes = op.writes?.(call) ?? call.outputs.map(({ shape }) => elementCount(shape));
  return [...reads, ...writes].reduce((sum, count) => sum + count, 0);
}

/** Output shapes of a call, joined as `2x3`; several outputs in a list. */
export function shapesOf(name: string, inputs: Sample['inputs'], attributes: Record<string, unknown> = {}): string[] {
  return build(name, { inputs, attributes }).call.outputs.map(({ shape }) => formatShape(shape));
}

/** Message of the error that a call gives, without the layer's name in front. */
export function errorOf(name: string, inputs: Sample['inputs'], attributes: Record<string, unknown> = {}): string {
  try {
    build(name, { inputs, attributes });
  } catch (error) {
    if (error instanceof ArchmeterError) return error.message.replace(`layer '${name}': `, '');
    throw error;
  }
  throw new Error(`${name} gave no error`);
}

export function arithmeticOf(name: string, inputs: Sample['inputs'], attributes: Record<string, unknown> = {}) {
  const { op, call } = build(name, { inputs, attributes });
  return op.arithmetic(call);
}
