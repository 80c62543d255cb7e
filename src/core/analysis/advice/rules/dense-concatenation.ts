import type { Graph, Node } from '../../../ir/graph.js';
import { slotOf } from '../../../ops/execution.js';
import { opOf } from '../../../ops/index.js';
import { analyze } from '../../analyze.js';
import { type AdviceContext, defineRule } from '../define-rule.js';
import { isConvolution } from '../graph-facts.js';
import { convolutionAttributes, type Edit, rebuild } from '../rebuild.js';
import { counted, latencySaving, percent, roundChannels, some } from '../savings.js';

/** Concatenations that a feature map must enter to count as re-read. */
const LEAST_CHAIN = 3;
const SEARCH_STEPS = 6;

export default defineRule({
  source: 'VoVNet (arXiv 1904.09730), section 3: dense connections re-read every feature map; aggregate once instead',
  find(context) {
    const { graph, time } = context;
    const chains = denseChains(graph);
    if (chains.length === 0) return [];
    const concats = chains.flat().map((at) => graph.nodes[at] as Node);
    const share = concats.reduce((sum, { name }) => sum + (time.get(name)?.fraction ?? 0), 0);
    const widened = oneShot(context, chains);
    const change = widened === undefined ? undefined : latencySaving(context, widened.graph);
    if (change === undefined || widened === undefined) return [];
    const names = concats.map(({ name }) => name);
    const { params = 1, madds = 1 } = change.cost ?? {};
    return [
      {
        id: 'dense-concatenation',
        title: 'Dense concatenation reads feature maps again and again',
        detail: `${counted(chains.length, 'block')} concatenate${chains.length === 1 ? 's' : ''} at every layer (${concats.length} concatenations, ${percent(share)} of the time by themselves). One-shot aggregation (each layer reads the one before; all are joined at the end), layers widened ${widened.factor.toFixed(2)} times towards the same multiply-adds (${percent(madds)} of them), saves ${percent(change.saving.fraction)} and has ${percent(params)} of the parameters. See ${some(names)}.`,
        layers: names,
        figure: { name: 'concatenationShare', value: share },
        ...change,
      },
    ];
  },
});

/**
 * Concatenations that belong together, in order: each holds everything that the one before held, and something new
 * (whether it reads the earlier result, as in timm, or all features once more, as in torchvision).
 */
function denseChains(graph: Graph): number[][] {
  const holds = new Map<number, Set<number>>();
  const chains: number[][] = [];
  graph.nodes.forEach((node, at) => {
    if (!slotOf(opOf(node.op), 'joins') || node.outputs.length !== 1) return;
    const parts = new Set<number>();
    for (const id of node.inputs) for (const part of holds.get(id) ?? [id]) parts.add(part);
    holds.set(node.outputs[0] as number, parts);
    const chain = chains.find((candidate) => {
      const last = graph.nodes[candidate.at(-1) as number] as Node;
      const before = holds.get(last.outputs[0] as number) as Set<number>;
      return before.size < parts.size && [...before].every((part) => parts.has(part));
    });
    if (chain === undefined) chains.push([at]);
    else chain.push(at);
  });
  return chains.filter((chain) => chain.length >= LEAST_CHAIN);
}

/** The graph with one concatenation a block, its layers widened until the multiply-adds are those of before. */
function oneShot(context: AdviceContext, chains: readonly (readonly number[])[]) {
  const { graph, analysis } = context;
  const base = new Map<number, Edit>();
  const inner = new Set<number>();
  for (const chain of chains) {
    chain.slice(0, -1).forEach((at) => {
      // The newest feature map comes last in its concatenation.
      base.set(at, { replaceBy: (graph.nodes[at] as Node).inputs.at(-1) as number });
    });
    const [first, last] = [chain[0] as number, chain.at(-1) as number];
    for (let at = first; at < last; at++) inner.add(at);
  }
  const build = (factor: number): Graph | undefined => {
    const edits = new Map(base);
    for (const at of inner) {
      const node = graph.nodes[at] as Node;
      if (!isConvolution(node) || edits.has(at)) continue;
      const outChannels = roundChannels(node.attributes.outChannels * factor);
      edits.set(at, { attributes: convolutionAttributes(node, { outChannels }) });
    }
    return rebuild(graph, edits);
  };
  let best: { graph: Graph; factor: number } | undefined;
  let [factor, tooWide] = [1, Number.POSITIVE_INFINITY];
  for (let step = 0; step < SEARCH_STEPS; step++) {
    const changed = build(factor);
    if (changed === undefined) return best;
    const missing = analysis.totals.madds / analyze(changed).totals.madds;
    if (missing >= 1) best = { graph: changed, factor };
    else if (best === undefined) return undefined;
    else tooWide = factor;
    // Multiply-adds grow with the width to its square: the root of what is missing overshoots by rounding alone.
    factor = Math.min(best.factor * Math.sqrt(Math.max(1, missing)), Math.sqrt(best.factor * tooWide));
  }
  return best;
}
