import type { Call } from './call.js';
import type { Lowering } from './lowering.js';
import { attend, scoresOf, weightedSum } from './ops/attention.js';
import type { Entry, Tensor } from './tensor.js';

/**
 * ai.onnx.preview FlexAttention: attention whose scores and shares a graph each may change. With one of them the
 * products are layers of their own, as scores do not stay on chip.
 */
export async function flexAttention(call: Call, lowering: Lowering): Promise<readonly Entry[]> {
  const [query, key, value] = [call.input(0), call.input(1), call.input(2)];
  const scale = call.float('scale');
  const change = async (name: string, x: Tensor): Promise<Tensor> => {
    if (call.attribute(name)?.graph === undefined) return x;
    const graph = call.graph(name);
    const frame = lowering.inner(graph, call.frame, `${call.node.name || call.type}.${name}`);
    frame.scope.set(graph.inputs[0]?.name ?? '', x);
    const [result] = await lowering.graph(graph, frame);
    return result?.kind === 'tensor' ? result : x;
  };
  if (['score_mod', 'prob_mod'].every((name) => call.attribute(name) === undefined)) {
    return [attend(call, { query, key, value, scale }).output];
  }
  const scores = await change('score_mod', scoresOf(call, query, key, scale));
  const shares = await change('prob_mod', call.emit('softmax', [scores], { axis: -1 }));
  return [call.emitter.retype(weightedSum(call, shares, value), query.dtype)];
}
