import type { Value } from '../../../ir/graph.js';
import { isActivationName } from '../activation.js';
import { type LayerCall, type LayerLowering, UnknownShape } from '../layer.js';

const activation: LayerLowering = (call) => {
  const result = call.activate(call.x);
  return result === call.x ? call.add('identity', [call.x]) : result;
};

/** relu with a ceiling, a slope below and a threshold (all optional). */
const relu: LayerLowering = (call) => {
  const ceiling = call.config.has('max_value') ? call.config.number('max_value') : undefined;
  const slope = call.config.number('negative_slope', 0);
  const threshold = call.config.number('threshold', 0);
  if (threshold !== 0) {
    const cut = call.add('thresholdedRelu', [call.x], { alpha: threshold });
    return ceiling === undefined ? cut : call.after('ceiling', 'clip', [cut], { max: ceiling });
  }
  if (slope !== 0) {
    const leaky = call.add('leakyRelu', [call.x], { alpha: slope });
    return ceiling === undefined ? leaky : call.after('ceiling', 'clip', [leaky], { max: ceiling });
  }
  if (ceiling === undefined) return call.add('relu', [call.x]);
  return ceiling === 6 ? call.add('relu6', [call.x]) : call.add('clip', [call.x], { min: 0, max: ceiling });
};

const leakyRelu: LayerLowering = (call) =>
  call.add('leakyRelu', [call.x], { alpha: call.config.number('negative_slope', call.config.number('alpha', 0.3)) });

/** Slopes for each place of a sample, shared along the given axes. */
const prelu: LayerLowering = (call) => {
  const shared = call.config.has('shared_axes') ? call.config.integers('shared_axes') : [];
  const shape = call.x.shape.slice(1).map((size, axis) => (shared.includes(axis + 1) ? 1 : size));
  return call.add('prelu', [call.x, call.weight('alpha', shape)]);
};

const softmax: LayerLowering = (call) => {
  const axes = call.config.has('axis') ? call.config.integers('axis') : [-1];
  if (axes.length === 1) return call.add('softmax', [call.x], { axis: axes[0] as number });
  // Over several axes: exp(x - log Σ exp x).
  const total = call.after('logsumexp', 'reduceLogSumExp', [call.x], { axes, keepDims: true });
  return call.add('exp', [call.after('difference', 'sub', [call.x, total])]);
};

/** A function that the file names but does not hold, unless it is a known activation. */
const lambda: LayerLowering = (call) => {
  const stated = call.config.get('function');
  const name =
    typeof stated === 'object' && stated !== null && !Array.isArray(stated)
      ? (stated as { readonly config?: unknown }).config
      : undefined;
  if (typeof name === 'string' && isActivationName(name)) {
    const known = call.activate(call.x, 'function');
    return known === call.x ? call.add('identity', [call.x]) : known;
  }
  return opaque(call, 'Lambda', 'the file holds Python bytecode in place of its ops');
};

/**
 * A layer without a count, with the output shapes that the file records.
 *
 * @throws UnknownShape where it records none: what follows is unknown
 */
export function opaque(call: LayerCall, type: string, reason: string): Value | Value[] {
  const shapes = knownOutputs(call);
  if (shapes === undefined) throw new UnknownShape(type, reason);
  const dtype = call.inputs[0]?.dtype ?? 'float32';
  const outputs = shapes.map((shape) => ({ shape, dtype }));
  const values = call.addAll('opaque', call.inputs, { type, reason, outputs });
  return values.length === 1 ? (values[0] as Value) : values;
}

function knownOutputs(call: LayerCall): (readonly number[])[] | undefined {
  const recorded = call.options.knownOutputs ?? [];
  if (recorded.length > 0 && recorded.every((shape) => shape !== undefined)) return recorded as (readonly number[])[];
  const inner = call.config.get('output_shape');
  if (!Array.isArray(inner) || !inner.every((size) => Number.isSafeInteger(size) && (size as number) >= 0)) {
    return undefined;
  }
  return call.inputs[0] === undefined ? undefined : [[call.inputs[0].shape[0] ?? 1, ...(inner as number[])]];
}

export const activationLayers: Readonly<Record<string, LayerLowering>> = {
  Activation: activation,
  ReLU: relu,
  LeakyReLU: leakyRelu,
  ThresholdedReLU: (call) => call.add('thresholdedRelu', [call.x], { alpha: call.config.number('theta', 1) }),
  ELU: (call) => call.add('elu', [call.x], { alpha: call.config.number('alpha', 1) }),
  PReLU: prelu,
  Softmax: softmax,
  Lambda: lambda,
};
