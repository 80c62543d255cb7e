import { GraphBuilder } from '../../src/core/graph/builder.js';
import type { Graph, Value } from '../../src/core/ir/graph.js';
import type { DType, Shape } from '../../src/core/ir/tensor.js';
import { OPS } from '../../src/core/ops/index.js';

/** One op with its inputs and attributes, as a graph. */
export interface OpCase {
  readonly name: string;
  readonly op: string;
  readonly graph: Graph;
}

interface Input {
  readonly shape: Shape;
  readonly dtype?: DType;
}

function opCase(op: string, inputs: readonly (Input | Shape)[], attributes: object = {}, note = ''): OpCase {
  const b = new GraphBuilder(op);
  const values = inputs.map((input, i): Value => {
    const { shape, dtype } = 'shape' in input ? input : { shape: input, dtype: undefined };
    return b.input(`x${i}`, shape, dtype ?? 'float32');
  });
  const outputs = b.addUntyped(op, values, attributes);
  return { name: note ? `${op} ${note}` : `${op} ${JSON.stringify(attributes)}`, op, graph: b.finish(outputs) };
}

/** The op on values that lie in its domain: between layers that lead there. */
function between(op: string, prepare: (b: GraphBuilder, x: Value) => Value, attributes: object = {}): OpCase {
  const b = new GraphBuilder(op);
  const x = prepare(b, b.input('x', [2, 3, 4, 5]));
  return { name: `${op} ${JSON.stringify(attributes)}`, op, graph: b.finish(b.addUntyped(op, [x], attributes)) };
}

const image: Shape = [2, 6, 9, 7];
const channelsLast: Shape = [2, 9, 7, 6];
const line: Shape = [2, 6, 11];
const volume: Shape = [1, 4, 5, 6, 5];
const int = (shape: Shape): Input => ({ shape, dtype: 'int64' });
const bool = (shape: Shape): Input => ({ shape, dtype: 'bool' });

const last = { layout: 'channelsLast' };
const conv = { outChannels: 8, kernel: 3 };

const CONVOLUTIONS: OpCase[] = [
  opCase('conv', [image], conv),
  opCase('conv', [image], { ...conv, padding: 1, bias: false }),
  opCase('conv', [image], { ...conv, stride: 2, padding: 'same' }),
  opCase('conv', [image], { ...conv, stride: 2, padding: 'sameLower' }),
  opCase('conv', [image], { ...conv, kernel: [3, 1], padding: [1, 0], stride: [1, 2] }),
  opCase('conv', [image], {
    ...conv,
    padding: [
      [0, 1],
      [2, 0],
    ],
  }),
  opCase('conv', [image], { ...conv, dilation: 2, padding: 2 }),
  opCase('conv', [image], { ...conv, dilation: 2, stride: 2, padding: 2 }),
  opCase('conv', [image], { ...conv, groups: 2, padding: 1 }),
  opCase('conv', [image], { outChannels: 6, kernel: 3, groups: 6, padding: 1 }, 'depthwise'),
  opCase(
    'conv',
    [image],
    { outChannels: 12, kernel: 3, groups: 6, padding: 1, stride: 2 },
    'depthwise with multiplier',
  ),
  opCase(
    'conv',
    [image],
    {
      outChannels: 6,
      kernel: 5,
      groups: 6,
      padding: [
        [1, 2],
        [2, 2],
      ],
      stride: 2,
    },
    'depthwise padded unevenly',
  ),
  opCase('conv', [channelsLast], { ...conv, ...last, padding: 1 }),
  opCase('conv', [line], { ...conv, padding: 1, stride: 2 }, 'over a line'),
  opCase('conv', [line], { outChannels: 6, kernel: 3, groups: 6 }, 'depthwise over a line'),
  opCase('conv', [volume], { outChannels: 5, kernel: 3, padding: 1, stride: [1, 2, 1] }, 'over a volume'),
  opCase('convTranspose', [image], { outChannels: 4, kernel: 2, stride: 2 }),
  opCase('convTranspose', [image], { outChannels: 4, kernel: 3, stride: 2, padding: 1, outputPadding: 1 }),
  opCase('convTranspose', [image], { outChannels: 4, kernel: 3, groups: 2, dilation: 2, bias: false }),
  opCase('convTranspose', [image], { outChannels: 4, kernel: 4, stride: 2, padding: 'same' }),
  opCase('convTranspose', [image], { outChannels: 4, kernel: 3, stride: 2, padding: 'same' }, 'same, odd kernel'),
  opCase('convTranspose', [channelsLast], { outChannels: 4, kernel: 3, stride: 2, padding: 1, ...last }),
  opCase('convTranspose', [line], { outChannels: 4, kernel: 4, stride: 2, padding: 1 }, 'over a line'),
  opCase('unfold', [image], { kernel: 3, padding: 1, stride: 2 }),
  opCase('unfold', [image], { kernel: [2, 3], dilation: [2, 1] }),
  opCase('fold', [[2, 4 * 9, 20]], { outputSize: [9, 7], kernel: 3, stride: 2, padding: 1 }),
  opCase('fold', [[1, 2 * 4, 48]], { outputSize: [9, 7], kernel: 2 }),
];

