import { strToU8, zipSync } from 'fflate';
import type { ImportOptions } from '../../../../src/core/importers/define-importer.js';
import pt2 from '../../../../src/core/importers/pt2/index.js';
import { memorySource } from '../../../../src/core/importers/shared/bytes.js';
import type { Graph } from '../../../../src/core/ir/graph.js';

/** Small torch.export programs written out in tests, in the form that torch serializes them. */

export type Dimension = number | string;

/** Shape, `x2x3` or with symbols `['s0', 3]`, and the code of the element type (7 float32, 5 int64, 12 bool). */
export interface TensorSpec {
  readonly shape: readonly Dimension[];
  readonly dtype?: number;
}

export interface NodeSpec {
  readonly target: string;
  /** By argument name: `'%x'` is a tensor, `['%x', null]` tensors, numbers and lists of numbers, texts, booleans. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Shape of each output, by name; `number:n` outputs are symbolic numbers. */
  readonly outputs: Readonly<Record<string, TensorSpec | readonly Dimension[] | 'number'>>;
  /** The outputs are one list. */
  readonly list?: boolean;
  readonly modules?: string;
}

export interface ProgramSpec {
  readonly inputs?: Readonly<Record<string, TensorSpec | readonly Dimension[]>>;
  readonly parameters?: Readonly<Record<string, TensorSpec | readonly Dimension[]>>;
  readonly buffers?: Readonly<Record<string, TensorSpec | readonly Dimension[]>>;
  readonly nodes: readonly NodeSpec[];
  readonly outputs?: readonly string[];
  /** Values of the symbols at the export. */
  readonly hints?: Readonly<Record<string, number>>;
  readonly ranges?: Readonly<Record<string, { min_val: number | null; max_val: number | null }>>;
}

const specOf = (spec: TensorSpec | readonly Dimension[]): TensorSpec => ('shape' in spec ? spec : { shape: spec });

function dimension(size: Dimension, hints: ProgramSpec['hints'] = {}): unknown {
  if (typeof size === 'number') return { as_int: size };
  const hint = hints[size];
  return { as_expr: { expr_str: size, hint: hint === undefined ? null : { as_int: hint } } };
}

