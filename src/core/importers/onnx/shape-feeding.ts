import { opOfOnnx } from './ops/index.js';
import type { NodeProto } from './protobuf/messages.js';

/**
 * Names of the tensors whose contents shapes, scales or bounds are worked out from: those in slots whose contents an op
 * needs, and what they are computed from by ops that fold. Floats among them are folded too, which elsewhere may be
 * small biases.
 */
export function shapeFeeding(nodes: readonly NodeProto[]): ReadonlySet<string> {
  const producers = new Map<string, NodeProto>();
  for (const node of nodes) for (const name of node.outputs) producers.set(name, node);
  const found = new Set<string>();
  const open: string[] = [];
  const add = (name: string | undefined) => {
    if (name === undefined || name === '' || found.has(name)) return;
    found.add(name);
    open.push(name);
  };
  for (const node of nodes) for (const slot of opOf(node)?.contents ?? []) add(node.inputs[slot]);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const producer = producers.get(name);
    if (producer !== undefined && opOf(producer)?.folds) for (const input of producer.inputs) add(input);
  }
  return found;
}

const opOf = ({ domain, type }: NodeProto) => opOfOnnx(domain === 'ai.onnx' ? '' : domain, type);
