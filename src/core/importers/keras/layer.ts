import { ArchmeterError } from '../../errors.js';
import type { GraphBuilder, LayerArguments } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { type DType, isFloat, type Shape } from '../../ir/tensor.js';
import type { Layout } from '../../ops/convolution/window.js';
import type { OpAttributes, OpName } from '../../ops/op-attributes.js';
import { activationOf } from './activation.js';
import { Config, dtypeOf, isObject, type Json, type JsonObject } from './config.js';

/** What a layer is called with: tensors, and plain values, in lists and by name as the model's author wrote them. */
export type Argument =
  | Value
  | Json
  | undefined
  | readonly Argument[]
  | { readonly [key: string]: Argument }
  | UnknownTensor;

/** What a call gives: one tensor, several, or a plain value known from shapes alone. */
export type Result = Argument;

/** Thrown where neither archmeter nor the file knows what a layer gives. */
export class UnknownShape extends Error {
  constructor(
    readonly type: string,
    readonly reason: string,
  ) {
    super(reason);
  }
}

/** Stands for a tensor whose shape is not known, with the reason. */
export class UnknownTensor {
  constructor(readonly reason: string) {}
}

/** The reason why some tensor in an argument is unknown. */
export function unknownIn(argument: Argument | UnknownTensor): string | undefined {
  if (argument instanceof UnknownTensor) return argument.reason;
  if (typeof argument !== 'object' || argument === null || isValue(argument)) return undefined;
  for (const item of Object.values(argument)) {
    const reason = unknownIn(item);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** How one Keras layer class becomes ops. */
export type LayerLowering = (call: LayerCall) => Result;

/** One layer of a model. Called twice, it uses the same weights again. */
export class Layer {
  readonly name: string;
  readonly className: string;
  readonly config: Config;
  readonly weights = new Map<string, Value>();
  readonly children = new Map<string, Layer>();
  /** Whether it was called already. */
  seen = false;

  constructor(
    readonly json: JsonObject,
    /** Names of the models that hold it, joined with dots. */
    readonly path: string,
    fallbackName = '',
    /** The model itself: its name is no part of its layers' paths. */
    private readonly isRoot = false,
  ) {
    const config = isObject(json.config) ? json.config : {};
    const name = typeof config.name === 'string' ? config.name : json.name;
    this.className = typeof json.class_name === 'string' ? json.class_name : '';
    this.name = typeof name === 'string' && name !== '' ? name : fallbackName || this.className.toLowerCase();
    this.config = new Config(config, this.fullName);
  }

  /** Path of the layers inside it. */
  get scope(): string {
    return this.isRoot ? '' : this.fullName;
  }

  get fullName(): string {
    return this.path === '' ? this.name : `${this.path}.${this.name}`;
  }

  /** Module the class comes from, e.g. `keras.layers` or `keras.src.ops.numpy`; empty in Keras 2 files. */
  get module(): string {
    return typeof this.json.module === 'string' ? this.json.module : '';
  }

  /** A layer inside this one: of a wrapper, or a cell. The same object for the same key. */
  child(key: string, json: JsonObject): Layer {
    let child = this.children.get(key);
    if (child === undefined) {
      child = new Layer(json, this.scope, key);
      this.children.set(key, child);
    }
    return child;
  }
}

export interface CallOptions {
  readonly args: readonly Argument[];
  readonly kwargs: Readonly<Record<string, Argument>>;
  /** Shapes of the outputs where the file tells them (by the tensors that other layers take from this one). */
  readonly knownOutputs?: readonly (Shape | undefined)[];
}

/** Lowers any layer; given to layers that hold others. */
export type LowerLayer = (builder: GraphBuilder, layer: Layer, options: CallOptions) => Result;

/** One call of a layer, with the means to add ops under its name. */
export class LayerCall {
  readonly config: Config;
  readonly inputs: readonly Value[];

  constructor(
    readonly builder: GraphBuilder,
    readonly layer: Layer,
    readonly options: CallOptions,
    private readonly lower: LowerLayer,
  ) {
    this.config = layer.config;
    const compute = this.dtypePolicy().compute;
    this.inputs = tensorsIn(options.args).map((value) => this.autocast(value, compute));
  }

  withOptions(options: CallOptions): LayerCall {
    return new LayerCall(this.builder, this.layer, options, this.lower);
  }

  /** The first tensor. */
  get x(): Value {
    return this.input(0);
  }

  input(index: number): Value {
    return this.inputs[index] ?? this.fail(`it is called with ${this.inputs.length} tensors, needs ${index + 1}`);
  }

  /** A tensor argument by name or by position. */
  argument(name: string, position: number): Value | undefined {
    const given = this.options.kwargs[name] ?? this.options.args[position];
    return isValue(given) ? this.autocast(given, this.dtypePolicy().compute) : undefined;
  }

  /** A plain argument of the call by name or by position, else from the configuration. */
  plain(name: string, position = -1): Argument {
    const { args, kwargs } = this.options;
    return kwargs[name] ?? (position < 0 ? undefined : args[position]) ?? this.config.get(name);
  }

  /** A stored tensor of the layer, the same one in every call. */
  weight(name: string, shape: Shape, kind: 'parameter' | 'buffer' = 'parameter', dtype?: DType): Value {
    const known = this.layer.weights.get(name);
    if (known !== undefined) {
      if (known.shape.join() === shape.join()) return known;
      return this.fail(`it is shared, but its ${name} would be [${known.shape}] in one call and [${shape}] in another`);
    }
    const type = dtype ?? this.dtypePolicy().variables;
    const value = this.builder.stored(`${this.layer.fullName}.${name}`, kind, shape, type);
    this.layer.weights.set(name, value);
    return value;
  }

  /** Adds the op that stands for the layer itself. */
  add<N extends OpName>(op: N, inputs: readonly (Value | undefined)[], ...rest: LayerArguments<N, []>): Value {
    return this.addAll(op, inputs, ...rest)[0] as Value;
  }

  addAll<N extends OpName>(
    op: N,
    inputs: readonly (Value | undefined)[],
    ...[attributes]: LayerArguments<N, []>
  ): Value[] {
    return this.named(this.layer.path, this.layer.name, op, inputs, attributes);
  }

  /** Adds an op beside the layer's main one, e.g. its activation. */
  after<N extends OpName>(
    part: string,
    op: N,
    inputs: readonly (Value | undefined)[],
    ...[attributes]: LayerArguments<N, []>
  ): Value {
    return this.named(this.layer.path, `${this.layer.name}.${part}`, op, inputs, attributes)[0] as Value;
  }

  /** Adds one of several ops that the layer is made of. */
  part<N extends OpName>(
    name: string,
    op: N,
    inputs: readonly (Value | undefined)[],
    ...rest: LayerArguments<N, []>
  ): Value {
    return this.partAll(name, op, inputs, ...rest)[0] as Value;
  }

  partAll<N extends OpName>(
    name: string,
    op: N,
    inputs: readonly (Value | undefined)[],
    ...[attributes]: LayerArguments<N, []>
  ): Value[] {
    return this.named(this.layer.fullName, name, op, inputs, attributes);
  }

  private named(
    path: string,
    name: string,
    op: OpName,
    inputs: readonly (Value | undefined)[],
    attributes: OpAttributes[OpName] = {},
  ): Value[] {
    return this.builder.at(path, () => this.builder.addAll(op, inputs, attributes, { name }));
  }

  /** Applies the activation named under `key`, if any. */
  activate(x: Value, key = 'activation'): Value {
    const stated = this.config.get(key) ?? null;
    if (isLayer(stated)) {
      const options = { args: [x], kwargs: {}, knownOutputs: [x.shape] };
      return (
        tensorsIn(this.callChild(this.layer.child(key, stated), options))[0] ??
        this.fail('its activation gives no tensor')
      );
    }
    const activation = activationOf(stated);
    if (activation === undefined) return x;
    const { name, ops } = activation;
    if (ops !== undefined)
      return ops.reduce((value, { op, attributes }) => this.after(name, op, [value], attributes), x);
    // Activations keep the shape, known or not.
    const outputs = [{ shape: x.shape, dtype: x.dtype }];
    const reason = 'archmeter does not know this activation function';
    return this.after(name, 'opaque', [x], { type: `activation ${name}`, reason, outputs });
  }

  /** Lowers a layer that this one holds. */
  callChild(child: Layer, options: CallOptions): Result {
    return this.lower(this.builder, child, options);
  }

  layout(): Layout {
    return this.config.text('data_format', 'channels_last') === 'channels_first' ? 'channelsFirst' : 'channelsLast';
  }

  dtypePolicy(): DTypePolicy {
    return dtypePolicyOf(this.config);
  }

  constant(name: string, shape: Shape, dtype: DType): Value {
    return this.builder.stored(`${this.layer.fullName}.${name}`, 'constant', shape, dtype);
  }

  fail(problem: string, fix?: string): never {
    throw new ArchmeterError(problem, fix, { layer: this.layer.fullName });
  }

  /** Keras casts floating-point inputs of a layer to its compute type (mixed precision). */
  private autocast(value: Value, compute: DType | undefined): Value {
    if (compute === undefined || !isFloat(value.dtype) || value.dtype === compute) return value;
    if (!this.config.boolean('autocast', true)) return value;
    return this.after('cast', 'cast', [value], { to: compute });
  }
}

interface DTypePolicy {
  /** Element type of weights. */
  readonly variables: DType;
  /** Element type that floating-point inputs are cast to; undefined leaves them. */
  readonly compute: DType | undefined;
  /** `int8`, `int4`, `float8` where the layer's kernel is quantised. */
  readonly quantization?: string;
}

/** `float32`, `mixed_float16`, `int8_from_mixed_bfloat16`, as a text or as a serialised DTypePolicy. */
function dtypePolicyOf(config: Config): DTypePolicy {
  const json = config.get('dtype');
  const policy = isObject(json) && isObject(json.config) ? json.config : undefined;
  const mode = policy?.mode;
  const stated = policy === undefined ? json : (policy.source_name ?? policy.name);
  if (typeof stated !== 'string') return { variables: 'float32', compute: undefined };
  const [, quantized, name = stated] = /^(int8|int4|float8|gptq[^_]*)[^_]*_from_(.+)$/.exec(stated) ?? [];
  const quantization = typeof mode === 'string' ? mode : quantized;
  const mixed = /^mixed_(float16|bfloat16)$/.exec(name);
  const types: DTypePolicy = mixed
    ? { variables: 'float32', compute: mixed[1] as DType }
    : { variables: floatOr32(name), compute: policy === undefined ? undefined : floatOr32(name) };
  return quantization === undefined ? types : { ...types, quantization };
}

function floatOr32(name: string): DType {
  const dtype = dtypeOf(name);
  return dtype !== undefined && isFloat(dtype) ? dtype : 'float32';
}

export function isValue(argument: Argument): argument is Value {
  return typeof argument === 'object' && argument !== null && 'id' in argument && 'kind' in argument;
}

/** A layer with a configuration of its own, which may stand where the name of a function does. */
function isLayer(json: Json): json is JsonObject {
  return isObject(json) && isObject(json.config) && json.class_name !== 'function' && json.class_name !== 'Activation';
}

/** All tensors in an argument, depth first, named ones in the order of their names: Keras' order of flattening. */
export function tensorsIn(argument: Argument): Value[] {
  if (isValue(argument)) return [argument];
  if (Array.isArray(argument)) return argument.flatMap(tensorsIn);
  if (typeof argument === 'object' && argument !== null) {
    return Object.entries(argument)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([, value]) => tensorsIn(value));
  }
  return [];
}
