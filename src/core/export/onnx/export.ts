import { ArchmeterError } from '../../errors.js';
import type { Graph, Node, Value } from '../../ir/graph.js';
import { type DType, elementCount, isFloat, type Shape } from '../../ir/tensor.js';
import type { OpName } from '../../ops/op-attributes.js';
import { randomWeights, type Weights } from '../weights/index.js';
import {
  type Attributes,
  channelsFirstOrder,
  channelsLastOrder,
  type ExportCall,
  type Exporter,
  type Name,
} from './call.js';
import { encodeModel, type OnnxInitializer, type OnnxNode, type OnnxValue } from './model.js';
import { EXPORTERS } from './ops/index.js';
import { onnxType, rawData } from './tensor-data.js';

export interface OnnxExportOptions {
  /** `random`: drawn from `seed`, as runtimes do; default `zero`. Known contents of constants are kept either way. */
  readonly weights?: 'random' | 'zero';
  readonly seed?: number;
  /** Element type of all floating-point values; default: as the graph has them. */
  readonly dtype?: 'float32' | 'float16';
}

/**
 * Writes a graph as an ONNX file (operator set 20), weights inside. Shapes are fixed to the graph's.
 *
 * @throws ArchmeterError on an op that ONNX has no equal for, and where the weights exceed 2 GiB
 */
export function exportOnnx(graph: Graph, options: OnnxExportOptions = {}): Uint8Array {
  return new OnnxExporter(graph, options).encode();
}

class OnnxExporter {
  private readonly nodes: OnnxNode[] = [];
  private readonly initializers = new Map<Name, OnnxInitializer>();
  private readonly names: readonly Name[];
  private readonly taken = new Set<Name>();
  private readonly nodeNames = new Set<string>();
  private readonly weights: Weights;

  constructor(
    private readonly graph: Graph,
    private readonly options: OnnxExportOptions,
  ) {
    this.names = graph.values.map((value) => this.unique(value.name || `value_${value.id}`));
    const drawn = randomWeights(graph, options.seed ?? 0);
    this.weights = (id) => {
      const value = graph.values[id] as Value;
      const known = options.weights === 'random' || value.data !== undefined;
      return known ? drawn(id) : new Float32Array(elementCount(value.shape));
    };
  }

  encode(): Uint8Array {
    const { graph } = this;
    for (const node of graph.nodes) {
      try {
        const exporter = EXPORTERS[node.op as OpName] as Exporter | undefined;
        if (exporter === undefined) throw new ArchmeterError(`op '${node.op}' cannot be exported to ONNX`);
        exporter(this.call(node));
      } catch (error) {
        throw error instanceof ArchmeterError ? error.at({ layer: node.name }) : error;
      }
    }
    const described = (id: number): OnnxValue => {
      const { shape, dtype } = graph.values[id] as Value;
      return { name: this.names[id] as Name, shape, dtype: this.elementType(dtype) };
    };
    const ports = new Set([...graph.inputs, ...graph.outputs]);
    return encodeModel({
      name: graph.name,
      nodes: this.nodes,
      initializers: [...this.initializers.values()],
      inputs: graph.inputs.map(described),
      outputs: graph.outputs.map((id) => this.outputValue(described(id), graph.values[id] as Value)),
      values: graph.nodes.flatMap(({ outputs }) => outputs.filter((id) => !ports.has(id)).map(described)),
    });
  }

  /** ONNX wants an output to be computed: an input or weight that is put out passes through Identity. */
  private outputValue(described: OnnxValue, value: Value): OnnxValue {
    if (value.kind === 'activation') return described;
    const name = this.unique(`${described.name}_output`);
    this.nodes.push({ type: 'Identity', name, inputs: [this.use(value.id)], outputs: [name], attributes: {} });
    return { ...described, name };
  }

  private elementType(dtype: DType): DType {
    return isFloat(dtype) ? (this.options.dtype ?? dtype) : dtype;
  }

  private unique(wanted: string): string {
    let name = wanted;
    for (let i = 1; this.taken.has(name); i++) name = `${wanted}_${i}`;
    this.taken.add(name);
    return name;
  }

