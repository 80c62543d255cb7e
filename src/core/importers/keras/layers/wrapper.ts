import type { Value } from '../../../ir/graph.js';
import { isObject } from '../config.js';
import { type Layer, type LayerCall, type LayerLowering, tensorsIn } from '../layer.js';

export function wrapped(call: LayerCall, key = 'layer'): Layer {
  const json = call.config.get(key);
  return call.layer.child(key, isObject(json) ? json : call.config.wrong(key, 'a layer'));
}

/** The wrapped layer on every step at once: steps join the batch. */
const timeDistributed: LayerLowering = (call) => {
  const [batch = 1, steps = 1, ...rest] = call.x.shape;
  if (call.x.shape.length < 3) call.fail('it takes an input of at least 3 axes');
  const joined = call.part('join', 'reshape', [call.x], { shape: [batch * steps, ...rest] });
  const result = call.callChild(wrapped(call), { args: [joined], kwargs: {} });
  const apart = tensorsIn(result).map((value) =>
    call.part('split', 'reshape', [value], { shape: [batch, steps, ...value.shape.slice(1)] }),
  );
  return apart.length === 1 ? (apart[0] as Value) : apart;
};

/** Weights are divided by their largest singular value in training; at inference they are plain weights. */
const spectralNormalization: LayerLowering = (call) => {
  const inner = wrapped(call);
  const result = call.callChild(inner, { args: call.options.args, kwargs: call.options.kwargs });
  const kernel = inner.weights.get('kernel') ?? inner.weights.get('embeddings');
  // The running estimate of the singular vector, [1, outputs].
  if (kernel !== undefined) {
    const outputs = kernel.name.endsWith('embeddings') ? kernel.shape.at(-1) : kernel.shape[0];
    call.weight('vector_u', [1, outputs as number], 'buffer');
  }
  return result;
};

/** Calls the wrapped layer as it is. */
const plainWrapper: LayerLowering = (call) =>
  call.callChild(wrapped(call), { args: call.options.args, kwargs: call.options.kwargs });

export const wrapperLayers: Readonly<Record<string, LayerLowering>> = {
  TimeDistributed: timeDistributed,
  SpectralNormalization: spectralNormalization,
  Wrapper: plainWrapper,
};
