import { inputOf, type Kernel, outputShape, tensor } from './tensor.js';

const batchNorm: Kernel = (call) => {
  const x = inputOf(call, 0);
  const [, scale, shift, mean, variance] = call.inputs;
  const last = call.attributes.layout === 'channelsLast';
  const channels = (last ? x.shape.at(-1) : x.shape[1]) as number;
  const inner = last ? 1 : x.shape.slice(2).reduce((product, size) => product * size, 1);
  const epsilon = Number(call.attributes.epsilon ?? 1e-5);
  const y = tensor(outputShape(call));
  for (let i = 0; i < y.data.length; i++) {
    const c = Math.floor(i / inner) % channels;
    const normal = ((x.data[i] as number) - (mean?.data[c] ?? 0)) / Math.sqrt((variance?.data[c] ?? 1) + epsilon);
    y.data[i] = normal * (scale?.data[c] ?? 1) + (shift?.data[c] ?? 0);
  }
  return [y];
};

export const normalization: Readonly<Record<string, Kernel>> = { batchNorm };
