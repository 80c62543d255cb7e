import { ArchmeterError } from '../../errors.js';
import { decodeArgument, decodeSize, dtypeOf } from './decode-argument.js';
import { type Json, list, number, record, text, variant } from './json.js';
import type {
  Argument,
  InputSpec,
  ModuleCall,
  Program,
  ProgramGraph,
  ProgramNode,
  Range,
  Size,
  TensorMeta,
} from './program.js';

/** The schema's major version that is read; a new one breaks old readers by definition. */
const SCHEMA_MAJOR = 8;

const MAX_GRAPH_DEPTH = 32;

/** Checks the version and decodes a serialized ExportedProgram. */
export function decodeProgram(json: unknown): Program {
  const program = record(json, 'the exported program');
  checkVersion(program);
  const graphModule = record(program.graph_module, 'graph_module');
  const signature = record(graphModule.signature, 'signature');
  return {
    graph: decodeGraph(graphModule.graph, 0),
    inputs: list(signature.input_specs, 'input_specs').map(decodeInputSpec),
    outputs: list(signature.output_specs, 'output_specs').flatMap(decodeOutputSpec),
    ranges: decodeRanges(record(program.range_constraints ?? {}, 'range_constraints')),
    producer: `torch ${typeof program.torch_version === 'string' ? program.torch_version : ''}`.trim(),
  };
}

function checkVersion(program: Json): void {
  const version = record(program.schema_version, 'schema_version');
  const major = number(version.major, 'the major schema version');
  if (major === SCHEMA_MAJOR) return;
  const writer = typeof program.torch_version === 'string' ? `, written by torch ${program.torch_version}` : '';
  throw new ArchmeterError(
    `the export schema is version ${major}.${version.minor ?? '?'}${writer}; archmeter reads version ${SCHEMA_MAJOR}`,
    `Export the model again with ${major < SCHEMA_MAJOR ? 'torch 2.6 or later' : 'a torch of the 2.x series'}.`,
  );
}

function decodeGraph(json: unknown, depth: number): ProgramGraph {
  if (depth > MAX_GRAPH_DEPTH) throw new ArchmeterError(`graphs are nested more than ${MAX_GRAPH_DEPTH} deep`);
  const graph = record(json, 'graph');
  const argument = (value: unknown) => decodeArgument(value, (inner) => decodeGraph(inner, depth + 1));
  const symbols = new Map<string, Size>();
  for (const field of ['sym_int_values', 'sym_bool_values', 'sym_float_values'] as const) {
    for (const [name, value] of Object.entries(record(graph[field] ?? {}, field))) symbols.set(name, decodeSize(value));
  }
  return {
    inputs: list(graph.inputs, 'graph inputs').map(argument),
    outputs: list(graph.outputs, 'graph outputs').map(argument),
    nodes: list(graph.nodes, 'graph nodes').map((node, index) => decodeNode(node, index, argument)),
    tensors: new Map(
      Object.entries(record(graph.tensor_values, 'tensor_values')).map(([name, meta]) => [
        name,
        decodeMeta(name, meta),
      ]),
    ),
    symbols,
  };
}

export function decodeMeta(name: string, json: unknown): TensorMeta {
  const meta = record(json, `tensor '${name}'`);
  return {
    dtype: dtypeOf(number(meta.dtype, `the element type of '${name}'`)),
    sizes: list(meta.sizes, `the sizes of '${name}'`).map(decodeSize),
  };
}

function decodeNode(json: unknown, index: number, argument: (value: unknown) => Argument): ProgramNode {
  const node = record(json, `node ${index}`);
  const target = text(node.target, `the target of node ${index}`).replace(/^torch\.ops\./, '');
  try {
    const outputs = list(node.outputs, 'outputs').map(argument);
    const metadata = record(node.metadata ?? {}, 'metadata');
    return {
      target,
      name: typeof node.name === 'string' ? node.name : nameOf(target, outputs),
      inputs: list(node.inputs, 'inputs').map((input) => {
        const named = record(input, 'an input');
        return { name: text(named.name ?? '', 'the name of an input'), value: argument(named.arg) };
      }),
      outputs,
      modules: typeof metadata.nn_module_stack === 'string' ? decodeModules(metadata.nn_module_stack) : [],
    };
  } catch (error) {
    throw error instanceof ArchmeterError ? error.at({ layer: `${node.name ?? `${target}, node ${index}`}` }) : error;
  }
}

