import type { LayerArguments } from '../../graph/builder.js';
import type { OpAttributes, OpName } from '../../ops/op-attributes.js';
import { isObject, type Json } from './config.js';

export interface ActivationStep {
  readonly op: OpName;
  readonly attributes: OpAttributes[OpName];
}

export interface Activation {
  readonly name: string;
  readonly ops: readonly ActivationStep[] | undefined;
}

const one = <N extends OpName>(op: N, ...[attributes]: LayerArguments<N, []>): readonly ActivationStep[] => [
  { op, attributes: attributes ?? {} },
];

/** Keras' names, of all versions, and the ops they are. */
const ACTIVATIONS: Readonly<Record<string, readonly ActivationStep[]>> = {
  linear: [],
  relu: one('relu'),
  relu6: one('relu6'),
  leaky_relu: one('leakyRelu', { alpha: 0.2 }),
  elu: one('elu'),
  selu: one('selu'),
  celu: one('celu'),
  gelu: one('gelu'),
  gelu_new: one('gelu', { approximate: 'tanh' }),
  sigmoid: one('sigmoid'),
  hard_sigmoid: one('hardSigmoid'),
  hard_silu: one('hardSwish'),
  hard_swish: one('hardSwish'),
  hard_tanh: one('hardTanh'),
  hard_shrink: one('hardShrink'),
  soft_shrink: one('softShrink'),
  tanh_shrink: one('tanhShrink'),
  threshold: one('thresholdedRelu'),
  tanh: one('tanh'),
  silu: one('silu'),
  swish: one('silu'),
  mish: one('mish'),
  softplus: one('softplus'),
  softsign: one('softsign'),
  log_sigmoid: one('logSigmoid'),
  softmax: one('softmax', { axis: -1 }),
  log_softmax: one('logSoftmax', { axis: -1 }),
  exponential: one('exp'),
  exp: one('exp'),
  squareplus: one('squarePlus'),
  sparse_plus: one('sparsePlus'),
  sparse_sigmoid: one('sparseSigmoid'),
  glu: one('glu', { axis: -1 }),
};

/** The activation that a configuration names; undefined for none. One that is not known has no `ops`. */
export function activationOf(json: Json): Activation | undefined {
  if (json === null) return undefined;
  const name = activationName(json);
  if (name === undefined) return { name: 'activation', ops: undefined };
  const ops = isActivationName(name) ? ACTIVATIONS[name] : undefined;
  return ops?.length === 0 ? undefined : { name, ops };
}

/** True for the name of an activation function of Keras. */
export function isActivationName(name: string): boolean {
  return Object.hasOwn(ACTIVATIONS, name);
}

/** `"relu"`, `{class_name: "function", config: "relu"}`, `"custom>relu6"`. */
function activationName(json: Json): string | undefined {
  if (typeof json === 'string') return json.slice(json.lastIndexOf('>') + 1);
  if (!isObject(json)) return undefined;
  const { class_name: className, config, registered_name: registered } = json;
  if (className === 'function') {
    const name = typeof config === 'string' ? config : registered;
    return typeof name === 'string' ? activationName(name) : undefined;
  }
  if (className === 'Activation' && isObject(config)) return activationName(config.activation ?? null);
  return undefined;
}
