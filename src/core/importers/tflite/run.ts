import { ArchmeterError } from '../../errors.js';
import type { GraphBuilder } from '../../graph/builder.js';
import { elementCount } from '../../ir/tensor.js';
import { WorkLimit } from '../shared/work-limit.js';
import { Attributes } from '../tensorflow/attributes.js';
import { compareWithStated, type FunctionRunner, type GraphNode, type Lowering, NodeCall } from '../tensorflow/call.js';
import { lowerNode } from '../tensorflow/lower.js';
import { fusedActivation } from '../tensorflow/ops/elementwise.js';
import { Tensor } from '../tensorflow/tensor.js';
import type { OperatorRecord, SubgraphRecord, TensorRecord } from './decode.js';
import { convolutionOps, customOps } from './ops/convolution.js';
import { recurrentOps } from './ops/recurrent.js';
import { storageOps, Variables } from './ops/storage.js';
import { flexOp, SAME_OPS } from './translate.js';

const CUSTOM_OPS: ReadonlyMap<string, Lowering> = new Map(Object.entries(customOps));

export interface RunOptions {
  /** Contents of small stored tensors, by subgraph and tensor. */
  readonly contents: ReadonlyMap<TensorRecord, readonly number[]>;
  /** The batch that is asked for over that of the file; 1 where the file is taken as it is. */
  readonly batchFactor: number;
  /** Compare with the shapes that the file states. */
  readonly compareShapes: boolean;
}

/** Runs the operators of a model in their order, which the file guarantees. */
export class ModelRun implements FunctionRunner {
  private readonly limit = new WorkLimit();
  private depth = 0;
  /** Stored tensors, one for each buffer: several tensors may share one. */
  private readonly stored = new Map<string, Tensor>();
  /** Operators that TensorFlow has no op for. */
  private readonly ownOps: ReadonlyMap<string, Lowering>;

  constructor(
    private readonly builder: GraphBuilder,
    private readonly subgraphs: readonly SubgraphRecord[],
    private readonly options: RunOptions,
  ) {
    const areWritten = subgraphs[0]?.operators.some(({ type }) => type === 'ASSIGN_VARIABLE') ?? false;
    this.ownOps = new Map(
      [convolutionOps, recurrentOps, storageOps, new Variables(areWritten).ops].flatMap(Object.entries<Lowering>),
    );
  }

  run(index: string | number, inputs: readonly Tensor[]): Tensor[] {
    const subgraph = this.subgraphs[Number(index)];
    if (subgraph === undefined) throw new ArchmeterError(`the file has no subgraph ${index}`);
    if (++this.depth > 64) throw new ArchmeterError(`subgraph ${index} calls itself`);
    try {
      return this.subgraph(subgraph, inputs);
    } finally {
      this.depth--;
    }
  }

  subgraph(subgraph: SubgraphRecord, inputs: readonly Tensor[]): Tensor[] {
    this.limit.add(subgraph.operators.length);
    const tensors = new Map<number, Tensor>();
    subgraph.inputs.forEach((index, i) => {
      const input = inputs[i];
      if (input !== undefined) tensors.set(index, input);
    });
    const produced = new Set(subgraph.operators.flatMap(({ outputs }) => outputs));
    const tensor = (index: number, reader: string): Tensor => {
      const known = tensors.get(index);
      if (known !== undefined) return known;
      const record = subgraph.tensors[index];
      const problem =
        record === undefined
          ? `it reads tensor ${index} of ${subgraph.tensors.length}`
          : `it reads '${record.name}' before that is computed`;
      if (record === undefined || produced.has(index) || subgraph.inputs.includes(index)) {
        throw new ArchmeterError(problem, 'The file is damaged.', { layer: reader });
      }
      const stored = this.storedTensor(record, index);
      tensors.set(index, stored);
      return stored;
    };
    for (const operator of subgraph.operators) {
      const name = nameOf(subgraph, operator);
      const given = operator.inputs.map((index) => (index < 0 ? undefined : tensor(index, name)));
      const outputs = this.operator(subgraph, operator, name, given);
      operator.outputs.forEach((index, i) => {
        const output = outputs[0]?.unknown === undefined ? outputs[i] : outputs[0];
        if (output !== undefined) tensors.set(index, output);
      });
    }
    return subgraph.outputs.map((index) => tensor(index, 'output'));
  }

