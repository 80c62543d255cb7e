import { consumersOf, type Graph, type Node } from '../../../ir/graph.js';
import { isPointwise } from '../../../ops/execution.js';
import { opOf } from '../../../ops/index.js';
import { defineRule } from '../define-rule.js';
import { isConvolution } from '../graph-facts.js';
import { type Edit, rebuild } from '../rebuild.js';
import { counted, latencySaving, percent, some } from '../savings.js';

export default defineRule({
  source: 'VoVNet (arXiv 1904.09730), section 2.2 and table 3: 1x1 bottlenecks cut FLOPs and raise time',
  find(context) {
    const { graph } = context;
    const groups = bottlenecks(graph);
    if (groups.length === 0) return [];
    const edits = new Map<number, Edit>();
    for (const { nodes, input } of groups) for (const at of nodes) edits.set(at, { replaceBy: input });
    const changed = rebuild(graph, edits);
    const change = changed === undefined ? undefined : latencySaving(context, changed);
    if (change === undefined) return [];
    const names = groups.map(({ nodes }) => (graph.nodes[nodes[0] as number] as Node).name);
    const { params = 1, madds = 1 } = change.cost ?? {};
    return [
      {
        id: 'bottleneck',
        title: '1x1 bottlenecks that cut multiply-adds and raise time',
        detail: `Without ${counted(groups.length, 'reducing 1x1 convolution')} (and the normalisation and activation behind) the model would take ${percent(change.saving.fraction)} less time on the ${context.device.name}, at ${percent(madds)} of the multiply-adds and ${percent(params)} of the parameters. See ${some(names)}.`,
        layers: names,
        figure: { name: 'maddsFactor', value: madds },
        ...change,
      },
    ];
  },
});

/** Reducing 1x1 convolutions whose result, through pointwise layers alone, enters one spatial convolution. */
function bottlenecks(graph: Graph): { nodes: number[]; input: number }[] {
  const consumers = consumersOf(graph);
  const found: { nodes: number[]; input: number }[] = [];
  graph.nodes.forEach((node, at) => {
    if (!isConvolution(node) || taps(graph, node) !== 1 || node.attributes.groups !== 1) return;
    const input = node.inputs[0] as number;
    const channels = graph.values[input]?.shape[1] ?? 0;
    const output = graph.values[node.outputs[0] as number]?.shape ?? [];
    const sameSize = output.slice(2).join() === graph.values[input]?.shape.slice(2).join();
    if (!sameSize || (output[1] ?? 0) >= channels) return;
    const nodes = [at];
    let value = node.outputs[0] as number;
    for (;;) {
      const readers = consumers[value] as readonly number[];
      const next = graph.nodes[readers[0] ?? -1];
      if (readers.length !== 1 || next === undefined || next.inputs[0] !== value) return;
      if (isConvolution(next)) {
        if (taps(graph, next) > 1 && next.attributes.groups === 1) found.push({ nodes, input });
        return;
      }
      const alone = next.inputs.slice(1).every((id) => id < 0 || graph.values[id]?.kind !== 'activation');
      if (!isPointwise(opOf(next.op)) || !alone) return;
      nodes.push(readers[0] as number);
      value = next.outputs[0] as number;
    }
  });
  return found;
}

function taps(graph: Graph, node: Node): number {
  return (graph.values[node.inputs[1] as number]?.shape ?? []).slice(2).reduce((product, size) => product * size, 1);
}