const POOLINGS: OpCase[] = [
  ...['maxPool', 'avgPool', 'lpPool'].flatMap((op) => [
    opCase(op, [image], { kernel: 2 }),
    opCase(op, [image], { kernel: 3, stride: 2, padding: 1 }),
    opCase(op, [image], { kernel: 3, stride: 2, padding: 'same' }),
    opCase(op, [channelsLast], { kernel: 3, stride: 2, padding: 1, ...last }),
  ]),
  ...['maxPool', 'avgPool'].flatMap((op) => [
    opCase(op, [image], { kernel: 3, stride: 2, ceilMode: true }),
    opCase(op, [image], { kernel: 3, stride: 2, padding: 1, ceilMode: true }),
    opCase(op, [image], { kernel: [2, 3], stride: [3, 2], padding: [1, 1], ceilMode: true }),
    opCase(op, [line], { kernel: 3, padding: 1, stride: 2 }, 'over a line'),
    opCase(op, [volume], { kernel: 2, stride: 2 }, 'over a volume'),
  ]),
  opCase('maxPool', [volume], { kernel: 3, stride: 2, padding: 1 }, 'over a padded volume'),
  opCase('maxPool', [image], { kernel: 2, stride: 1, dilation: 2, padding: 1 }),
  opCase('avgPool', [image], { kernel: 3, stride: 2, padding: 1, countIncludePad: false }),
  opCase('avgPool', [image], { kernel: 3, stride: 2, padding: 1, ceilMode: true, countIncludePad: false }),
  opCase('avgPool', [image], { kernel: 3, stride: 2, padding: 1, divisor: 4 }),
  ...['adaptiveAvgPool', 'adaptiveMaxPool'].flatMap((op) => [
    opCase(op, [image], { outputSize: 1 }),
    opCase(op, [image], { outputSize: [3, 7] }),
    opCase(op, [image], { outputSize: [4, 3] }),
    opCase(op, [channelsLast], { outputSize: [4, null], ...last }),
  ]),
  ...['globalAvgPool', 'globalMaxPool'].flatMap((op) => [
    opCase(op, [image]),
    opCase(op, [image], { keepDims: false }),
    opCase(op, [channelsLast], last),
  ]),
  ...['nearest', 'linear', 'cubic'].flatMap((mode) => [
    opCase('resize', [image], { scale: 2, mode }),
    opCase('resize', [image], { size: [5, 11], mode }),
    opCase('resize', [image], { size: [5, 11], mode, coordinates: 'asymmetric' }),
    opCase('resize', [channelsLast], { scale: 2, mode, ...last }),
  ]),
  opCase('resize', [image], { size: [17, 13], mode: 'linear', alignCorners: true }),
  opCase('resize', [image], { size: [17, 13], mode: 'cubic', alignCorners: true }),
  opCase('resize', [image], { size: [4, 3], mode: 'area' }),
  opCase('resize', [line], { scale: 2, mode: 'linear' }, 'over a line'),
  opCase('pixelShuffle', [[2, 12, 3, 4]], { factor: 2 }),
  opCase('pixelShuffle', [[2, 12, 3, 4]], { factor: 2, order: 'depthColumnRow' }),
  opCase('pixelShuffle', [[2, 3, 4, 12]], { factor: 2, ...last }),
  opCase('pixelUnshuffle', [[2, 3, 4, 6]], { factor: 2 }),
  opCase('pixelUnshuffle', [[2, 3, 4, 6]], { factor: 2, order: 'depthColumnRow' }),
];

