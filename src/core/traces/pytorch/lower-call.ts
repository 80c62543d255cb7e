import { ArchmeterError } from '../../errors.js';
import { GraphBuilder } from '../../graph/builder.js';
import { Emitter } from '../../importers/pt2/lower/emitter.js';
import { LayerNames } from '../../importers/pt2/lower/layer-names.js';
import { NodeContext } from '../../importers/pt2/lower/node-context.js';
import { Scope } from '../../importers/pt2/lower/scope.js';
import { loweringOf, operatorOf } from '../../importers/pt2/ops/table.js';
import type { Argument, NamedArgument, ProgramGraph, ProgramNode } from '../../importers/pt2/program.js';
import type { Value } from '../../ir/graph.js';
import type { DType, Shape, TensorType } from '../../ir/tensor.js';
import type { OpAttributes, OpName } from '../../ops/op-attributes.js';
import type { OperatorArgument, OperatorCall } from '../trace.js';
import { argumentNames } from './aten-arguments.js';

const EMPTY: ProgramGraph = { inputs: [], outputs: [], nodes: [], tensors: new Map(), symbols: new Map() };

/** Lowers with names that the caller gives, since a trace knows no paths of weights. */
class NamedEmitter extends Emitter {
  scope = '';
  layer = '';
  /** Names of the layers added. */
  added: string[] = [];

  constructor(builder: GraphBuilder) {
    super(builder, new LayerNames(EMPTY), false);
  }

  override add<N extends OpName>(
    _: ProgramNode,
    op: N,
    inputs: readonly (Value | undefined)[],
    attributes: OpAttributes[N],
  ): Value[] {
    if (op === 'opaque') throw new ArchmeterError('this operator has no count');
    const made = this.builder.at(this.scope, () =>
      this.builder.addAll<OpName>(op, inputs, attributes, { name: this.layer }),
    );
    this.added.push((made[0] as Value).name);
    return made;
  }
}

/** Turns recorded calls of aten operators into ops of a graph, by the rules that .pt2 files are read with. */
export class CallLowering {
  readonly builder: GraphBuilder;
  private readonly emitter: NamedEmitter;

  constructor(name: string) {
    this.builder = new GraphBuilder(name);
    this.emitter = new NamedEmitter(this.builder);
  }

  /** Names of the layers that a call became. @throws ArchmeterError where it cannot be counted */
  lower(call: OperatorCall, scope: string, layer: string): readonly string[] {
    const operator = operatorOf(call.name.replace('::', '.'));
    const lowering = loweringOf(operator);
    const last = call.arguments.at(-1);
    const endsInTensor = last !== undefined && dtypeNamed(last.type) !== undefined && last.concrete === '';
    const names = argumentNames(operator.name, call.arguments.length, endsInTensor);
    if (lowering === undefined || names === undefined || call.arguments.length === 0) {
      throw new ArchmeterError(`${call.name} is not known to archmeter, or was recorded without shapes`);
    }
    this.emitter.scope = scope;
    this.emitter.layer = layer;
    this.emitter.added = [];
    const inside = new Scope(EMPTY);
    const inputs: NamedArgument[] = call.arguments.map((argument, i) => ({
      name: names[i] ?? `${i}`,
      value: this.argument(argument, names[i] ?? `${i}`, `${scope}.${layer}`, inside, call),
    }));
    const node: ProgramNode = {
      name: layer,
      target: `aten.${operator.name}.default`,
      inputs,
      outputs: [],
      modules: [],
    };
    lowering(new NodeContext(node, inside, this.emitter, castTo(operator.name, inputs, call)));
    return this.emitter.added;
  }

  private argument(
    { dims, type, concrete, strides }: OperatorArgument,
    name: string,
    layer: string,
    scope: Scope,
    call: OperatorCall,
  ): Argument {
    if (type === 'TensorList' || dims.some((size) => typeof size !== 'number')) {
      const shapes = dims.map((shape) => (typeof shape === 'number' ? [] : shape));
      return {
        kind: 'tensors',
        names: shapes.map((shape, i) => this.tensor(`${name}${i}`, layer, shape, 'float32', scope)),
      };
    }
    const dtype = dtypeNamed(type);
    if (dtype !== undefined) {
      const shape = dims as Shape;
      const isTurned = isTransposedWeight(call, name, shape, strides);
      return { kind: 'tensor', name: this.tensor(name, layer, shape, dtype, scope, isTurned) };
    }
    if (name === 'dtype' && concrete !== '') {
      const stated = SCALAR_TYPES[Number(concrete)];
      return stated === undefined ? { kind: 'none' } : { kind: 'dtype', value: stated };
    }
    return scalar(concrete);
  }

