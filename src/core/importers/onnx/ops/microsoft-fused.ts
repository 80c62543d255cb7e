import { ArchmeterError } from '../../../errors.js';
import type { OpAttributes, OpName } from '../../../ops/op-attributes.js';
import type { Call } from '../call.js';
import type { Tensor } from '../tensor.js';
import { convolve } from './convolution.js';
import type { OnnxOp, OnnxOps } from './define-onnx-op.js';
import { gemm, isWeightMatrix, product } from './matrix.js';
import { layerNormalization, statistics } from './normalization.js';
import { poolAttributes } from './pooling.js';

/** com.microsoft: the fused ops that onnxruntime's optimizer writes (ContribOperators.md of onnxruntime). */

const ACTIVATIONS: Readonly<Record<string, OpName>> = {
  Relu: 'relu',
  Sigmoid: 'sigmoid',
  Tanh: 'tanh',
  LeakyRelu: 'leakyRelu',
  Clip: 'clip',
  HardSigmoid: 'hardSigmoid',
  HardSwish: 'hardSwish',
  Gelu: 'gelu',
  gelu: 'gelu',
  relu: 'relu',
  silu: 'silu',
  QuickGelu: 'quickGelu',
  Elu: 'elu',
  Selu: 'selu',
  Softplus: 'softplus',
  Softsign: 'softsign',
};

function activated(call: Call, x: Tensor, name: string | undefined): Tensor {
  if (name === undefined || name === '') return x;
  const op = ACTIVATIONS[name];
  if (op === undefined) throw new ArchmeterError(`${call.type} has the unknown activation '${name}'`);
  const [first, second] = call.floats('activation_params') ?? [];
  if (op === 'clip') return call.emit(op, [x], { min: first ?? 0, max: second ?? 0 });
  if (op === 'leakyRelu' && first !== undefined) return call.emit(op, [x], { alpha: first });
  return call.emit(op, [x]);
}

/** Convolution, sum with another tensor, activation. */
export function fusedConv(call: Call, channelsLast: boolean): Tensor {
  const sum = call.optional(3);
  const y = convolve(call, {
    x: call.input(0),
    weight: call.input(1),
    bias: call.optional(2),
    ...(channelsLast ? { layout: 'channelsLast' as const } : {}),
  });
  return activated(call, sum === undefined ? y : call.emit('add', [y, sum]), call.text('activation'));
}

function fusedMatMul(call: Call): Tensor {
  const [x, y] = [call.input(0), call.input(1)];
  const [left, right] = [call.flag('transA'), call.flag('transB')];
  if (call.flag('transBatchA') || call.flag('transBatchB')) {
    throw new ArchmeterError('transposed batches are not supported');
  }
  if (!left && isWeightMatrix(y)) {
    const turned = right ? call.weight(y, [1, 0]) : y;
    return product(call, x, turned);
  }
  return call.emit('matmul', [x, y], { transposeLeft: left, transposeRight: right });
}

/** The sum of all given tensors. */
function added(call: Call, x: Tensor, ...others: readonly (Tensor | undefined)[]): Tensor {
  return others.reduce<Tensor>((sum, other) => (other === undefined ? sum : call.emit('add', [sum, other])), x);
}

function biased<N extends OpName>(op: N, attributes?: OpAttributes[N]): OnnxOp {
  return { lower: (call) => call.emit<OpName>(op, [added(call, call.input(0), call.optional(1))], attributes) };
}

/** Input + skip (+ bias), normalised; the sum is the fourth output. */
function skipNorm(call: Call, op: 'layerNorm' | 'rmsNorm'): Tensor[] {
  const bias = call.optional(op === 'layerNorm' ? 4 : 3);
  const sum = added(call, call.input(0), call.input(1), bias);
  const y = layerNormalization(call, op, sum, call.input(2), op === 'layerNorm' ? call.optional(3) : undefined);
  const side = call.gives(1) || call.gives(2) ? statistics(call, sum, sum.shape.length - 1) : [sum, sum];
  return [y, side[0] as Tensor, side[1] as Tensor, sum];
}

