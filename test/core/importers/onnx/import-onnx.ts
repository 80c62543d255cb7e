import { Ajv, type ValidateFunction } from 'ajv';
import type { ImportOptions } from '../../../../src/core/importers/define-importer.js';
import onnx from '../../../../src/core/importers/onnx/index.js';
import { memorySource } from '../../../../src/core/importers/shared/bytes.js';
import type { Graph, Node } from '../../../../src/core/ir/graph.js';
import { elementCount, type Shape } from '../../../../src/core/ir/tensor.js';
import { opOf } from '../../../../src/core/ops/index.js';
import { type ModelSpec, writeModel } from './write-onnx.js';

export function read(
  bytes: Uint8Array,
  options: ImportOptions = {},
  siblings: Record<string, Uint8Array> = {},
): Promise<Graph> {
  return onnx.read(memorySource('model.onnx', bytes, siblings), options).then(checked);
}

const ajv = new Ajv();
const validators = new Map<string, ValidateFunction>();

/** Every layer's attributes follow the schema of its op. */
export function checked(graph: Graph): Graph {
  for (const { op, name, attributes } of graph.nodes) {
    const validate = validators.get(op) ?? ajv.compile(opOf(op).attributes);
    validators.set(op, validate);
    if (!validate(attributes)) throw new Error(`${name} (${op}): ${ajv.errorsText(validate.errors)}`);
  }
  return graph;
}

export function importModel(
  model: ModelSpec,
  options: ImportOptions = {},
  siblings: Record<string, Uint8Array> = {},
): Promise<Graph> {
  return read(writeModel(model), options, siblings);
}

export function arithmeticOf(graph: Graph, node: Node): { madds: number; flops: number } {
  return opOf(node.op).arithmetic({
    inputs: node.inputs.map((id) => (id < 0 ? undefined : graph.values[id])),
    outputs: node.outputs.map((id) => graph.values[id] as Graph['values'][number]),
    attributes: node.attributes as Record<string, unknown>,
  });
}

export function maddsOf(graph: Graph): number {
  return graph.nodes.reduce((sum, node) => sum + arithmeticOf(graph, node).madds, 0);
}

export function paramsOf(graph: Graph): number {
  return graph.values.reduce((sum, { kind, shape }) => sum + (kind === 'parameter' ? elementCount(shape) : 0), 0);
}

export function outputShapes(graph: Graph): Shape[] {
  return graph.outputs.map((id) => graph.values[id]?.shape as Shape);
}

export function opsOf(graph: Graph): string[] {
  return graph.nodes.map(({ op }) => op);
}
