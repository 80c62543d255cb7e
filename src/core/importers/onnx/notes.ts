import type { GraphBuilder } from '../../graph/builder.js';
import { elementCount } from '../../ir/tensor.js';
import type { GraphProto, NodeProto } from './protobuf/messages.js';

/** Says where the file's parameters differ from the source model's, from what torch's exporter leaves in the file. */
export function noteDifferences(builder: GraphBuilder, graph: GraphProto): void {
  const folded = graph.nodes.filter((node) => metadata(node, 'pkg.onnxscript.rewriter.rule_name').includes(FOLDED));
  if (folded.length === 0) return;
  const shapes = new Map(graph.initializers.map(({ name, dims }) => [name, dims]));
  let parameters = 0;
  let biases = 0;
  for (const node of folded) {
    const channels = shapes.get(node.inputs[1] ?? '')?.[0] ?? 0;
    const traced = metadata(node, 'pkg.torch.onnx.fx_node').match(/%p_\w+/g) ?? [];
    parameters += traced.length * channels;
    const bias = shapes.get(node.inputs[2] ?? '');
    if (bias !== undefined) biases += elementCount(bias);
  }
  const count = (n: number) => n.toLocaleString('en-US');
  const made = biases === 0 ? '' : `, and ${count(biases)} biases of these convolutions may stand for them`;
  builder.note(
    `The exporter folded batch norm into ${folded.length} convolutions: the source model has ${count(parameters)} more parameters (scales and shifts)${made}.`,
  );
}

const FOLDED = 'FuseBatchNormIntoConv';

function metadata(node: NodeProto, name: string): string {
  return node.metadata.find(({ key }) => key === name)?.value ?? '';
}
