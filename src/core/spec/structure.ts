import { ArchmeterError } from '../errors.js';
import { consumersOf, type Graph, type Value } from '../ir/graph.js';
import { formatShape, type Shape } from '../ir/tensor.js';
import { opOf } from '../ops/index.js';

/** What a whole spec file must be, beside what its single layers say. */

/**
 * Every layer is read by another one or is an output.
 *
 * @throws ArchmeterError that names the first layer whose output nobody reads, or where there are no layers
 */
export function checkStructure(graph: Graph, file: string): void {
  if (graph.nodes.length === 0) {
    throw new ArchmeterError("'layers' lists no layer", "Write e.g. 'layers: [relu]'.", { file });
  }
  const consumers = consumersOf(graph);
  const outputs = new Set(graph.outputs);
  const isRead = (id: number) => (consumers[id] as number[]).length > 0 || outputs.has(id);
  const dead = graph.nodes.find((node) => !node.outputs.some(isRead));
  if (dead === undefined) return;
  throw new ArchmeterError(
    'no layer reads its output, and it is no output of the model',
    "Name it in the 'inputs' of a later layer or under 'outputs', or take it out.",
    { file, line: dead.line, layer: dead.name },
  );
}

/** Whether three axes look like an image without its batch: colours first, or a square. */
function looksLikeImage(shape: Shape): boolean {
  return shape.length === 3 && (shape[0] === 3 || (shape[1] === shape[2] && (shape[1] as number) > 1));
}

/**
 * An image [3, H, W] would be a batch of 3 signals. A kernel that is a list says that signals are meant.
 *
 * @param read what the layer reads
 * @param inputs those of the file
 * @throws ArchmeterError where a window would slide over an image that has no batch axis
 */
export function checkBatchAxis(
  op: string | undefined,
  read: Value | undefined,
  attributes: Readonly<Record<string, unknown>>,
  inputs: readonly Value[],
): void {
  const kind = op === undefined ? 'convolution' : opOf(op).kind;
  if (read === undefined || (kind !== 'convolution' && kind !== 'pooling') || Array.isArray(attributes.kernel)) return;
  const { shape } = read;
  const image = inputs.find((input) => looksLikeImage(input.shape) && formatShape(input.shape) === formatShape(shape));
  if (image === undefined) return;
  const [batch, channels, length] = shape;
  const signals = `${batch} ${batch === 1 ? 'signal' : 'signals'} of ${channels} channels and ${length} steps`;
  throw new ArchmeterError(
    `input '${image.name}' has no batch axis: [${shape.join(', ')}] would be ${signals}`,
    `Write [1, ${shape.join(', ')}] for an image; where signals are meant, write the kernel as a list, e.g. [3].`,
  );
}

/**
 * An op that joins any number of values joins at least two.
 *
 * @throws ArchmeterError where a layer reads fewer
 */
export function checkCount(op: string, inputs: readonly Value[]): void {
  const { least = 1 } = opOf(op).inputs.at(-1) ?? {};
  if (inputs.length >= least) return;
  throw new ArchmeterError(
    `${op} joins at least ${least} values, not ${inputs.length}`,
    "Name them: 'inputs: [a, b]'; a layer's 'as' or 'name' gives it a name.",
  );
}
