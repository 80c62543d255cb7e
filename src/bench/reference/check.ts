import { ArchmeterError } from '../../core/errors.js';
import type { Tensor } from '../../core/evaluate/tensor.js';
import type { Graph, Value } from '../../core/ir/graph.js';
import type { TensorType } from '../../core/ir/tensor.js';
import { opOf } from '../../core/ops/index.js';
import { runReference } from './interpret.js';

/** Multiply-adds up to which a reference is worth its time: about a quarter of a second for each 10⁹. */
export const REFERENCE_MADDS = 4e10;

/**
 * Outputs in float64 to hold a runtime's against, at the timed resolution: of the first image of the batch where the
 * graph runs on one alone, else of the whole batch. Runtimes' outputs begin with these elements.
 *
 * @param weights contents of stored values by id; default: drawn from `seed`
 * @returns `undefined` where the model is too large for it (`REFERENCE_MADDS`)
 */
export async function referenceOutputs(
  graph: Graph,
  seed: number,
  inputs: readonly Float32Array[],
  weights?: (id: number) => ArrayLike<number>,
): Promise<Float64Array[] | undefined> {
  const whole = graph.inputs.map((id, i) => ({ shape: value(graph, id).shape, data: inputs[i] as Float32Array }));
  const batch = commonBatch(graph);
  const madds = multiplyAdds(graph);
  if (batch > 1 && madds / batch <= REFERENCE_MADDS) {
    const first = whole.map(({ shape, data }) => ({
      shape: [1, ...shape.slice(1)],
      data: data.subarray(0, data.length / batch),
    }));
    const outputs = await attempt(() => runReference(graph, seed, first, weights));
    if (outputs !== undefined && startsBatches(graph, outputs)) return outputs.map(({ data }) => data);
  }
  if (madds > REFERENCE_MADDS) return undefined;
  return (await runReference(graph, seed, whole, weights)).map(({ data }) => data);
}

const value = (graph: Graph, id: number) => graph.values[id] as Value;

/** Size of the first axis of every input and output; 1 where they differ. */
function commonBatch(graph: Graph): number {
  const sizes = [...graph.inputs, ...graph.outputs].map((id) => value(graph, id).shape[0]);
  const [first = 1] = sizes;
  return sizes.every((size) => size === first) ? first : 1;
}

/** Whether each output is one image of the shape that the graph gives for the batch. */
function startsBatches(graph: Graph, outputs: readonly Tensor[]): boolean {
  return outputs.every(({ shape }, i) => {
    const expected = value(graph, graph.outputs[i] as number).shape;
    return (
      shape[0] === 1 && shape.length === expected.length && shape.every((s, axis) => axis === 0 || s === expected[axis])
    );
  });
}

/** A graph that has the batch size written into a shape does not run on one image. */
async function attempt<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ArchmeterError) return undefined;
    throw error;
  }
}

function multiplyAdds(graph: Graph): number {
  let total = 0;
  for (const node of graph.nodes) {
    const type = (id: number): TensorType | undefined => graph.values[id];
    total += opOf(node.op).arithmetic({
      inputs: node.inputs.map(type),
      outputs: node.outputs.map((id) => type(id) as TensorType),
      attributes: node.attributes,
    }).madds;
  }
  return total;
}