const NORMALIZATIONS: OpCase[] = [
  opCase('batchNorm', [image]),
  opCase('batchNorm', [image], { affine: false }),
  opCase('batchNorm', [image], { scale: false, epsilon: 1e-3 }),
  opCase('batchNorm', [channelsLast], last),
  opCase('batchNorm', [[4, 6]]),
  opCase('batchNorm', [line]),
  opCase('layerNorm', [[2, 5, 8]]),
  opCase('layerNorm', [[2, 5, 8]], { axes: 2 }),
  opCase('layerNorm', [[2, 5, 8]], { affine: false }),
  opCase('layerNorm', [[2, 5, 8]], { bias: false, epsilon: 1e-6 }),
  opCase('rmsNorm', [[2, 5, 8]]),
  opCase('rmsNorm', [[2, 5, 8]], { affine: false }),
  opCase('groupNorm', [image], { groups: 3 }),
  opCase('groupNorm', [image], { groups: 2, affine: false }),
  opCase('groupNorm', [channelsLast], { groups: 3, ...last }),
  opCase('instanceNorm', [image]),
  opCase('instanceNorm', [channelsLast], { affine: false, ...last }),
  opCase('localResponseNorm', [image], { size: 5 }),
  opCase('localResponseNorm', [image], { size: 3, alpha: 0.1, beta: 0.5, k: 2 }),
  opCase('normalize', [[2, 5, 8]], { axis: -1 }),
  opCase('normalize', [image], { axis: 1, p: 1 }),
  ...['softmax', 'logSoftmax', 'hardmax'].flatMap((op) => [opCase(op, [[2, 5, 8]]), opCase(op, [image], { axis: 1 })]),
];

/** Away from ±1, where the slope of arcsine and its like grows without bound. */
const inner = (b: GraphBuilder, x: Value) => b.add('hardTanh', [x], { min: -0.9, max: 0.9 });

/** Activations and functions of one element, by the op table: a new one is tested by being there. */
const DOMAINS: Readonly<Record<string, (b: GraphBuilder, x: Value) => Value>> = {
  log: (b, x) => b.add('exp', [x]),
  log1p: (b, x) => b.add('abs', [x]),
  log2: (b, x) => b.add('exp', [x]),
  sqrt: (b, x) => b.add('abs', [x]),
  rsqrt: (b, x) => b.add('exp', [x]),
  reciprocal: (b, x) => b.add('exp', [x]),
  asin: inner,
  acos: inner,
  atanh: inner,
  acosh: (b, x) => b.add('exp', [b.add('abs', [x])]),
  tan: (b, x) => b.add('sin', [x]),
  not: (b, x) => b.add('cast', [b.add('relu', [x])], { to: 'bool' }),
  bitNot: (b, x) => b.add('cast', [b.add('exp', [x])], { to: 'int32' }),
};

const ONE_ELEMENT = ['activation', 'elementwise'];

const UNARIES: OpCase[] = [...OPS.values()]
  .filter(({ kind, inputs, evaluate }) => ONE_ELEMENT.includes(kind) && inputs.length === 1 && evaluate !== undefined)
  .filter(({ name }) => name !== 'cast')
  .map(({ name }) => between(name, DOMAINS[name] ?? ((_, x) => x)));

const ACTIVATIONS: OpCase[] = [
  opCase('leakyRelu', [image], { alpha: 0.2 }),
  opCase('elu', [image], { alpha: 0.5, scale: 1.5, inputScale: 0.7 }),
  opCase('gelu', [image], { approximate: 'tanh' }),
  opCase('hardSigmoid', [image], { alpha: 0.2 }),
  opCase('clip', [image], { min: -0.5, max: 0.7 }),
  opCase('clip', [image], { max: 0.7 }),
  opCase('softplus', [image], { beta: 2 }),
  opCase('silu', [image], { alpha: 1.5 }),
  opCase('hardShrink', [image], { lambda: 0.3, bias: 0.1 }),
  opCase('prelu', [image]),
  opCase('prelu', [image], { slopes: 6 }),
  opCase('glu', [image], { axis: 1 }),
  opCase('glu', [[2, 5, 8]]),
];

const BINARY_NAMES = [
  'add',
  'sub',
  'mul',
  'min',
  'max',
  'equal',
  'notEqual',
  'less',
  'lessEqual',
  'greater',
  'greaterEqual',
];

const BINARIES: OpCase[] = [
  ...BINARY_NAMES.flatMap((op) => [
    opCase(op, [image, image], {}, 'of equal shapes'),
    opCase(op, [image, [6, 1, 1]], {}, 'by channel'),
    opCase(
      op,
      [
        [2, 1, 3],
        [4, 1],
      ],
      {},
      'stretched on both sides',
    ),
  ]),
  opCase('add', [image, []], {}, 'with a scalar'),
  opCase('add', [image, int(image)], {}, 'of mixed types'),
  ...(['div', 'pow', 'mod', 'floorDiv'] as const).map((op) => {
    const b = new GraphBuilder(op);
    const [x, y] = [b.input('x', image), b.input('y', image)].map((value) => b.add('exp', [value])) as [Value, Value];
    return { name: `${op} of positive numbers`, op, graph: b.finish([b.add(op, [x, y])]) };
  }),
  ...['and', 'or', 'xor'].map((op) => opCase(op, [bool(image), bool([7])], {}, 'of booleans')),
  opCase('where', [bool([9, 7]), image, [1]], {}, 'broadcast'),
  opCase('cast', [image], { to: 'int32' }),
  opCase('cast', [int(line)], { to: 'float32' }),
];

