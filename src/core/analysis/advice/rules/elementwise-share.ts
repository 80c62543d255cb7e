import { consumersOf } from '../../../ir/graph.js';
import { isPointwise, slotOf } from '../../../ops/execution.js';
import { opOf } from '../../../ops/index.js';
import { type AdviceContext, defineRule } from '../define-rule.js';
import { isConvolution } from '../graph-facts.js';
import { type Edit, rebuild } from '../rebuild.js';
import { counted, latencySaving, percent, some } from '../savings.js';

const LEAST_SHARE = 0.2;

export default defineRule({
  source: 'ShuffleNetV2 (arXiv 1807.11164), G4: element-wise operations are non-negligible',
  find(context) {
    const { graph, time } = context;
    const pointwise = graph.nodes.filter(({ op }) => isPointwise(opOf(op)));
    const share = pointwise.reduce((sum, { name }) => sum + (time.get(name)?.fraction ?? 0), 0);
    if (share < LEAST_SHARE) return [];
    const consumers = consumersOf(graph);
    const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((id) => [id, node] as const)));
    const edits = new Map<number, Edit>();
    graph.nodes.forEach((node, at) => {
      const input = node.inputs[0] ?? -1;
      const source = producers.get(input);
      const folds = slotOf(opOf(node.op), 'affine') === 'channels' && source !== undefined && isConvolution(source);
      if (!folds || consumers[input]?.length !== 1) return;
      edits.set(at, { replaceBy: input });
    });
    const folded = edits.size === 0 ? undefined : rebuild(graph, edits);
    const change = (folded && latencySaving(context, folded)) ?? fusionSaving(context);
    const names = pointwise
      .map(({ name }) => ({ name, fraction: time.get(name)?.fraction ?? 0 }))
      .sort((a, b) => b.fraction - a.fraction)
      .map(({ name }) => name);
    const saved = percent(change?.saving.fraction ?? 0);
    const advice =
      change === undefined
        ? 'Drop activations that follow no mixing of channels.'
        : 'cost' in change
          ? `Folding ${counted(edits.size, 'batch norm')} into the convolutions before them saves ${saved}.`
          : `With every kernel that can be fused into the one before it, the model would take ${saved} less.`;
    return [
      {
        id: 'elementwise-share',
        title: 'Elementwise layers take much of the time',
        detail: `${pointwise.length === 1 ? '1 normalisation, activation or addition takes' : `${pointwise.length} normalisations, activations and additions take`} ${percent(share)} of the time and ${pointwise.length === 1 ? 'holds' : 'hold'} no multiply-add. ${advice} See ${some(names)}.`,
        layers: names,
        figure: { name: 'elementwiseShare', value: share },
        ...(change ?? {}),
      },
    ];
  },
});

/** Where no batch norm can be folded: time of the model when pointwise layers ride on the layer before them. */
function fusionSaving({ latency, fused }: AdviceContext) {
  if (latency.execution === 'fused') return undefined;
  const value = latency.kernelsMs - fused().kernelsMs;
  const fraction = value / latency.kernelsMs;
  return fraction < 0.01 ? undefined : { saving: { metric: 'estimatedLatencyMs' as const, value, fraction } };
}
