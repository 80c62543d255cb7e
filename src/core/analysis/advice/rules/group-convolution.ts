import { defineRule } from '../define-rule.js';
import { convolutionAttributes, oneLayer } from '../rebuild.js';
import { layerSaving, percent, roundChannels, some } from '../savings.js';

export default defineRule({
  source: 'ShuffleNetV2 (arXiv 1807.11164), G2: excessive group convolution increases memory access cost',
  find(context) {
    const { graph, layer, time } = context;
    const found = graph.nodes.filter((node) => {
      const analysis = layer.get(node.name);
      // One channel a group is a depthwise convolution: G2 speaks of the others.
      return node.op === 'conv' && (analysis?.groups ?? 1) > 1 && analysis?.weightShapes[0]?.[1] !== 1;
    });
    const share = found.reduce((sum, { name }) => sum + (time.get(name)?.fraction ?? 0), 0);
    if (share < 0.02) return [];
    const saving = layerSaving(
      context,
      found.map((node) => {
        const shape = graph.values[node.inputs[0] as number]?.shape ?? [];
        const groups = Number(node.attributes['groups']);
        const narrow = (channels: number) => roundChannels(channels / Math.sqrt(groups));
        const attributes = convolutionAttributes(node, {});
        return {
          now: oneLayer('conv', shape, attributes),
          changed: oneLayer('conv', shape.with(1, narrow(shape[1] ?? 1)), {
            ...attributes,
            groups: 1,
            outChannels: narrow(Number(node.attributes['outChannels'])),
          }),
        };
      }),
    );
    if (saving === undefined) return [];
    const names = found.map(({ name }) => name);
    const groups = Math.max(...found.map(({ attributes }) => Number(attributes['groups'])));
    return [
      {
        id: 'group-convolution',
        title: 'Heavy group convolution',
        detail: `${found.length} grouped convolutions (up to ${groups} groups) take ${percent(share)} of the time. Dense convolutions of the same multiply-adds, narrower by the root of the groups, would take ${percent(saving.fraction)} of the model's time less. See ${some(names)}.`,
        layers: names,
        figure: { name: 'groups', value: groups },
        saving,
      },
    ];
  },
});
