import { ArchmeterError } from '../errors.js';
import type { Graph, GraphSource, Node, Value, ValueKind } from '../ir/graph.js';
import { type DType, elementCount, formatShape, type Shape, type TensorType } from '../ir/tensor.js';
import type { InputSlot, OpDefinition } from '../ops/define-op.js';
import type { OpAttributes, OpName } from '../ops/op-attributes.js';
import { resolveAttributes } from '../ops/resolve.js';
import { checkLayer, knownOp } from './check-layer.js';

export interface NodeOptions {
  /** Name within the current scope; made unique. Default: the op's name. */
  readonly name?: string;
  /** Line in the file the layer was read from. */
  readonly line?: number;
}

/** Attributes of a layer, which may be left out where the op asks for none; then what else the caller takes. */
export type LayerArguments<N extends OpName, After extends unknown[] = [options?: NodeOptions]> =
  Record<never, never> extends OpAttributes[N]
    ? [attributes?: OpAttributes[N], ...after: After]
    : [attributes: OpAttributes[N], ...after: After];

/** Past this, sums of counts lose their last digit; no real tensor is that large. */
const MAX_ELEMENTS = 2 ** 48;
/** No model has as many tensors; a small file can ask for more than there is memory. */
const MOST_VALUES = 1_000_000;

/**
 * Builds a graph one layer after the other. Shapes are inferred at once, weights are made where the caller passes none,
 * so the result is complete when `finish` is called.
 */
export class GraphBuilder {
  private readonly values: Value[] = [];
  private readonly nodes: Node[] = [];
  private readonly inputIds: number[] = [];
  private readonly notes = new Set<string>();
  private readonly names = new Map<string, number>();
  private scopePath = '';
  private line: number | undefined;

  constructor(
    private readonly name: string,
    /** Element type of weights, and of inputs unless they say otherwise. */
    readonly dtype: DType = 'float32',
  ) {}

  /** An input fed by the caller. */
  input(name: string, shape: Shape, dtype: DType = this.dtype): Value {
    const value = this.value(name, 'input', { shape, dtype });
    this.inputIds.push(value.id);
    return value;
  }

  /** A stored tensor: a trained parameter, a buffer or a constant of the program, with its contents where they matter. */
  stored(
    name: string,
    kind: 'parameter' | 'buffer' | 'constant',
    shape: Shape,
    dtype: DType = this.dtype,
    data?: readonly number[],
  ): Value {
    return this.value(name, kind, { shape, dtype }, data);
  }

  /** A trained tensor that no layer's op makes (class token, layer scale), named within the current scope. */
  parameter(name: string, shape: Shape): Value {
    return this.value(this.scoped(name), 'parameter', { shape, dtype: this.dtype });
  }

  /** Path of the module that layers are added to, parts joined with dots. */
  get module(): string {
    return this.scopePath;
  }

  /** Runs `body` with `name` appended to the module path. */
  scope<T>(name: string, body: () => T): T {
    const outer = this.scopePath;
    this.scopePath = outer ? `${outer}.${name}` : name;
    try {
      return body();
    } finally {
      this.scopePath = outer;
    }
  }

  /** Runs `body` with the whole module path replaced: for importers, which know each node's path. */
  at<T>(path: string, body: () => T): T {
    const outer = this.scopePath;
    this.scopePath = path;
    try {
      return body();
    } finally {
      this.scopePath = outer;
    }
  }

  /** Runs `body`, whose layers stand at a line of the file being read unless they say otherwise. */
  atLine<T>(line: number, body: () => T): T {
    const outer = this.line;
    this.line = line;
    try {
      return body();
    } finally {
      this.line = outer;
    }
  }

  /**
   * Adds a layer and returns its first output.
   *
   * @throws ArchmeterError where inputs or attributes do not fit the op
   */
  add<N extends OpName>(op: N, inputs: readonly (Value | undefined)[], ...rest: LayerArguments<N>): Value {
    return this.addAll(op, inputs, ...rest)[0] as Value;
  }

  /** Adds a layer and returns all of its outputs. */
  addAll<N extends OpName>(op: N, inputs: readonly (Value | undefined)[], ...rest: LayerArguments<N>): Value[] {
    return this.addUntyped(op, inputs, ...(rest as [object?, NodeOptions?]));
  }

