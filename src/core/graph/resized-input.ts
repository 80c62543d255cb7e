import { ArchmeterError } from '../errors.js';
import type { Graph } from '../ir/graph.js';
import type { Shape } from '../ir/tensor.js';

/** An axis of at most so many elements is one of channels. */
const MOST_CHANNELS = 4;

/**
 * The shape of a graph's first input with square images of another side: `[n, c, h, w]` or `[n, h, w, c]`, told apart
 * by the channels (at most 4) or by two equal sides.
 *
 * @throws ArchmeterError where that input is no batch of images, or its axes cannot be told
 */
export function resizedInput(graph: Graph, side: number): Shape {
  const shape = graph.values[graph.inputs[0] as number]?.shape ?? [];
  const [batch, a, b, c] = shape as [number, number, number, number];
  if (shape.length === 4) {
    const few = [a <= MOST_CHANNELS, c <= MOST_CHANNELS];
    const square = [b === c, a === b];
    const [channelsFirst, channelsLast] = few[0] === few[1] && square[0] !== square[1] ? square : few;
    if (channelsFirst) return [batch, a, side, side];
    if (channelsLast) return [batch, side, side, c];
  }
  throw new ArchmeterError(
    shape.length === 4
      ? `which axes of the input ${shape.join('x')} of '${graph.name}' are an image's sides cannot be told`
      : `model '${graph.name}' does not take images: its first input is ${shape.join('x') || 'a scalar'}`,
    'Leave out the resolution, or give the shape with --input.',
  );
}
