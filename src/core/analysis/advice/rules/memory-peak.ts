import { consumersOf } from '../../../ir/graph.js';
import { isPointwise } from '../../../ops/execution.js';
import { opOf } from '../../../ops/index.js';
import { bytesInWords } from '../../../units.js';
import { defineRule } from '../define-rule.js';
import { type Edit, rebuild } from '../rebuild.js';
import { percent, some } from '../savings.js';

export default defineRule({
  source: 'arXiv 1604.06174 (Chen et al.), section 3: in-place operation',
  find(context) {
    const { graph, analysis } = context;
    const { peakActivationBytes, peakLayer, peakTensors } = analysis.totals;
    if (peakLayer === null || peakActivationBytes === 0) return [];
    const consumers = consumersOf(graph);
    const outputs = new Set(graph.outputs);
    const edits = new Map<number, Edit>();
    graph.nodes.forEach((node, at) => {
      const input = node.inputs[0] ?? -1;
      const unary = node.inputs
        .slice(1)
        .every((id) => id < 0 || !['activation', 'input'].includes(graph.values[id]?.kind ?? ''));
      const kept = graph.values[input]?.shape.join() === graph.values[node.outputs[0] as number]?.shape.join();
      if (!isPointwise(opOf(node.op)) || !unary || !kept || consumers[input]?.length !== 1 || outputs.has(input))
        return;
      if (graph.values[input]?.kind === 'activation') edits.set(at, { replaceBy: input });
    });
    const changed = edits.size === 0 ? undefined : rebuild(graph, edits);
    const value =
      changed === undefined ? 0 : peakActivationBytes - context.judge(changed).analysis.totals.peakActivationBytes;
    const fraction = value / peakActivationBytes;
    if (fraction < 0.05) return [];
    const culprits = peakTensors.slice(0, 4);
    const largest = culprits[0] as { name: string; bytes: number };
    return [
      {
        id: 'memory-peak',
        title: 'Peak of activation memory',
        detail: `The peak of ${bytesInWords(peakActivationBytes)} is reached at ${peakLayer}; alive then: ${some(culprits.map(({ name, bytes }) => `${name} (${bytesInWords(bytes)})`))}. With ${edits.size} pointwise layers in place the peak would be ${percent(fraction)} lower.`,
        layers: [peakLayer, ...culprits.map(({ name }) => name).filter((name) => name !== peakLayer)],
        figure: { name: 'largestTensorShare', value: largest.bytes / peakActivationBytes },
        saving: { metric: 'peakActivationBytes', value, fraction },
      },
    ];
  },
});
