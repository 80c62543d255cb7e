import { defineRule } from '../define-rule.js';
import { type Convolution, classifiers, isConvolution, mapAreas } from '../graph-facts.js';
import { convolutionAttributes, oneConvolution } from '../rebuild.js';
import { counted, layerSaving, percent, roundChannels, some } from '../savings.js';

/** Traffic over its bound at the same multiply-adds, past which channels count as unequal. */
const RATIO = 1.2;
const LEAST_SHARE = 0.005;
/** An image's colours and an attention map's weights are not widths that one chooses. */
const FEW_CHANNELS = 4;

export default defineRule({
  source: 'ShuffleNetV2 (arXiv 1807.11164), G1: equal channel width minimises memory access cost; bound by AM-GM',
  find(context) {
    const { graph, layer, time } = context;
    const areas = mapAreas(graph);
    const heads = classifiers(graph);
    const found = graph.nodes.filter((node, at): node is Convolution => {
      if (!isConvolution(node)) return false;
      const narrowest = Math.min(graph.values[node.inputs[0] as number]?.shape[1] ?? 0, node.attributes.outChannels);
      if (narrowest <= FEW_CHANNELS || areas[at] === 1 || heads.has(node)) return false;
      const analysis = layer.get(node.name);
      const ratio = analysis?.memoryAccessCostRatio ?? 1;
      const share = time.get(node.name)?.fraction ?? 0;
      return analysis?.groups === 1 && ratio > RATIO && share >= LEAST_SHARE;
    });
    if (found.length === 0) return [];
    const pairs = found.map((node) => equalised(context.graph.values[node.inputs[0] as number]?.shape ?? [], node));
    const saving = layerSaving(context, pairs);
    if (saving === undefined) return [];
    const worst = found
      .map((node) => ({ name: node.name, ratio: layer.get(node.name)?.memoryAccessCostRatio ?? 1 }))
      .sort((a, b) => b.ratio - a.ratio);
    return [
      {
        id: 'unequal-channels',
        title: 'Convolutions with unequal input and output channels',
        detail: `${counted(found.length, 'convolution')} move${found.length === 1 ? 's' : ''} more than ${RATIO} times the least their multiply-adds need (worst: ${worst[0]?.name}, ${worst[0]?.ratio.toFixed(2)} times). With the geometric mean of both widths on either side, at the same multiply-adds, and each timed alone, they would take ${percent(saving.fraction)} less of the model's time. See ${some(worst.map(({ name }) => name))}.`,
        layers: worst.map(({ name }) => name),
        figure: { name: 'memoryAccessCostRatio', value: worst[0]?.ratio ?? 1 },
        saving,
      },
    ];
  },
});

function equalised(shape: readonly number[], node: Convolution) {
  const channels = Math.sqrt((shape[1] ?? 1) * node.attributes.outChannels);
  const width = roundChannels(channels);
  const attributes = convolutionAttributes(node, {});
  return {
    now: oneConvolution(shape, attributes),
    changed: oneConvolution(shape.with(1, width), { ...attributes, outChannels: width }),
  };
}