function embedLayerNorm(call: Call): Tensor[] {
  const ids = call.input(0);
  const lookup = (table: Tensor, indices: Tensor) =>
    call.emit('embedding', [indices, table], {
      count: table.shape[0] as number,
      features: table.shape[1] as number,
    });
  const words = lookup(call.input(2), ids);
  const table = call.input(3);
  const positions = call.optional(8) ?? call.constant([0], [1, ids.shape[1] ?? 1], 'int64');
  const segments = call.optional(1);
  const segmentTable = call.optional(4);
  const position = lookup(table, positions);
  const segment = segments === undefined || segmentTable === undefined ? undefined : lookup(segmentTable, segments);
  const sum = added(call, words, position, segment);
  const y = layerNormalization(call, 'layerNorm', sum, call.input(5), call.input(6));
  const mask = call.constant([0], [ids.shape[0] ?? 1], 'int32');
  return [y, mask, sum];
}

/** Group normalisation of images [N, H, W, C], with an activation; Skip: of a sum. */
function groupNorm(call: Call, x: Tensor): Tensor {
  const layout = call.int('channels_last', 1) !== 0 ? 'channelsLast' : 'channelsFirst';
  const y = call.emit('groupNorm', [x, call.input(1), call.input(2)], {
    groups: call.int('groups', 1),
    epsilon: call.float('epsilon', 1e-5),
    layout,
  });
  return call.int('activation', 0) === 1 ? call.emit('silu', [y]) : y;
}

function skipGroupNorm(call: Call): Tensor[] {
  const sum = added(call, call.input(0), call.input(3), call.optional(4));
  return [groupNorm(call, sum), sum];
}

/** (a + bias) split in halves: one times the gelu of the other. */
function biasSplitGelu(call: Call): Tensor {
  const sum = added(call, call.input(0), call.input(1));
  const half = (sum.shape.at(-1) as number) / 2;
  const [left, right] = call.emitAll('split', [sum], { axis: -1, sizes: [half, half] }) as [Tensor, Tensor];
  return call.emit('mul', [left, call.emit('gelu', [right])]);
}

function nhwcMaxPool(call: Call): Tensor {
  const x = call.input(0);
  return call.emit('maxPool', [x], { ...poolAttributes(call, x.shape.length - 2), layout: 'channelsLast' });
}

export const MICROSOFT_FUSED: OnnxOps = {
  BiasAdd: { lower: (call) => added(call, call.input(0), call.input(1), call.optional(2)) },
  BiasDropout: { lower: (call) => added(call, call.input(0), call.optional(1), call.optional(2)) },
  BiasGelu: biased('gelu'),
  BiasSoftmax: {
    lower: (call) => call.emit('softmax', [added(call, call.input(0), call.input(1))], { axis: call.int('axis', 1) }),
  },
  BiasSplitGelu: { lower: biasSplitGelu },
  EmbedLayerNormalization: { lower: embedLayerNorm },
  FastGelu: biased('gelu', { approximate: 'tanh' }),
  FusedConv: { lower: (call) => fusedConv(call, false) },
  FusedGemm: { lower: (call) => activated(call, gemm(call), call.text('activation')) },
  FusedMatMul: { lower: fusedMatMul },
  Gelu: { lower: (call) => call.emit('gelu', [call.input(0)]) },
  GemmFastGelu: {
    lower: (call) => {
      const y = product(call, call.input(0), call.input(1));
      return call.emit('gelu', [added(call, y, call.optional(2))], { approximate: 'tanh' });
    },
  },
  GroupNorm: { lower: (call) => groupNorm(call, call.input(0)) },
  NhwcConv: { lower: (call) => fusedConv(call, true) },
  NhwcFusedConv: { lower: (call) => fusedConv(call, true) },
  NhwcMaxPool: { lower: nhwcMaxPool },
  QuickGelu: {
    lower: (call) => {
      const alpha = call.float('alpha', 1.702);
      const x = call.input(0);
      return Math.abs(alpha - 1.702) < 1e-3 ? call.emit('quickGelu', [x]) : call.emit('silu', [x], { alpha });
    },
  },
  SkipGroupNorm: { lower: skipGroupNorm },
  SkipLayerNormalization: { lower: (call) => skipNorm(call, 'layerNorm') },
  SkipSimplifiedLayerNormalization: { lower: (call) => skipNorm(call, 'rmsNorm') },
  TransposeMatMul: { lower: fusedMatMul },
};

/** Ops of onnxruntime that stand in the default domain. */
export const RUNTIME_NORMS: OnnxOps = {
  SimplifiedLayerNormalization: {
    lower: (call) => layerNormalization(call, 'rmsNorm', call.input(0), call.input(1)),
  },
};
