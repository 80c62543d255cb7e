import type { Graph, Node } from '../../../ir/graph.js';
import { opOf } from '../../../ops/index.js';
import { defineRule } from '../define-rule.js';
import { isConvolution, mapAreas } from '../graph-facts.js';
import { convolutionAttributes, type Edit, rebuild } from '../rebuild.js';
import { latencySaving, percent, some } from '../savings.js';

/** Time spent at a quarter of the input's area or more, from which downsampling counts as late. */
const LEAST_SHARE = 0.35;

export default defineRule({
  source:
    'PeleeNet (arXiv 1804.06882), section 2.1, and VoVNet (arXiv 1904.09730): a stem that reaches stride 4 at once',
  find(context) {
    const { graph, time, latency } = context;
    const first = graph.nodes.find(isConvolution);
    const image = graph.values[first?.inputs[0] ?? -1]?.shape ?? [];
    if (image.length !== 4) return [];
    const area = (image[2] ?? 1) * (image[3] ?? 1);
    const areas = mapAreas(graph);
    const large = graph.nodes.filter(({ name }, at) => (areas[at] as number) * 4 >= area && time.has(name));
    const share = large.reduce((sum, { name }) => sum + (time.get(name)?.fraction ?? 0), 0);
    if (share < LEAST_SHARE) return [];
    const changed = downsampleSooner(graph);
    const change = changed === undefined ? undefined : latencySaving(context, changed);
    if (change === undefined) return [];
    const names = large
      .map(({ name }) => ({ name, latencyMs: time.get(name)?.latencyMs ?? 0 }))
      .sort((a, b) => b.latencyMs - a.latencyMs)
      .map(({ name }) => name);
    return [
      {
        id: 'late-downsampling',
        title: 'Late downsampling',
        detail: `${percent(share)} of ${latency.kernelsMs.toFixed(2)} ms pass before the image is smaller than half its side. With the next downsampling moved into the first convolution, and every later shape as before, the model would take ${percent(change.saving.fraction)} less. See ${some(names)}.`,
        layers: names,
        figure: { name: 'largeMapShare', value: share },
        ...change,
      },
    ];
  },
});

const strideOf = ({ attributes }: Node): number => {
  const stride = attributes['stride'];
  return Array.isArray(stride) ? Number(stride[0]) : Number(stride);
};

/** The first convolution takes over the stride of the next layer that halves the image. */
function downsampleSooner(graph: Graph): Graph | undefined {
  const first = graph.nodes.findIndex(isConvolution);
  const head = graph.nodes[first];
  if (head === undefined || !isConvolution(head)) return undefined;
  const next = graph.nodes.findIndex(
    (node, at) => at > first && (isConvolution(node) || opOf(node.op).kind === 'pooling') && strideOf(node) === 2,
  );
  const later = graph.nodes[next];
  if (later === undefined) return undefined;
  const edits = new Map<number, Edit>([
    [first, { attributes: convolutionAttributes(head, { stride: strideOf(head) * 2 }) }],
    [
      next,
      isConvolution(later)
        ? { attributes: convolutionAttributes(later, { stride: 1 }) }
        : { replaceBy: later.inputs[0] as number },
    ],
  ]);
  const changed = rebuild(graph, edits);
  const shapes = (one: Graph) => one.outputs.map((id) => one.values[id]?.shape.join('x')).join();
  return changed !== undefined && shapes(changed) === shapes(graph) ? changed : undefined;
}
