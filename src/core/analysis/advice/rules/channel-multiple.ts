import type { Graph, Node } from '../../../ir/graph.js';
import { type AdviceContext, defineRule } from '../define-rule.js';
import { type Convolution, classifiers, isConvolution, mapAreas } from '../graph-facts.js';
import { convolutionAttributes, type Edit, oneConvolution, rebuild } from '../rebuild.js';
import { counted, latencySaving, layerSaving, percent, some } from '../savings.js';

const MULTIPLE = 8;

const isOff = (channels: number): boolean => channels % MULTIPLE !== 0;
const roundUp = (channels: number): number => Math.ceil(channels / MULTIPLE) * MULTIPLE;
const channelsIn = (graph: Graph, { inputs }: Node): number => graph.values[inputs[0] as number]?.shape[1] ?? 0;

export default defineRule({
  source: 'NVIDIA, "Matrix multiplication background user\'s guide": 16-bit matrix units want multiples of 8',
  find(context) {
    const { graph, precision, device } = context;
    if (precision === 'float32' || device.tensorFloat16Tflops === null) return [];
    const areas = mapAreas(graph);
    const heads = classifiers(graph);
    const found = graph.nodes.filter((node, at): node is Convolution => {
      // Squeezed to one pixel, a convolution is bound by its start; an image's few channels are the data's.
      if (!isConvolution(node) || node.attributes.groups !== 1 || areas[at] === 1 || heads.has(node)) return false;
      const input = channelsIn(graph, node);
      return input > 4 && (isOff(input) || isOff(node.attributes.outChannels));
    });
    if (found.length === 0) return [];
    const change = roundedModel(context, heads) ?? roundedLayers(context, found);
    if (change === undefined) return [];
    const names = found.map(({ name }) => name);
    return [
      {
        id: 'channel-multiple',
        title: `Channel counts that are no multiple of ${MULTIPLE}`,
        detail: `${counted(found.length, 'convolution')} miss the fast path of matrix units. With channels rounded up to multiples of ${MULTIPLE} the model would take ${percent(change.saving.fraction)} less, although it computes more. See ${some(names)}.`,
        layers: names,
        figure: { name: 'misalignedConvolutions', value: found.length },
        ...change,
      },
    ];
  },
});

/** The whole model with every width rounded up, depthwise layers with their neighbours; undefined where it does not fit. */
function roundedModel(context: AdviceContext, heads: ReadonlySet<Node>) {
  const { graph } = context;
  const edits = new Map<number, Edit>();
  graph.nodes.forEach((node, at) => {
    if (!isConvolution(node) || heads.has(node) || !isOff(node.attributes.outChannels)) return;
    const { groups, outChannels } = node.attributes;
    const depthwise = groups > 1 && groups === channelsIn(graph, node);
    if (groups > 1 && !depthwise) return;
    const changes = { outChannels: roundUp(outChannels), ...(depthwise ? { groups: roundUp(groups) } : {}) };
    edits.set(at, { attributes: convolutionAttributes(node, changes) });
  });
  const changed = edits.size === 0 ? undefined : rebuild(graph, edits);
  return changed && latencySaving(context, changed);
}

/** Each layer alone, where widths are tied to tables or reshapes of the model. */
function roundedLayers(context: AdviceContext, found: readonly Convolution[]) {
  const saving = layerSaving(
    context,
    found.map((node) => {
      const shape = context.graph.values[node.inputs[0] as number]?.shape ?? [];
      const attributes = convolutionAttributes(node, {});
      return {
        now: oneConvolution(shape, attributes),
        changed: oneConvolution(shape.with(1, roundUp(shape[1] ?? 1)), {
          ...attributes,
          outChannels: roundUp(node.attributes.outChannels),
        }),
      };
    }),
  );
  return saving && { saving };
}