/** Older files do not name nodes: an output has the name of its node, unless it is one of several. */
function nameOf(target: string, outputs: readonly Argument[]): string {
  const [only, ...more] = outputs;
  if (only?.kind === 'tensor' && more.length === 0 && !only.name.startsWith('getitem')) return only.name;
  return target.split('.')[1] ?? target;
}

/** `key,path,type;key,path,type`: a path may hold commas. */
function decodeModules(stack: string): ModuleCall[] {
  const calls: ModuleCall[] = [];
  for (const entry of stack.split(';')) {
    const first = entry.indexOf(',');
    const last = entry.lastIndexOf(',');
    if (last <= first) continue;
    const path = modulePath(entry.slice(first + 1, last));
    const type = entry.slice(last + 1);
    // torch names the modules of nodes that it adds itself after the function that adds them.
    if (path !== '' && path !== type) calls.push({ path, type });
  }
  return calls;
}

/** `layer1.0.conv1`, also where torch wrote the Python that leads there: `L['self'].layer1[0].conv1`, `getattr(…, '0')`. */
function modulePath(path: string): string {
  let plain = path;
  for (let inner = /getattr\(([^()]*), '([^']*)'\)/; inner.test(plain); ) plain = plain.replace(inner, '$1.$2');
  return plain
    .replace(/^L\['[^']*'\]/, '')
    .replace(/\._modules\b/g, '')
    .replace(/\['?([^'\]]*)'?\]/g, '.$1')
    .replace(/@\d+/g, '')
    .replace(/^\./, '');
}

const STORED: Readonly<Record<string, readonly ['parameter' | 'buffer' | 'constant', string]>> = {
  parameter: ['parameter', 'parameter_name'],
  buffer: ['buffer', 'buffer_name'],
  tensor_constant: ['constant', 'tensor_constant_name'],
};

function decodeInputSpec(json: unknown): InputSpec {
  const [tag, value] = variant(json, 'an input spec');
  const spec = record(value, tag);
  const stored = Object.hasOwn(STORED, tag) ? STORED[tag] : undefined;
  if (stored !== undefined) {
    const [kind, field] = stored;
    const name = text(record(spec.arg, 'arg').name, 'the name of an input');
    return { kind, name, target: text(spec[field], field) };
  }
  if (tag !== 'user_input') return { kind: 'other' };
  return {
    kind: 'user',
    argument: decodeArgument(spec.arg, () => {
      throw new ArchmeterError('a graph cannot be an input');
    }),
  };
}

function decodeOutputSpec(json: unknown): string[] {
  const [tag, value] = variant(json, 'an output spec');
  if (tag !== 'user_output' && tag !== 'loss_output') return [];
  const arg = record(value, tag).arg;
  // `loss_output` holds the tensor itself, `user_output` an argument of any kind.
  if (tag === 'loss_output') return [text(record(arg, 'arg').name, 'the name of an output')];
  const [kind, tensor] = variant(arg, 'an output');
  return kind === 'as_tensor' ? [text(record(tensor, kind).name, 'the name of an output')] : [];
}

function decodeRanges(constraints: Json): Map<string, Range> {
  const bound = (value: unknown) => (typeof value === 'number' && Math.abs(value) < 2 ** 53 ? value : undefined);
  return new Map(
    Object.entries(constraints).map(([name, json]) => {
      const range = record(json, `the range of '${name}'`);
      return [name, { min: bound(range.min_val), max: bound(range.max_val) }];
    }),
  );
}