const MOVEMENTS: OpCase[] = [
  opCase('concat', [image, [2, 3, 9, 7]]),
  opCase('concat', [image, image, image], { axis: -1 }),
  opCase('stack', [line, line], { axis: 1 }),
  opCase('split', [image], { sizes: [1, 2, 3] }),
  opCase('split', [image], { sizes: [4, 3], axis: -1 }),
  opCase('slice', [image], { starts: [1, -3], ends: [4, 100], axes: [1, 3] }),
  opCase('slice', [image], { starts: [0, -1], ends: [9, -100], axes: [2, 3], steps: [2, -2] }),
  opCase('pad', [image], {
    pads: [
      [0, 0],
      [1, 0],
      [2, 1],
      [0, 3],
    ],
  }),
  opCase('pad', [image], {
    pads: [
      [0, 0],
      [0, 0],
      [1, 2],
      [3, 0],
    ],
    mode: 'reflect',
  }),
  opCase('pad', [image], {
    pads: [
      [0, 0],
      [0, 0],
      [1, 2],
      [3, 0],
    ],
    mode: 'edge',
  }),
  opCase('pad', [image], {
    pads: [
      [0, 0],
      [0, 0],
      [1, 2],
      [3, 0],
    ],
    mode: 'wrap',
  }),
  opCase('pad', [image], {
    pads: [
      [0, 0],
      [0, -2],
      [-1, 2],
      [0, 0],
    ],
    value: 1.5,
  }),
  opCase('reshape', [image], { shape: [0, -1, 21] }),
  opCase('flatten', [image]),
  opCase('flatten', [image], { startAxis: 2 }),
  opCase('squeeze', [[2, 1, 3, 1]], { axes: [1] }),
  opCase('unsqueeze', [line], { axes: [0, -1] }),
  opCase('transpose', [image], { permutation: [0, 2, 3, 1] }),
  opCase('transpose', [image], { permutation: [0, 3, 1, 2] }),
  opCase('transpose', [line], {}),
  opCase('expand', [[2, 1, 5]], { shape: [3, 2, 4, -1] }),
  opCase('tile', [line], { repeats: [2, 1, 2, 3] }),
  opCase('repeatInterleave', [line], { axis: 1, repeats: 3 }),
  opCase('roll', [image], { shifts: [2, -1], axes: [2, 3] }),
  opCase('roll', [line], { shifts: [5] }),
  opCase('flip', [image], { axes: [1, -1] }),
  opCase('slidingWindow', [image], { axis: 2, size: 3, step: 2 }),
  opCase('triangle', [[2, 5, 4]], { diagonal: 1 }),
  opCase('triangle', [[5, 5]], { upper: false }),
];

const REDUCTION_NAMES = [...OPS.keys()].filter((name) => name.startsWith('reduce') && name !== 'reduceLogSum');

const REDUCTIONS: OpCase[] = [
  ...REDUCTION_NAMES.flatMap((op) => [
    opCase(op, [[2, 3, 4, 5]]),
    opCase(op, [[2, 3, 4, 5]], { axes: [2, 3] }),
    opCase(op, [[2, 3, 4, 5]], { axes: [1, -1], keepDims: true }),
  ]),
  between('reduceLogSum', (b, x) => b.add('exp', [x]), { axes: [1] }),
  opCase('argMax', [image], { axis: 1 }),
  opCase('argMax', [line], {}),
  opCase('argMin', [image], { axis: -1, keepDims: true }),
  opCase('cumSum', [line], { axis: 2 }),
  opCase('cumSum', [line], { axis: 1, exclusive: true, reverse: true }),
  opCase('topK', [line], { k: 3 }),
  opCase('topK', [line], { k: 2, axis: 1, largest: false }),
  opCase('sort', [line], { axis: -1 }),
  opCase('sort', [line], { axis: 1, descending: true }),
];

