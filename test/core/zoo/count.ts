import type { Graph, Value } from '../../../src/core/ir/graph.js';
import { elementCount, type Shape } from '../../../src/core/ir/tensor.js';
import type { OpCall } from '../../../src/core/ops/define-op.js';
import { opOf } from '../../../src/core/ops/index.js';

/** One convolution or linear layer. */
export interface CountedLayer {
  readonly name: string;
  readonly op: string;
  readonly weight: Shape;
  readonly groups: number;
  readonly input: Shape;
  readonly output: Shape;
  readonly params: number;
  readonly madds: number;
  readonly memoryAccessCost: number;
  readonly lowerBound: number;
}

export interface Counted {
  readonly params: number;
  readonly madds: number;
  readonly layers: readonly CountedLayer[];
  readonly ops: Readonly<Record<string, number>>;
}

/** Sums straight from the ops' own definitions, without the analysis. */
export function count(graph: Graph): Counted {
  let madds = 0;
  const layers: CountedLayer[] = [];
  const ops: Record<string, number> = {};
  for (const node of graph.nodes) {
    const op = opOf(node.op);
    const operand = (id: number) => (id < 0 ? undefined : (graph.values[id] as Value));
    const call: OpCall<Record<string, unknown>> = {
      inputs: node.inputs.map(operand),
      outputs: node.outputs.map((id) => graph.values[id] as Value),
      attributes: node.attributes,
    };
    const own = op.arithmetic(call).madds;
    madds += own;
    ops[node.op] = (ops[node.op] ?? 0) + 1;
    if (node.op !== 'conv' && node.op !== 'linear') continue;
    layers.push({
      name: node.name,
      op: node.op,
      weight: call.inputs[1]?.shape ?? [],
      groups: (node.attributes.groups as number | undefined) ?? 1,
      input: call.inputs[0]?.shape ?? [],
      output: call.outputs[0]?.shape ?? [],
      params: sum(call.inputs.slice(1).map((value) => elementCount(value?.shape ?? [0]))),
      madds: own,
      memoryAccessCost: op.memoryAccessCost?.(call) ?? Number.NaN,
      lowerBound: op.memoryAccessCostLowerBound?.(call) ?? Number.NaN,
    });
  }
  const params = sum(graph.values.filter(({ kind }) => kind === 'parameter').map(({ shape }) => elementCount(shape)));
  return { params, madds, layers, ops };
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