/** A number that a program makes is written `$name`. */
export function argument(value: unknown): unknown {
  if (value === null) return { as_none: true };
  if (typeof value === 'boolean') return { as_bool: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { as_int: value } : { as_float: value };
  if (typeof value === 'string') {
    if (value.startsWith('%')) return { as_tensor: { name: value.slice(1) } };
    if (value.startsWith('$')) return { as_sym_int: { as_name: value.slice(1) } };
    return { as_string: value };
  }
  if (Array.isArray(value)) {
    if (value.some((item) => typeof item === 'string' && item.startsWith('%'))) {
      return value.includes(null)
        ? { as_optional_tensors: value.map((item) => (item === null ? { as_none: true } : argument(item))) }
        : { as_tensors: value.map((item: string) => ({ name: item.slice(1) })) };
    }
    if (value.some((item) => typeof item === 'string')) {
      return {
        as_sym_ints: value.map((item) => (typeof item === 'string' ? { as_name: item.slice(1) } : { as_int: item })),
      };
    }
    return value.every(Number.isInteger) ? { as_ints: value } : { as_floats: value };
  }
  // Already in the file's form: a type, a graph.
  return value;
}

interface GraphJson {
  readonly tensor_values: Record<string, unknown>;
  readonly sym_int_values: Record<string, unknown>;
  readonly nodes: unknown[];
}

function graphJson(spec: ProgramSpec): GraphJson {
  const tensor_values: Record<string, unknown> = {};
  const sym_int_values: Record<string, unknown> = {};
  const declare = (name: string, given: TensorSpec | readonly Dimension[]) => {
    const { shape, dtype = 7 } = specOf(given);
    tensor_values[name] = { dtype, sizes: shape.map((size) => dimension(size, spec.hints)) };
  };
  for (const group of [spec.inputs, spec.parameters, spec.buffers]) {
    for (const [name, tensor] of Object.entries(group ?? {})) declare(placeholder(name), tensor);
  }
  const nodes = spec.nodes.map((node) => {
    const tensors = Object.entries(node.outputs).map(([name, output]) => {
      if (output !== 'number') {
        declare(name, output as TensorSpec);
        return { as_tensor: { name } };
      }
      sym_int_values[name] = { as_expr: { expr_str: 'u99', hint: null } };
      return { as_sym_int: { as_name: name } };
    });
    return {
      target:
        node.target.includes('.') && /^(_operator|math|torch)\b/.test(node.target)
          ? node.target
          : `torch.ops.${node.target}`,
      inputs: Object.entries(node.inputs).map(([name, value]) => ({
        name: /^\d+$/.test(name) ? '' : name,
        arg: argument(value),
        kind: 1,
      })),
      outputs: node.list ? [{ as_tensors: tensors.map((output) => output.as_tensor) }] : tensors,
      metadata: node.modules === undefined ? {} : { nn_module_stack: node.modules },
    };
  });
  return { tensor_values, sym_int_values, nodes };
}

/** `layer.weight` is called `layer_weight` inside the program. */
function placeholder(name: string): string {
  return name.replaceAll('.', '_');
}

/** A graph argument of a higher-order operator. */
export function subgraph(spec: ProgramSpec): unknown {
  const inputs = Object.keys(spec.inputs ?? {}).map((name) => ({ as_tensor: { name } }));
  const outputs = (spec.outputs ?? []).map((name) => ({ as_tensor: { name } }));
  return { as_graph: { name: 'branch', graph: { inputs, outputs, ...graphJson(spec) } } };
}

export function programJson(spec: ProgramSpec): Record<string, unknown> {
  const names = (group: object | undefined) => Object.keys(group ?? {});
  const arg = (name: string) => ({ name: placeholder(name) });
  const last = spec.nodes.at(-1);
  const outputs = spec.outputs ?? (last === undefined ? [] : Object.keys(last.outputs));
  return {
    graph_module: {
      graph: {
        inputs: [],
        outputs: outputs.map((name) => ({ as_tensor: { name } })),
        ...graphJson(spec),
      },
      signature: {
        input_specs: [
          ...names(spec.parameters).map((name) => ({ parameter: { arg: arg(name), parameter_name: name } })),
          ...names(spec.buffers).map((name) => ({ buffer: { arg: arg(name), buffer_name: name, persistent: true } })),
          ...names(spec.inputs).map((name) => ({ user_input: { arg: { as_tensor: arg(name) } } })),
        ],
        output_specs: outputs.map((name) => ({ user_output: { arg: { as_tensor: { name } } } })),
      },
      module_call_graph: [],
    },
    opset_version: { aten: 10 },
    range_constraints: spec.ranges ?? {},
    schema_version: { major: 8, minor: 20 },
    torch_version: '2.13.0',
  };
}

export function archive(json: unknown, entries: Readonly<Record<string, Uint8Array>> = {}): Uint8Array {
  return zipSync({
    'model/archive_format': strToU8('pt2'),
    'model/archive_version': strToU8('0'),
    'model/models/model.json': strToU8(JSON.stringify(json)),
    ...entries,
  });
}

export function readBytes(bytes: Uint8Array, options: ImportOptions = {}, name = 'model.pt2'): Promise<Graph> {
  return pt2.read(memorySource(name, bytes), options);
}

export function readProgram(spec: ProgramSpec, options: ImportOptions = {}): Promise<Graph> {
  return readBytes(archive(programJson(spec)), options);
}

/** One operator on inputs `x`, `y` …, its outputs checked against the shapes given; the program gives the first. */
export function readOperator(
  target: string,
  tensors: Readonly<Record<string, TensorSpec | readonly Dimension[]>>,
  inputs: Readonly<Record<string, unknown>>,
  ...outputs: readonly (TensorSpec | readonly Dimension[])[]
): Promise<Graph> {
  return readProgram({
    inputs: tensors,
    nodes: [
      {
        target,
        inputs,
        outputs: Object.fromEntries(outputs.map((output, i) => [`out${i}`, output])),
      },
    ],
    outputs: ['out0'],
  });
}