const MATRICES: OpCase[] = [
  opCase('linear', [[3, 8]], { outFeatures: 5 }),
  opCase('linear', [[2, 3, 8]], { outFeatures: 5, bias: false }),
  opCase('linear', [[2, 3, 4, 8]], { outFeatures: 5 }),
  opCase('matmul', [
    [3, 4],
    [4, 5],
  ]),
  opCase('matmul', [
    [2, 3, 4],
    [2, 4, 5],
  ]),
  opCase(
    'matmul',
    [
      [2, 1, 3, 4],
      [6, 4, 5],
    ],
    {},
    'broadcast',
  ),
  opCase(
    'matmul',
    [
      [2, 4, 3],
      [2, 5, 4],
    ],
    { transposeLeft: true, transposeRight: true },
  ),
  opCase('matmul', [[4], [2, 4, 5]], {}, 'of a vector'),
  opCase('matmul', [[2, 3, 4], [4]], {}, 'with a vector'),
  opCase('attention', [
    [2, 3, 5, 8],
    [2, 3, 7, 8],
    [2, 3, 7, 6],
  ]),
  opCase(
    'attention',
    [
      [2, 4, 5, 8],
      [2, 2, 5, 8],
      [2, 2, 5, 8],
    ],
    { causal: true },
    'grouped and causal',
  ),
  opCase(
    'attention',
    [
      [2, 5, 8],
      [2, 7, 8],
      [2, 7, 8],
      [5, 7],
    ],
    { scale: 0.5 },
    'with a mask',
  ),
  opCase(
    'attention',
    [
      [2, 3, 5, 8],
      [2, 1, 7, 8],
      [2, 1, 7, 8],
    ],
    { softCap: 2 },
  ),
  opCase(
    'einsum',
    [
      [2, 3, 4],
      [2, 5, 4],
    ],
    { equation: 'bij,bkj->bik' },
  ),
  opCase(
    'einsum',
    [
      [2, 3, 4, 5],
      [2, 3, 6, 5],
    ],
    { equation: 'bhqd,bhkd->bhqk' },
  ),
  opCase(
    'einsum',
    [
      [2, 3, 4],
      [4, 5],
      [5, 2],
    ],
    { equation: 'abc,cd,de->abe' },
  ),
  opCase(
    'einsum',
    [
      [2, 3, 4],
      [3, 5],
    ],
    { equation: 'abc,bd->acd' },
  ),
  opCase('einsum', [[2, 3, 4]], { equation: 'abc->cb' }),
];

const INDEXINGS: OpCase[] = [
  opCase('embedding', [int([2, 7])], { count: 11, features: 5 }),
  opCase('gather', [image, int([4])], { axis: 2 }),
  opCase('gather', [[2, 5, 3], int([2, 4])], { axis: 1, batchAxes: 1 }),
  opCase('gatherElements', [line, int([2, 6, 3])], { axis: 2 }),
  opCase('gatherNd', [line, int([4, 2])]),
  opCase('scatterNd', [line, int([1, 2]), [1, 11]]),
  opCase('scatterElements', [line, int([2, 6, 1]), [2, 6, 1]], { axis: 2 }),
  opCase('oneHot', [int([2, 3])], { depth: 4 }),
  opCase('oneHot', [int([2, 3])], { depth: 4, axis: 1 }),
  opCase('fill', [], { shape: [2, 3], value: 1.5 }),
  opCase('range', [], { limit: 7, step: 2 }),
];

const RECURRENCES: OpCase[] = ['lstm', 'gru', 'rnn'].flatMap((op) => [
  opCase(op, [[5, 2, 6]], { hiddenSize: 4 }),
  opCase(op, [[2, 5, 6]], { hiddenSize: 4, batchFirst: true, bidirectional: true, layers: 2 }),
  opCase(
    op,
    [
      [5, 2, 6],
      [1, 2, 4],
    ],
    { hiddenSize: 4, bias: false },
    'from a given state',
  ),
  opCase(op, [[5, 6]], { hiddenSize: 4, biasVectors: 1 }, 'without a batch'),
]);

export const OP_CASES: readonly OpCase[] = [
  CONVOLUTIONS,
  POOLINGS,
  NORMALIZATIONS,
  UNARIES,
  ACTIVATIONS,
  BINARIES,
  MOVEMENTS,
  REDUCTIONS,
  MATRICES,
  INDEXINGS,
  RECURRENCES,
].flat();

/** Ops without an equal in ONNX. */
export const ONNX_LACKS: ReadonlySet<string> = new Set(['erfinv', 'lgamma', 'digamma', 'besselI0']);

/** Ops without an equal in TensorFlow.js. */
export const TFJS_LACKS: ReadonlySet<string> = new Set([...ONNX_LACKS, 'fold', 'bitNot', 'scatterElements']);

/** The first case of each op. */
export function oneCaseOfEach(): OpCase[] {
  return OP_CASES.filter(({ op }, i) => OP_CASES.findIndex((other) => other.op === op) === i);
}
