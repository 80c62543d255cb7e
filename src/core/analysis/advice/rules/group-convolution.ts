import { consumersOf, type Graph, type Node } from '../../../ir/graph.js';
import { analyze } from '../../analyze.js';
import { type AdviceContext, defineRule } from '../define-rule.js';
import { type Convolution, isConvolution, soleReader } from '../graph-facts.js';
import { convolutionAttributes, type Edit, oneConvolution, rebuild } from '../rebuild.js';
import { counted, latencySaving, layerSaving, percent, roundChannels, some } from '../savings.js';

export default defineRule({
  source: 'ShuffleNetV2 (arXiv 1807.11164), G2: excessive group convolution increases memory access cost',
  find(context) {
    const { graph, layer, time } = context;
    const found = graph.nodes.filter((node): node is Convolution => {
      const analysis = layer.get(node.name);
      // One channel a group is a depthwise convolution: G2 speaks of the others.
      return isConvolution(node) && (analysis?.groups ?? 1) > 1 && analysis?.weightShapes[0]?.[1] !== 1;
    });
    const share = found.reduce((sum, { name }) => sum + (time.get(name)?.fraction ?? 0), 0);
    if (share < 0.02) return [];
    const result = denseModel(context, found) ?? denseLayers(context, found);
    if (result === undefined) return [];
    const { how, ...change } = result;
    const names = found.map(({ name }) => name);
    const groups = Math.max(...found.map(({ attributes }) => attributes.groups));
    return [
      {
        id: 'group-convolution',
        title: 'Heavy group convolution',
        detail: `${counted(found.length, 'grouped convolution')} (up to ${groups} groups) take ${percent(share)} of the time. ${how} would take ${percent(change.saving.fraction)} less of the model's time. See ${some(names)}.`,
        layers: names,
        figure: { name: 'groups', value: groups },
        ...change,
      },
    ];
  },
});

const LEAST_NARROWING = 8;

/** The whole model with dense convolutions, as much narrower as keeps its multiply-adds; undefined where it does not fit. */
function denseModel(context: AdviceContext, found: readonly Convolution[]) {
  const { graph, analysis } = context;
  const consumers = consumersOf(graph);
  const dense: ReadonlySet<Node> = new Set(found);
  const feeds = (node: Node) => {
    const reader = soleReader(graph, node.outputs[0] as number, consumers);
    return reader !== undefined && dense.has(reader);
  };
  const build = (factor: number): Graph | undefined => {
    const edits = new Map<number, Edit>();
    graph.nodes.forEach((node, at) => {
      if (!isConvolution(node) || (!dense.has(node) && !feeds(node))) return;
      const outChannels = roundChannels(node.attributes.outChannels * factor);
      edits.set(at, {
        attributes: convolutionAttributes(node, { outChannels, ...(dense.has(node) ? { groups: 1 } : {}) }),
      });
    });
    return rebuild(graph, edits);
  };
  let [low, high] = [1 / LEAST_NARROWING, 1];
  let best: { graph: Graph; factor: number } | undefined;
  for (let step = 0; step < 6; step++) {
    const factor = step === 0 ? low : Math.sqrt(low * high);
    const changed = build(factor);
    if (changed === undefined) return undefined;
    if (analyze(changed).totals.madds <= analysis.totals.madds) {
      best = { graph: changed, factor };
      low = factor;
    } else if (step === 0) return undefined;
    else high = factor;
  }
  const change = best && latencySaving(context, best.graph);
  if (change === undefined || best === undefined) return undefined;
  return {
    ...change,
    how: `The model with dense convolutions, ${(1 / best.factor).toFixed(2)} times narrower so that it has ${percent(change.cost?.madds ?? 1)} of the multiply-adds,`,
  };
}

/** Each layer alone, narrower by the root of its groups: the same multiply-adds. */
function denseLayers(context: AdviceContext, found: readonly Convolution[]) {
  const saving = layerSaving(
    context,
    found.map((node) => {
      const shape = context.graph.values[node.inputs[0] as number]?.shape ?? [];
      const narrow = (channels: number) => roundChannels(channels / Math.sqrt(node.attributes.groups));
      const attributes = convolutionAttributes(node, {});
      return {
        now: oneConvolution(shape, attributes),
        changed: oneConvolution(shape.with(1, narrow(shape[1] ?? 1)), {
          ...attributes,
          groups: 1,
          outChannels: narrow(node.attributes.outChannels),
        }),
      };
    }),
  );
  return (
    saving && {
      saving,
      how: 'Dense convolutions of the same multiply-adds, narrower by the root of the groups, each timed alone,',
    }
  );
}
