import type { DType, Shape } from '../../../src/core/ir/tensor.js';
import { OPS } from '../../../src/core/ops/index.js';
import type { Sample, Samples } from './sample-calls.js';

const int = (...shape: number[]) => ({ shape, dtype: 'int64' as DType });
const image = (n: number, channels = 4, ...sizes: number[]): Shape => [n, channels, ...(sizes.length ? sizes : [8, 6])];

/** One input, the same attributes for every batch. */
const on = (input: (n: number) => Shape, attributes: Record<string, unknown> = {}) => ({
  batched: [(n: number): Sample => ({ inputs: [input(n)], attributes })],
});

const pools = (extra: Record<string, unknown> = {}): Samples => ({
  batched: [
    (n) => ({ inputs: [image(n)], attributes: { kernel: 2, ...extra } }),
    (n) => ({ inputs: [image(n)], attributes: { kernel: [3, 2], stride: 2, padding: 1, ceilMode: true, ...extra } }),
    (n) => ({ inputs: [[n, 9, 4]], attributes: { kernel: 3, stride: 2, layout: 'channelsLast', ...extra } }),
    (n) => ({ inputs: [[n, 2, 4, 5, 6]], attributes: { kernel: 3, padding: 'same', ...extra } }),
  ],
});

const norms = (attributes: Record<string, unknown> = {}): Samples => ({
  batched: [
    (n) => ({ inputs: [image(n)], attributes }),
    (n) => ({ inputs: [image(n)], attributes: { ...attributes, affine: false } }),
  ],
});

const reductions: Samples = {
  batched: [
    (n) => ({ inputs: [image(n)], attributes: { axes: [2, 3] } }),
    (n) => ({ inputs: [image(n)], attributes: { axes: [-1], keepDims: true } }),
  ],
  unbatched: [{ inputs: [[3, 4]] }, { inputs: [[]] }],
};

const recurrent: Samples = {
  batched: [
    (n) => ({ inputs: [[7, n, 5]], attributes: { hiddenSize: 6 } }),
    (n) => ({
      inputs: [[n, 7, 5]],
      attributes: { hiddenSize: 6, layers: 2, bidirectional: true, batchFirst: true, biasVectors: 1 },
    }),
    (n) => ({
      inputs: [
        [7, n, 5],
        [1, n, 6],
      ],
      attributes: { hiddenSize: 6, bias: false },
    }),
  ],
  unbatched: [{ inputs: [[7, 5]], attributes: { hiddenSize: 3 } }],
};

const globalPools: Samples = {
  batched: [
    (n) => ({ inputs: [image(n)] }),
    (n) => ({ inputs: [[n, 3, 5, 4]], attributes: { keepDims: false, layout: 'channelsLast' } }),
  ],
};

const adaptivePools: Samples = {
  batched: [
    (n) => ({ inputs: [image(n)], attributes: { outputSize: 1 } }),
    (n) => ({ inputs: [image(n, 4, 10, 7)], attributes: { outputSize: [3, null] } }),
    (n) => ({ inputs: [image(n, 4, 2, 3)], attributes: { outputSize: [5, 7] } }),
  ],
};

