import { ArchmeterError } from '../../core/errors.js';
import { kernelOf } from '../../core/evaluate/kernels.js';
import type { Kernel, KernelCall, Kernels, Tensor } from '../../core/evaluate/tensor.js';
import type { Graph, Node } from '../../core/ir/graph.js';
import { consumersOf } from '../../core/ir/graph.js';
import type { Shape, TensorType } from '../../core/ir/tensor.js';
import { opOf } from '../../core/ops/index.js';
import type { OpName } from '../../core/ops/op-attributes.js';
import { turnOfEvents } from '../events.js';
import { randomWeights } from '../weights.js';
import { convolution } from './convolution.js';
import { matrix } from './matrix.js';
import { normalization } from './normalization.js';
import { pooling } from './pooling.js';
import { recurrent } from './recurrent.js';
import { resize } from './resize.js';

const KERNELS: Kernels = {
  ...convolution,
  ...matrix,
  ...normalization,
  ...pooling,
  ...resize,
  ...recurrent,
};

/** Whether the reference computes an op. */
export function hasReference(op: string): boolean {
  return Object.hasOwn(KERNELS, op) || kernelOf(op) !== undefined;
}

export interface ReferenceInput {
  readonly shape: Shape;
  readonly data: ArrayLike<number>;
}

/**
 * Computes a graph in float64 with the weights that `seed` gives every runtime (`bench/weights.ts`). Shapes follow the
 * inputs, so that a graph can be run on fewer images or at a smaller resolution than it was built for.
 *
 * @param inputs in the order of `graph.inputs`, row-major
 * @param weights contents of stored values by id; default: drawn from `seed`
 * @throws ArchmeterError where an op has no reference, or a graph does not admit the shapes given
 */
export async function runReference(
  graph: Graph,
  seed: number,
  inputs: readonly ReferenceInput[],
  weights: (id: number) => ArrayLike<number> = randomWeights(graph, seed),
): Promise<Tensor[]> {
  const values: (Tensor | undefined)[] = graph.values.map((value) =>
    value.kind === 'input' || value.kind === 'activation'
      ? undefined
      : { shape: value.shape, data: Float64Array.from(weights(value.id)) },
  );
  graph.inputs.forEach((id, i) => {
    const input = inputs[i];
    if (input === undefined) throw new Error(`input ${i} of ${graph.inputs.length} is missing`);
    values[id] = { shape: input.shape, data: Float64Array.from(input.data) };
  });
  const uses = consumersOf(graph).map((nodes) => nodes.length);
  for (const id of graph.outputs) uses[id] = Number.POSITIVE_INFINITY;
  for (const node of graph.nodes) {
    // A large model takes seconds: an interrupt or a progress bar gets its turn between layers.
    await turnOfEvents();
    const results = runNode(graph, node, values);
    node.outputs.forEach((id, i) => {
      values[id] = results[i];
    });
    for (const id of new Set(node.inputs)) {
      if (id < 0) continue;
      uses[id] = (uses[id] as number) - 1;
      if (uses[id] === 0) values[id] = undefined;
    }
  }
  return graph.outputs.map((id) => values[id] as Tensor);
}

function runNode(graph: Graph, node: Node, values: readonly (Tensor | undefined)[]): Tensor[] {
  const op = opOf(node.op);
  const kernel = (KERNELS[node.op as OpName] as Kernel | undefined) ?? kernelOf(node.op);
  if (kernel === undefined) {
    throw new ArchmeterError(`op '${node.op}' has no reference implementation`, undefined, { layer: node.name });
  }
  const inputs = node.inputs.map((id) => (id < 0 ? undefined : values[id]));
  const types = node.inputs.map((id, slot): TensorType | undefined => {
    const value = graph.values[id];
    if (value === undefined) return undefined;
    return { ...value, shape: inputs[slot]?.shape ?? value.shape };
  });
  try {
    const outputs = op.infer(types, node.attributes);
    return kernel({
      op: node.op as OpName,
      inputs,
      inputTypes: types.map((type) => type?.dtype),
      attributes: node.attributes as KernelCall['attributes'],
      outputs,
    });
  } catch (error) {
    throw error instanceof ArchmeterError ? error.at({ layer: node.name }) : error;
  }
}
