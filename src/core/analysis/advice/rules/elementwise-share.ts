import { consumersOf } from '../../../ir/graph.js';
import { opOf } from '../../../ops/index.js';
import { isPointwise } from '../../fuse.js';
import { defineRule } from '../define-rule.js';
import { type Edit, rebuild } from '../rebuild.js';
import { latencySaving, percent, some } from '../savings.js';

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
      if (node.op !== 'batchNorm' || source?.op !== 'conv' || consumers[input]?.length !== 1) return;
      edits.set(at, { replaceBy: input });
    });
    const folded = edits.size === 0 ? undefined : rebuild(graph, edits);
    const change = folded === undefined ? undefined : latencySaving(context, folded);
    const names = pointwise
      .map(({ name }) => ({ name, fraction: time.get(name)?.fraction ?? 0 }))
      .sort((a, b) => b.fraction - a.fraction)
      .map(({ name }) => name);
    const advice =
      change === undefined
        ? 'Fuse them into the convolutions before them, or drop activations that follow no mixing of channels.'
        : `Folding ${edits.size} batch norms into the convolutions before them saves ${percent(change.saving.fraction)}.`;
    return [
      {
        id: 'elementwise-share',
        title: 'Elementwise layers take much of the time',
        detail: `${pointwise.length} normalisations, activations and additions take ${percent(share)} of the time and hold no multiply-add. ${advice} See ${some(names)}.`,
        layers: names,
        figure: { name: 'elementwiseShare', value: share },
        ...(change ?? {}),
      },
    ];
  },
});