const SAMPLES: Record<string, Samples> = {
  conv: {
    batched: [
      (n) => ({ inputs: [image(n)], attributes: { outChannels: 6, kernel: 3, stride: 2, padding: 1, groups: 2 } }),
      (n) => ({ inputs: [[n, 4, 9]], attributes: { outChannels: 6, kernel: 3, dilation: 2, bias: false } }),
      (n) => ({
        inputs: [[n, 4, 5, 6, 2]],
        attributes: { outChannels: 3, kernel: [1, 3, 2], padding: 'same', layout: 'channelsLast' },
      }),
    ],
  },
  convTranspose: {
    batched: [
      (n) => ({
        inputs: [image(n)],
        attributes: { outChannels: 6, kernel: 3, stride: 2, padding: 1, outputPadding: 1, groups: 2 },
      }),
      (n) => ({ inputs: [[n, 9, 4]], attributes: { outChannels: 2, kernel: 4, bias: false, layout: 'channelsLast' } }),
    ],
  },
  deformableConv: {
    batched: [
      (n) => ({
        inputs: [image(n), undefined, undefined, [n, 36, 4, 3], [n, 18, 4, 3]],
        attributes: { outChannels: 6, kernel: 3, stride: 2, padding: 1, groups: 2, offsetGroups: 2 },
      }),
    ],
  },
  linear: {
    batched: [
      (n) => ({ inputs: [[n, 5]], attributes: { outFeatures: 7 } }),
      (n) => ({ inputs: [[n, 3, 5]], attributes: { outFeatures: 7, bias: false } }),
    ],
    unbatched: [{ inputs: [[5]], attributes: { outFeatures: 2 } }],
  },
  matmul: {
    batched: [
      (n) => ({
        inputs: [
          [n, 3, 4],
          [n, 4, 5],
        ],
      }),
      (n) => ({
        inputs: [
          [n, 1, 4, 3],
          [6, 5, 4],
        ],
        attributes: { transposeLeft: true, transposeRight: true },
      }),
    ],
    unbatched: [{ inputs: [[4], [4]] }, { inputs: [[3, 4], [4]] }, { inputs: [[4], [2, 4, 3]] }],
  },
  einsum: {
    batched: [
      (n) => ({
        inputs: [
          [n, 2, 3, 4],
          [n, 2, 5, 4],
        ],
        attributes: { equation: 'bhqd,bhkd->bhqk' },
      }),
      (n) => ({
        inputs: [
          [n, 3],
          [3, 4],
          [4, 5],
        ],
        attributes: { equation: '...i,ij,jk' },
      }),
      (n) => ({
        inputs: [
          [n, 3],
          [n, 3],
        ],
        attributes: { equation: 'bi,bi->bi' },
      }),
    ],
    unbatched: [{ inputs: [[3, 4]], attributes: { equation: 'ij->ji' } }],
  },
  attention: {
    batched: [
      (n) => ({
        inputs: [
          [n, 4, 5, 8],
          [n, 2, 7, 8],
          [n, 2, 7, 6],
        ],
      }),
      (n) => ({
        inputs: [
          [n, 4, 1, 8],
          [n, 4, 1, 8],
          [n, 4, 1, 8],
          [n, 1, 1, 10],
        ],
        attributes: { causal: true, cacheLength: 9, softCap: 50 },
      }),
      (n) => ({
        inputs: [
          [n, 5, 8],
          [n, 7, 8],
          [n, 7, 6],
        ],
      }),
    ],
  },
  embedding: {
    batched: [(n) => ({ inputs: [int(n, 7)], attributes: { count: 20, features: 6 } })],
    unbatched: [{ inputs: [int()], attributes: { count: 20, features: 6 } }],
  },
  linearAttention: {
    batched: [
      (n) => ({
        inputs: [
          [n, 5, 24],
          [n, 5, 12],
          [n, 5, 8],
          [n, 2, 6, 4],
          [n, 5, 12],
          [n, 5, 2],
        ],
        attributes: { queryHeads: 4, keyHeads: 2 },
      }),
      (n) => ({
        inputs: [
          [n, 70, 12],
          [n, 70, 12],
          [n, 70, 8],
        ],
        attributes: { queryHeads: 2, keyHeads: 2, rule: 'linear' },
      }),
    ],
  },
  lstm: {
    ...recurrent,
    batched: [
      ...(recurrent.batched ?? []),
      (n) => ({
        inputs: [
          [7, n, 5],
          [4, n, 3],
          [4, n, 6],
        ],
        attributes: { hiddenSize: 6, projectionSize: 3, layers: 2, bidirectional: true },
      }),
    ],
  },
  gru: recurrent,
  rnn: recurrent,
  batchNorm: {
    batched: [
      ...(norms().batched ?? []),
      (n) => ({ inputs: [image(n)], attributes: { scale: false } }),
      (n) => ({ inputs: [[n, 5]], attributes: { shift: false, layout: 'channelsLast' } }),
    ],
  },
  layerNorm: {
    batched: [...(norms().batched ?? []), (n) => ({ inputs: [image(n)], attributes: { axes: 3, bias: false } })],
  },
  groupNorm: norms({ groups: 2 }),
  instanceNorm: norms(),
  rmsNorm: norms({ axes: 2 }),
  localResponseNorm: on(image, { size: 5 }),
  normalize: on(image, { axis: 1 }),
  softmax: on(image, { axis: 1 }),
  logSoftmax: on(image),
  hardmax: on(image),
  maxPool: { batched: [...(pools().batched ?? []), ...(pools({ indices: true }).batched ?? [])] },
  avgPool: pools({ countIncludePad: false }),
  lpPool: pools({ p: 1 }),
  globalAvgPool: globalPools,
  globalMaxPool: globalPools,
  adaptiveAvgPool: adaptivePools,
  adaptiveMaxPool: adaptivePools,
  maxUnpool: { batched: [(n) => ({ inputs: [image(n), int(...image(n))], attributes: { kernel: 2 } })] },
  roiAlign: {
    unbatched: [
      { inputs: [image(1), [7, 5]], attributes: { outputSize: 3 } },
      { inputs: [image(1), [7, 4]], attributes: { outputSize: [2, 3], samplingRatio: 1, mode: 'max' } },
    ],
  },
  resize: {
    batched: [
      (n) => ({ inputs: [image(n)], attributes: { scale: 2 } }),
      (n) => ({ inputs: [image(n)], attributes: { size: [5, 9], mode: 'linear' } }),
      (n) => ({ inputs: [[n, 5, 3]], attributes: { size: 9, mode: 'cubic', layout: 'channelsLast' } }),
      (n) => ({ inputs: [image(n)], attributes: { size: [3, 4], mode: 'area' } }),
    ],
  },
  fourierTransform: {
    batched: [
      (n) => ({ inputs: [[n, 8, 1]], attributes: { axis: 1, oneSided: true } }),
      (n) => ({ inputs: [[n, 5, 2]], attributes: { axis: -2, inverse: true, oneSided: true } }),
      (n) => ({ inputs: [[n, 3, 5, 2]], attributes: { axis: 2, length: 16 } }),
    ],
  },
  gridSample: {
    batched: [
      (n) => ({ inputs: [image(n), [n, 3, 5, 2]] }),
      (n) => ({
        inputs: [
          [n, 2, 4, 4, 4],
          [n, 3, 5, 2, 3],
        ],
        attributes: { mode: 'nearest' },
      }),
    ],
  },
  pixelShuffle: on(image, { factor: 2 }),
  pixelUnshuffle: on((n) => [n, 8, 6, 4], { factor: 2, layout: 'channelsLast' }),
  unfold: on(image, { kernel: 3, padding: 1, stride: 2 }),
  fold: {
    batched: [
      (n) => ({ inputs: [[n, 4 * 9, 12]], attributes: { outputSize: [8, 6], kernel: 3, padding: 1, stride: 2 } }),
    ],
  },
  slidingWindow: on(image, { axis: 2, size: 3, step: 2 }),
  stridedView: { unbatched: [{ inputs: [[2, 6]], attributes: { shape: [3, 2, 2] } }] },
  concat: { batched: [(n) => ({ inputs: [image(n), image(n, 5), image(n)] })] },
  stack: { batched: [(n) => ({ inputs: [image(n), image(n)], attributes: { axis: -1 } })] },
  split: on(image, { sizes: [1, 3] }),
  slice: on(image, { axes: [1, 2], starts: [1, -1], ends: [9, 0], steps: [2, -2] }),
  pad: on(image, {
    pads: [
      [0, 0],
      [0, 0],
      [-1, 2],
      [1, 1],
    ],
    mode: 'edge',
  }),
  tile: on(image, { repeats: [1, 2, 3, 1] }),
  repeatInterleave: on(image, { repeats: 3, axis: 2 }),
  roll: on(image, { shifts: [1, 2], axes: [2, 3] }),
  flip: on(image, { axes: [3] }),
  triangle: on(image, { upper: false }),
  transpose: on(image, { permutation: [0, 2, 3, 1] }),
  reshape: on(image, { shape: [0, -1, 6] }),
  flatten: on(image),
  expand: { batched: [(n) => ({ inputs: [[n, 1, 3]], attributes: { shape: [-1, 5, 3] } })] },
  squeeze: on((n) => [n, 1, 3, 1], { axes: [1, -1] }),
  unsqueeze: on(image, { axes: [1, -1] }),
  gather: { batched: [(n) => ({ inputs: [image(n), int(3, 2)], attributes: { axis: 1 } })] },
  gatherElements: { batched: [(n) => ({ inputs: [image(n), int(n, 2, 8, 6)], attributes: { axis: 1 } })] },
  gatherNd: { batched: [(n) => ({ inputs: [image(n), int(n, 5, 2)], attributes: { batchAxes: 1 } })] },
  advancedIndex: {
    batched: [(n) => ({ inputs: [image(n), int(5, 1), int(3)], attributes: { axes: [1, 2] } })],
    unbatched: [{ inputs: [image(2), int(2), int(2)], attributes: { axes: [0, 3] } }],
  },
  overwrite: {
    batched: [
      (n) => ({ inputs: [image(n), image(n, 1)] }),
      (n) => ({ inputs: [image(n), [n, 2, 8, 6], int(2)], attributes: { accumulate: true } }),
    ],
  },
  scatterElements: {
    batched: [
      (n) => ({
        inputs: [image(n), int(n, 2, 8, 6), [n, 2, 8, 6]],
        attributes: { axis: 1, reduction: 'add' },
      }),
    ],
  },
  scatterNd: { batched: [(n) => ({ inputs: [image(n), int(n, 1), image(n)] })] },
  oneHot: { batched: [(n) => ({ inputs: [int(n, 3)], attributes: { depth: 10 } })] },
  nonZero: on(image),
  topK: on(image, { k: 3 }),
  sort: on(image, { axis: 1 }),
  argMax: on(image, { axis: 1 }),
  argMin: on(image, { axis: 1, keepDims: true }),
  cumSum: on(image, { axis: 2 }),
  cumProd: on(image, { axis: -1 }),
  cumMax: on(image, { axis: 2 }),
  cumMin: on(image, { axis: 1 }),
  range: { unbatched: [{ inputs: [], attributes: { start: 1, limit: 10, step: 2 } }] },
  fill: { batched: [(n) => ({ inputs: [], attributes: { shape: [n, 3], value: 1 } })] },
  random: { batched: [(n) => ({ inputs: [], attributes: { shape: [n, 3], dtype: 'float16' } })] },
  where: {
    batched: [
      (n) => ({
        inputs: [
          [n, 1, 3],
          [4, 1],
          [n, 4, 3],
        ],
      }),
    ],
  },
  prelu: { batched: [(n) => ({ inputs: [image(n)] }), (n) => ({ inputs: [image(n)], attributes: { slopes: 4 } })] },
  glu: on(image, { axis: 1 }),
  gelu: {
    batched: [(n) => ({ inputs: [image(n)] }), (n) => ({ inputs: [image(n)], attributes: { approximate: 'tanh' } })],
  },
  rotaryEmbedding: {
    batched: [
      (n) => ({
        inputs: [
          [n, 2, 5, 8],
          [5, 4],
          [5, 4],
        ],
      }),
    ],
  },
  dropout: on(image, { rate: 0.5 }),
  identity: on(image),
  cast: on(image, { to: 'float16' }),
  quantize: { batched: [(n) => ({ inputs: [image(n), [4], int(4)], attributes: { axis: 1 } })] },
  dequantize: { batched: [(n) => ({ inputs: [{ shape: image(n), dtype: 'int8' }] })] },
  fakeQuantize: on(image),
  opaque: {
    batched: [(n) => ({ inputs: [image(n)], attributes: { type: 'X', outputs: [{ shape: [n], dtype: 'int8' }] } })],
  },
};

/** Samples of an op: from the table, or by its kind for the large families of alike ops. */
export function samplesOf(name: string): Samples | undefined {
  const op = OPS.get(name);
  if (SAMPLES[name] !== undefined || op === undefined) return SAMPLES[name];
  if (name.startsWith('reduce')) return reductions;
  if (op.kind === 'activation') return on(image);
  if (op.kind === 'elementwise' && op.inputs.length === 1) return on(image);
  if (op.kind === 'elementwise' && op.inputs.length === 2) {
    return { batched: [(n) => ({ inputs: [image(n), [4, 1, 1]] }), (n) => ({ inputs: [image(n), []] })] };
  }
  return undefined;
}

export const SAMPLED = [...OPS.keys()].flatMap((name) => {
  const samples = samplesOf(name);
  const all = [...(samples?.batched ?? []).map((sample) => sample(2)), ...(samples?.unbatched ?? [])];
  return all.map((sample, i) => ({ title: `${name} ${i + 1}`, name, sample }));
});