  private tensor(name: string, layer: string, shape: Shape, dtype: DType, scope: Scope, isTurned = false): string {
    const kind = /^(running_mean|running_var)$/.test(name) ? 'buffer' : 'parameter';
    if (isTurned) {
      const transposed = this.builder.stored(`${layer}.weight`, kind, shape.toReversed(), dtype);
      scope.bind(name, { transposed });
    } else if (STORED.test(name)) scope.bind(name, this.builder.stored(`${layer}.${name}`, kind, shape, dtype));
    else scope.bind(name, this.builder.input(`${layer}.${name}`, shape, dtype));
    return name;
  }
}

const STORED = /^(weight|bias|running_mean|running_var)$/;

/** x·wᵀ + b: the weight is a view of the stored one, its first axis the contiguous one. */
function isTransposedWeight(call: OperatorCall, name: string, shape: Shape, strides: Shape): boolean {
  return (
    call.name === 'aten::addmm' &&
    name === 'mat2' &&
    shape.length === 2 &&
    strides[0] === 1 &&
    strides[1] === shape[0] &&
    call.arguments[0]?.dims.length === 1
  );
}

/** Casts are told by the type of their output, which traces do not record: the `dtype` argument, or that of the input. */
function castTo(name: string, inputs: readonly NamedArgument[], call: OperatorCall): TensorType[] {
  if (!/^(to|_to_copy|type_as)$/.test(name)) return [];
  const given = inputs.find((input) => input.name === 'dtype')?.value;
  const [self] = call.arguments;
  const dtype = given?.kind === 'dtype' ? given.value : (dtypeNamed(self?.type ?? '') ?? 'float32');
  return [{ shape: (self?.dims ?? []) as Shape, dtype }];
}

function scalar(concrete: string): Argument {
  if (concrete === '') return { kind: 'none' };
  if (concrete === 'True' || concrete === 'False') return { kind: 'boolean', value: concrete === 'True' };
  if (concrete.startsWith('[')) {
    const values = concrete
      .slice(1, -1)
      .split(',')
      .filter((text) => text.trim() !== '');
    const numbers = values.map((text) =>
      /^\s*(True|False)\s*$/.test(text) ? Number(text.includes('True')) : Number(text),
    );
    return numbers.every(Number.isFinite) ? { kind: 'numbers', values: numbers } : { kind: 'other', type: concrete };
  }
  const number = Number(concrete);
  if (Number.isFinite(number)) return { kind: 'number', value: number, real: /[.e]/.test(concrete) };
  return { kind: 'text', value: concrete.replace(/^["']|["']$/g, '') };
}

/** The element type that a trace calls by C++'s or c10's name. */
export function dtypeNamed(type: string): DType | undefined {
  return Object.hasOwn(DTYPES, type) ? DTYPES[type] : undefined;
}

/** As `c10::toString` and C++ call them. */
const DTYPES: Readonly<Record<string, DType | undefined>> = {
  float: 'float32',
  double: 'float64',
  'c10::Half': 'float16',
  'c10::BFloat16': 'bfloat16',
  'c10::Float8_e4m3fn': 'float8',
  'c10::Float8_e4m3fnuz': 'float8',
  'c10::Float8_e5m2': 'float8',
  'c10::Float8_e5m2fnuz': 'float8',
  'c10::complex<float>': 'complex64',
  'c10::complex<double>': 'complex128',
  'long int': 'int64',
  'long long': 'int64',
  long: 'int64',
  int: 'int32',
  short: 'int16',
  'short int': 'int16',
  'signed char': 'int8',
  'unsigned char': 'uint8',
  bool: 'bool',
};

/** c10::ScalarType. */
const SCALAR_TYPES: readonly (DType | undefined)[] = [
  'uint8',
  'int8',
  'int16',
  'int32',
  'int64',
  'float16',
  'float32',
  'float64',
  undefined,
  'complex64',
  'complex128',
  'bool',
  undefined,
  undefined,
  undefined,
  'bfloat16',
];
