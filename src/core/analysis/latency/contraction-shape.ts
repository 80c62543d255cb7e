import type { Graph, Node } from '../../ir/graph.js';
import { elementCount, type Shape } from '../../ir/tensor.js';
import type { OpCall } from '../../ops/define-op.js';

/** `groups` matrix products of rows x depth by depth x width. */
export interface ContractionShape {
  readonly rows: number;
  readonly depth: number;
  readonly width: number;
  readonly groups: number;
}

/** A contraction as matrix products; convolutions as the implicit products that libraries make of them. */
export function contractionShape(
  graph: Graph,
  node: Node,
  call: OpCall<Record<string, unknown>>,
  madds: number,
): ContractionShape {
  const shapes = node.inputs.map((id) => graph.values[id]?.shape);
  const output = (call.outputs[0] as { readonly shape: Shape }).shape;
  const outputs = elementCount(output);
  const [left = [], right = []] = shapes;
  switch (node.op) {
    case 'conv':
    case 'deformableConv': {
      const weight =
        (node.op === 'conv' ? right : shapes.find((shape, i) => i > 0 && shape?.[0] === output[1])) ?? right;
      const channels = Number(node.attributes['outChannels'] ?? weight[0]);
      const groups = Number(node.attributes['groups'] ?? 1);
      return { rows: outputs / channels, depth: elementCount(weight.slice(1)), width: channels / groups, groups };
    }
    case 'convTranspose': {
      const groups = Number(node.attributes['groups'] ?? 1);
      const channels = right[0] ?? 1;
      return {
        rows: elementCount(left) / channels,
        depth: channels / groups,
        width: elementCount(right.slice(1)),
        groups,
      };
    }
    case 'linear': {
      const width = right[0] ?? 1;
      return { rows: outputs / width, depth: right[1] ?? 1, width, groups: 1 };
    }
    case 'attention': {
      const [rows = 1, depth = 1] = left.slice(-2);
      return { rows, depth, width: right.at(-2) ?? 1, groups: elementCount(left.slice(0, -2)) };
    }
    case 'matmul': {
      const width = right.length < 2 ? 1 : (output.at(-1) ?? 1);
      const depth = outputs === 0 ? 0 : madds / outputs;
      // One matrix on the right for all on the left is one long product.
      if (right.length <= 2) return { rows: outputs / width, depth, width, groups: 1 };
      const rows = output.at(-2) ?? 1;
      return { rows, depth, width, groups: outputs / (rows * width || 1) };
    }
    case 'lstm':
    case 'gru':
    case 'rnn': {
      const weight = shapes.find((shape, i) => i > 0 && shape?.length === 2) ?? [1, 1];
      return {
        rows: left.length === 3 ? (left[node.attributes['batchFirst'] === true ? 0 : 1] ?? 1) : 1,
        depth: weight[1] ?? 1,
        width: weight[0] ?? 1,
        groups: 1,
      };
    }
    default: {
      const width = output.at(-1) ?? 1;
      return { rows: outputs / (width || 1), depth: outputs === 0 ? 0 : madds / outputs, width, groups: 1 };
    }
  }
}
