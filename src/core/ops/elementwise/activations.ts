import type { TensorType } from '../../ir/tensor.js';
import { defineOp, type OpDefinition } from '../define-op.js';
import type { Autocast } from '../execution.js';
import { perOutputElement } from '../flops.js';
import { gating, type Moments, rectified, squashed } from '../moments.js';

/**
 * Activation functions: one element in, one out. `flops` per element counts additions, multiplications, comparisons and
 * transcendental functions as 1 each, so that no hardware's cost of exp is assumed.
 * Definitions: torch.nn; where ONNX or TensorFlow differ (HardSigmoid's slope), the parameters say so.
 */
interface Activation {
  readonly summary: string;
  readonly flops: number;
  /** Its derivative is computed from its result, which is kept instead of its input (as in torch). */
  readonly keepsResult?: boolean;
  readonly autocast?: Autocast;
  /** Default: those of its input. */
  readonly moments?: (inputs: readonly Moments[]) => Moments;
  readonly parameters?: Readonly<Record<string, { readonly type: 'number'; readonly default?: number }>>;
  evaluate(x: number, a: Readonly<Record<string, number>>): number;
}

const parameter = (value: number) => ({ type: 'number', default: value }) as const;
const clamp = (x: number, min: number, max: number) => Math.min(Math.max(x, min), max);
const sigmoid = (x: number) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  relu: { summary: 'max(x, 0)', flops: 1, moments: rectified, keepsResult: true, evaluate: (x) => Math.max(x, 0) },
  relu6: { summary: 'min(max(x, 0), 6)', flops: 2, moments: rectified, evaluate: (x) => clamp(x, 0, 6) },
  squaredRelu: { summary: 'max(x, 0)²', flops: 2, evaluate: (x) => Math.max(x, 0) ** 2 },
  leakyRelu: {
    summary: 'x > 0 ? x : alpha·x',
    flops: 2,
    moments: rectified,
    parameters: { alpha: parameter(0.01) },
    evaluate: (x, { alpha }) => (x > 0 ? x : (alpha as number) * x),
  },
  thresholdedRelu: {
    summary: 'x > alpha ? x : value',
    flops: 1,
    parameters: { alpha: parameter(1), value: parameter(0) },
    evaluate: (x, { alpha, value }) => (x > (alpha as number) ? x : (value as number)),
  },
  elu: {
    summary: 'scale·(x > 0 ? x : alpha·(exp(inputScale·x) - 1))',
    flops: 4,
    moments: rectified,
    parameters: { alpha: parameter(1), scale: parameter(1), inputScale: parameter(1) },
    evaluate: (x, { alpha, scale, inputScale }) =>
      (scale as number) * (x > 0 ? x : (alpha as number) * Math.expm1((inputScale as number) * x)),
  },
  selu: {
    summary: '1.0507·(x > 0 ? x : 1.6733·(exp(x) - 1))',
    flops: 5,
    parameters: { alpha: parameter(SELU_ALPHA), scale: parameter(SELU_SCALE) },
    evaluate: (x, { alpha, scale }) => (scale as number) * (x > 0 ? x : (alpha as number) * Math.expm1(x)),
  },
  celu: {
    summary: 'max(x, 0) + min(alpha·(exp(x / alpha) - 1), 0)',
    flops: 7,
    parameters: { alpha: parameter(1) },
    evaluate: (x, { alpha }) => (x > 0 ? x : (alpha as number) * Math.expm1(x / (alpha as number))),
  },
  quickGelu: { summary: 'x·sigmoid(1.702·x)', flops: 6, moments: rectified, evaluate: (x) => x * sigmoid(1.702 * x) },
  sigmoid: { summary: '1 / (1 + exp(-x))', flops: 4, moments: gating, keepsResult: true, evaluate: sigmoid },
  hardSigmoid: {
    summary: 'min(max(alpha·x + beta, 0), 1); alpha 1/6 (torch, Keras 3; ONNX 0.2), beta 0.5',
    flops: 4,
    moments: gating,
    parameters: { alpha: parameter(1 / 6), beta: parameter(0.5) },
    evaluate: (x, { alpha, beta }) => clamp((alpha as number) * x + (beta as number), 0, 1),
  },
  logSigmoid: { summary: '-log(1 + exp(-x))', flops: 5, evaluate: (x) => -softplus(-x) },
  tanh: { summary: 'tanh(x)', flops: 1, moments: squashed, keepsResult: true, evaluate: Math.tanh },
  hardTanh: {
    summary: 'min(max(x, min), max)',
    flops: 2,
    moments: squashed,
    parameters: { min: parameter(-1), max: parameter(1) },
    evaluate: (x, { min, max }) => clamp(x, min as number, max as number),
  },
  clip: {
    summary: 'min(max(x, min), max)',
    flops: 2,
    moments: squashed,
    parameters: { min: { type: 'number' }, max: { type: 'number' } },
    evaluate: (x, { min, max }) => clamp(x, min ?? -Infinity, max ?? Infinity),
  },
  silu: {
    summary: 'x·sigmoid(alpha·x)',
    flops: 5,
    moments: rectified,
    parameters: { alpha: parameter(1) },
    evaluate: (x, { alpha }) => x * sigmoid((alpha as number) * x),
  },
  hardSwish: {
    summary: 'x·relu6(x + 3) / 6',
    flops: 5,
    moments: rectified,
    evaluate: (x) => (x * clamp(x + 3, 0, 6)) / 6,
  },
  mish: {
    summary: 'x·tanh(log(1 + exp(x)))',
    flops: 5,
    moments: rectified,
    evaluate: (x) => x * Math.tanh(softplus(x)),
  },
  softplus: {
    summary: 'log(1 + exp(beta·x)) / beta',
    flops: 5,
    autocast: 'float32',
    parameters: { beta: parameter(1), threshold: parameter(20) },
    evaluate: (x, { beta }) => softplus((beta as number) * x) / (beta as number),
  },
  softsign: { summary: 'x / (1 + |x|)', flops: 3, moments: squashed, evaluate: (x) => x / (1 + Math.abs(x)) },
  softShrink: {
    summary: 'x > lambda ? x - lambda : x < -lambda ? x + lambda : 0',
    flops: 3,
    parameters: { lambda: parameter(0.5) },
    evaluate: (x, { lambda }) => Math.sign(x) * Math.max(Math.abs(x) - (lambda as number), 0),
  },
  hardShrink: {
    summary: '|x| > lambda ? x - sign(x)·bias : 0 (ONNX Shrink; bias 0 is torch Hardshrink)',
    flops: 3,
    parameters: { lambda: parameter(0.5), bias: parameter(0) },
    evaluate: (x, { lambda, bias }) => (Math.abs(x) > (lambda as number) ? x - Math.sign(x) * (bias as number) : 0),
  },
  tanhShrink: { summary: 'x - tanh(x)', flops: 2, evaluate: (x) => x - Math.tanh(x) },
  squarePlus: {
    summary: '(x + sqrt(x² + b)) / 2',
    flops: 5,
    parameters: { b: parameter(4) },
    evaluate: (x, { b }) => (x + Math.sqrt(x * x + (b as number))) / 2,
  },
  sparsePlus: {
    summary: 'x ≤ -1 ? 0 : x < 1 ? (x + 1)² / 4 : x',
    flops: 5,
    evaluate: (x) => (x <= -1 ? 0 : x < 1 ? (x + 1) ** 2 / 4 : x),
  },
  sparseSigmoid: {
    summary: 'x ≤ -1 ? 0 : x < 1 ? (x + 1) / 2 : 1',
    flops: 4,
    evaluate: (x) => clamp((x + 1) / 2, 0, 1),
  },
};

function activation(name: string, definition: Activation): OpDefinition<Readonly<Record<string, number>>> {
  const defaults: Record<string, number> = {};
  for (const [key, schema] of Object.entries(definition.parameters ?? {})) {
    if (schema.default !== undefined) defaults[key] = schema.default;
  }
  return defineOp<Readonly<Record<string, number>>>({
    name,
    kind: 'activation',
    summary: definition.summary,
    attributes: { type: 'object', properties: definition.parameters ?? {}, additionalProperties: false },
    inputs: [{ name: 'input' }],
    infer: ([input]) => [input as TensorType],
    ...perOutputElement(definition.flops, `operations per element: ${definition.summary}`),
    autocast: definition.autocast,
    moments: definition.moments,
    savedForBackward: definition.keepsResult ? 'outputs' : 'inputs',
    evaluate: (a, x) => definition.evaluate(x as number, { ...defaults, ...a }),
  });
}

export default Object.entries(ACTIVATIONS).map(([name, definition]) => activation(name, definition));