  /** Name of a value; a stored one becomes an initializer when first used. */
  private use(id: number): Name {
    const value = this.graph.values[id];
    if (value === undefined) return '';
    const name = this.names[id] as Name;
    const stored = value.kind !== 'input' && value.kind !== 'activation';
    if (stored && !this.initializers.has(name)) this.store(name, this.weights(id), value.shape, value.dtype);
    return name;
  }

  private store(name: Name, values: ArrayLike<number>, shape: Shape, dtype: DType): void {
    const type = this.elementType(dtype);
    this.initializers.set(name, { name, shape, dtype: type, data: rawData(values, type) });
  }

  private call(node: Node): ExportCall {
    const { graph } = this;
    const id = (slot: number) => node.inputs[slot] ?? -1;
    const type = (slot: number) => graph.values[id(slot)] as Value;
    const last = node.attributes.layout === 'channelsLast';
    const add = (onnxOp: string, inputs: readonly Name[], outputs: readonly Name[], attributes: Attributes) => {
      const trimmed = [...inputs];
      while (trimmed.at(-1) === '') trimmed.pop();
      this.nodes.push({
        type: onnxOp,
        name: this.nodeName(node, onnxOp, outputs),
        inputs: trimmed,
        outputs,
        attributes,
      });
    };
    const constant = (values: ArrayLike<number>, shape: Shape, dtype: DType = 'float32') => {
      const name = this.unique(`${node.name}/constant`);
      this.store(name, values, shape, dtype);
      return name;
    };
    const ops = (onnxOp: string, inputs: readonly Name[], outputs: number, attributes: Attributes = {}) => {
      const names = Array.from({ length: outputs }, () => this.unique(`${node.name}/${onnxOp}`));
      add(onnxOp, inputs, names, attributes);
      return names;
    };
    const op = (onnxOp: string, inputs: readonly Name[], attributes: Attributes = {}) =>
      ops(onnxOp, inputs, 1, attributes)[0] as Name;
    const emit = (onnxOp: string, inputs: readonly Name[], attributes: Attributes = {}) =>
      add(
        onnxOp,
        inputs,
        node.outputs.map((output) => this.names[output] as Name),
        attributes,
      );
    return {
      node,
      attributes: node.attributes as ExportCall['attributes'],
      has: (slot) => id(slot) >= 0,
      type,
      outputType: (index = 0) => graph.values[node.outputs[index] as number] as Value,
      input: (slot) => this.use(id(slot)),
      isStored: (slot) => !['input', 'activation'].includes(type(slot).kind),
      contents: (slot) => this.weights(id(slot)),
      image: (slot) => {
        const name = this.use(id(slot));
        return last ? op('Transpose', [name], { perm: channelsFirstOrder(type(slot).shape.length) }) : name;
      },
      imageShape: (slot) => {
        const { shape } = type(slot);
        return last ? channelsFirstOrder(shape.length).map((axis) => shape[axis] as number) : [...shape];
      },
      constant,
      integers: (values) => constant(values, [values.length], 'int64'),
      scalar: (value, dtype) => constant([value], [], dtype),
      op,
      ops,
      emit,
      emitImage: (onnxOp, inputs, attributes) => {
        if (!last) return emit(onnxOp, inputs, attributes);
        const rank = (graph.values[node.outputs[0] as number] as Value).shape.length;
        emit('Transpose', [op(onnxOp, inputs, attributes)], { perm: channelsLastOrder(rank) });
      },
      emitEach: (nodes) => {
        for (const [i, [onnxOp, inputs]] of nodes.entries()) {
          add(onnxOp, inputs, [this.names[node.outputs[i] as number] as Name], {});
        }
      },
      cast: (name, from, to) => {
        const [source, target] = [this.elementType(from), this.elementType(to)];
        return source === target ? name : op('Cast', [name], { to: onnxType(target) });
      },
      refuse: (reason) => {
        throw new ArchmeterError(`${node.op} cannot be exported to ONNX: ${reason}`);
      },
    };
  }

  /** The graph node's own name for the node that makes its outputs; `name/Type` for those inside. */
  private nodeName(node: Node, onnxOp: string, outputs: readonly Name[]): string {
    const own = outputs[0] === this.names[node.outputs[0] as number];
    const wanted = own ? node.name : `${node.name}/${onnxOp}`;
    let name = wanted;
    for (let i = 1; this.nodeNames.has(name); i++) name = `${wanted}_${i}`;
    this.nodeNames.add(name);
    return name;
  }
}