  private operator(
    subgraph: SubgraphRecord,
    operator: OperatorRecord,
    name: string,
    inputs: readonly (Tensor | undefined)[],
  ): readonly Tensor[] {
    const { type, isCustom } = operator;
    const same = isCustom ? flexOp(type) : SAME_OPS[type];
    const types = operator.outputs.map((index) => subgraph.tensors[index]);
    const node: GraphNode = {
      name,
      op: same ?? type,
      attributes: withOutputType(operator.attributes, same, types[0]),
      inputs: this.inputsFor(same, operator, inputs),
      stated: types.map((record) => record && { shape: this.scaled(record), dtype: record.dtype }),
    };
    const outputs = lowerNode(this.builder, node, this, isCustom ? CUSTOM_OPS : this.ownOps);
    const activation = operator.attributes.get('activation');
    const [first, ...others] = outputs;
    const result =
      typeof activation === 'string' &&
      first !== undefined &&
      first.unknown === undefined &&
      !(first.data !== undefined && first.isStored)
        ? [fusedActivation(new NodeCall(this.builder, node, this), first, activation), ...others]
        : outputs;
    if (this.options.compareShapes) compareWithStated(node, result);
    return result;
  }

  private storedTensor(record: TensorRecord, index: number): Tensor {
    const key =
      record.buffer > 0
        ? `buffer ${record.buffer} ${record.dtype} ${record.shape.join()}`
        : `tensor ${index} ${record.name}`;
    let tensor = this.stored.get(key);
    if (tensor === undefined) {
      const name = plainName(record.name) || `tensor_${index}`;
      tensor = Tensor.stored(this.builder, name, record.shape, record.dtype, this.options.contents.get(record));
      if (record.isVariable) tensor.value('buffer');
      this.stored.set(key, tensor);
    }
    return tensor;
  }

  private inputsFor(op: string | undefined, operator: OperatorRecord, inputs: readonly (Tensor | undefined)[]) {
    if (op === 'Reshape') return this.withBatch(inputs);
    if (op !== 'ConcatV2') return inputs;
    // TensorFlow has the axis as the last input.
    return [...inputs, Tensor.known(this.builder, 'axis', [], 'int32', [operator.attributes.integer('axis')])];
  }

  /** A reshape to a shape with the file's batch written out, for the batch that is asked for. */
  private withBatch(inputs: readonly (Tensor | undefined)[]): readonly (Tensor | undefined)[] {
    const [x, target] = inputs;
    const factor = this.options.batchFactor;
    if (factor === 1 || x === undefined || target?.data === undefined) return inputs;
    const { data } = target;
    const open = data.some((size) => size < 0);
    const elements = elementCount(data);
    if (open || elements === x.elements || elements * factor !== x.elements) return inputs;
    const scaled = [(data[0] as number) * factor, ...data.slice(1)];
    return [x, Tensor.known(this.builder, target.name, target.shape, target.dtype, scaled)];
  }

  /** The shape that the file states, for the batch that is asked for. */
  private scaled(record: TensorRecord): readonly (number | null)[] {
    const factor = this.options.batchFactor;
    return record.openShape.map((size, axis) => (axis === 0 && size !== null ? size * factor : size));
  }
}

/** Casts and the like take the type of their output from its tensor. */
function withOutputType(attributes: Attributes, op: string | undefined, output: TensorRecord | undefined): Attributes {
  const key = { Cast: 'DstT', Bitcast: 'type', Shape: 'out_type', ArgMax: 'output_type', ArgMin: 'output_type' }[
    op ?? ''
  ];
  return key === undefined || output === undefined ? attributes : new Attributes({ [key]: output.dtype });
}

/** Operators have no names: that of the first output, whose parts after `;` are those of ops fused into it. */
function nameOf(subgraph: SubgraphRecord, operator: OperatorRecord): string {
  const record = subgraph.tensors[operator.outputs[0] ?? -1];
  return plainName(record?.name ?? '') || operator.type.toLowerCase();
}

function plainName(name: string): string {
  return (name.split(';')[0] ?? '').replace(/:\d+$/, '');
}