  /**
   * Adds a layer whose op is known only as the program runs (readers of files, edits of graphs) and returns all of its
   * outputs: what the compiler checks of `add` is checked here as it runs, there too.
   */
  addUntyped(
    op: string,
    inputs: readonly (Value | undefined)[],
    attributes: object = {},
    options: NodeOptions = {},
  ): Value[] {
    const line = options.line ?? this.line;
    let name = this.scoped(options.name ?? op);
    try {
      const definition = knownOp(op);
      name = this.unique(name);
      checkLayer(definition, inputs, attributes as Record<string, unknown>);
      const a = resolveAttributes(definition, attributes as Record<string, unknown>);
      const all = this.withWeights(definition, name, inputs, a);
      const outputs = definition
        .infer(all, a)
        .map((type, i) => this.value(i === 0 ? name : `${name}:${i}`, 'activation', type));
      this.nodes.push({
        name,
        op,
        scope: this.scopePath,
        attributes: a,
        inputs: all.map((value) => (value === undefined ? -1 : value.id)),
        outputs: outputs.map((value) => value.id),
        ...(line === undefined ? {} : { line }),
      });
      return outputs;
    } catch (error) {
      throw error instanceof ArchmeterError ? error.at({ layer: name, line }) : error;
    }
  }

  /** A computed value with the element type that a file states, where the op alone does not tell it (torch's `dtype=`). */
  retype(value: Value, dtype: DType): Value {
    const typed: Value = { ...value, dtype };
    this.values[value.id] = typed;
    return typed;
  }

  /** A remark for readers of the figures. */
  note(text: string): void {
    this.notes.add(text);
  }

  finish(outputs: readonly Value[], source?: GraphSource): Graph {
    return {
      name: this.name,
      values: this.values,
      nodes: this.nodes,
      inputs: this.inputIds,
      outputs: outputs.map((value) => value.id),
      notes: [...this.notes],
      ...(source === undefined ? {} : { source }),
    };
  }

  private withWeights(
    definition: OpDefinition,
    name: string,
    inputs: readonly (Value | undefined)[],
    attributes: Record<string, unknown>,
  ): (Value | undefined)[] {
    const slots = definition.inputs;
    const isComplete = (slot: InputSlot, i: number) =>
      i < inputs.length && (inputs[i] !== undefined || slot.weight === undefined || slot.optional === true);
    if (definition.weights === undefined || slots.every(isComplete)) return [...inputs];
    const shapes = definition.weights(inputs, attributes);
    const all = [...inputs];
    slots.forEach((slot, i) => {
      if (isComplete(slot, i)) return;
      // A variadic weight slot takes all shapes that the op names, in their order.
      const keys = slot.variadic ? Object.keys(shapes) : [slot.name];
      const made = keys.map((key) => {
        const shape = slot.weight === undefined ? undefined : shapes[key];
        if (shape === undefined) return undefined;
        return this.value(`${name}.${key}`, slot.weight as ValueKind, { shape, dtype: this.dtype });
      });
      all.splice(i, 1, ...made);
    });
    while (all.length > 0 && all[all.length - 1] === undefined) all.pop();
    return all;
  }

  private value(name: string, kind: ValueKind, type: TensorType, data?: readonly number[]): Value {
    const elements = elementCount(type.shape);
    if (!(elements >= 0 && elements <= MAX_ELEMENTS)) {
      throw new ArchmeterError(
        `a tensor of shape ${formatShape(type.shape)} is larger than archmeter counts exactly`,
        'Give smaller sizes: at most 2^48 elements in a tensor.',
        { layer: name },
      );
    }
    if (this.values.length >= MOST_VALUES) {
      throw new ArchmeterError(`the model has more than ${MOST_VALUES} tensors`, 'It may be damaged.', { layer: name });
    }
    const value: Value = {
      id: this.values.length,
      name,
      kind,
      shape: type.shape,
      dtype: type.dtype,
      ...(data === undefined ? {} : { data }),
    };
    this.values.push(value);
    return value;
  }

  private scoped(name: string): string {
    return this.scopePath ? `${this.scopePath}.${name}` : name;
  }

  private unique(name: string): string {
    const seen = this.names.get(name) ?? 0;
    this.names.set(name, seen + 1);
    return seen === 0 ? name : this.unique(`${name}_${seen}`);
  }
}
