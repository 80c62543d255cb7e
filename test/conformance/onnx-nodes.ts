import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dtypeOf } from '../../src/core/importers/onnx/dtype.js';
import { ProtobufReader } from '../../src/core/importers/onnx/protobuf/decode.js';
import {
  type GraphProto,
  MODEL,
  type TypeProto,
  type ValueInfoProto,
} from '../../src/core/importers/onnx/protobuf/messages.js';
import { importOnnx } from '../../src/core/importers/onnx/read.js';
import type { Entry, Tensor } from '../../src/core/importers/onnx/tensor.js';
import { memorySource } from '../../src/core/importers/shared/bytes.js';
import type { DType } from '../../src/core/ir/tensor.js';
import { type DataTensor, optionalData, sequenceData, tensorData } from './onnx-data.js';

/** Where Debian's libonnx-testdata puts the backend node tests; another folder of them by ONNX_NODE_TESTS. */
export const NODE_TESTS = process.env.ONNX_NODE_TESTS ?? '/usr/share/libonnx-testdata/data/node';
export const HOW_TO_GET =
  'They are in the Debian package libonnx-testdata, or are written by test/conformance/write-node-tests.py (Python, pip install onnx) into a folder: ONNX_NODE_TESTS=FOLDER.';

/**
 * `agrees`: all output shapes and element types are those of the test data; `bounded`: their size depends on data, and
 * is not larger than ours; `uncounted`: the shapes are right, but the work of an op is not counted; `unsupported`: we do
 * not know a shape.
 */
export type Verdict = 'agrees' | 'bounded' | 'uncounted' | 'unsupported' | 'disagrees';

export interface NodeTestResult {
  readonly name: string;
  readonly verdict: Verdict;
  /** Ops of the test. */
  readonly ops: readonly string[];
  /** Ops whose shapes are known but whose work is not counted. */
  readonly uncounted: readonly string[];
  readonly detail: string;
}

/** A model of one op or of its expansion, what it is fed, and what it gives. */
export interface NodeTest {
  readonly name: string;
  readonly model: Uint8Array;
  readonly inputs: readonly Data[];
  readonly outputs: readonly Data[];
}

export type Data = DataTensor | readonly DataTensor[] | undefined;

export function nodeTestsPresent(folder = NODE_TESTS): boolean {
  return existsSync(folder);
}

/** The tests of a folder, as the onnx project writes them. */
export async function nodeTestsOf(folder = NODE_TESTS): Promise<NodeTest[]> {
  const tests: NodeTest[] = [];
  for (const name of readdirSync(folder).sort()) {
    if (!existsSync(join(folder, name, 'model.onnx'))) continue;
    const read = (...path: string[]) => new Uint8Array(readFileSync(join(folder, name, ...path)));
    const model = read('model.onnx');
    const { graph } = await new ProtobufReader(memorySource('model.onnx', model)).file(MODEL);
    const data = (kind: string, infos: readonly ValueInfoProto[]) =>
      Promise.all(infos.map(({ type }, i) => parse(read('test_data_set_0', `${kind}_${i}.pb`), type)));
    tests.push({
      name,
      model,
      inputs: await data('input', fed(graph)),
      outputs: await data('output', graph?.outputs ?? []),
    });
  }
  return tests;
}

/** Inputs that the caller feeds. */
function fed(graph: GraphProto | undefined): readonly ValueInfoProto[] {
  const initializers = new Set(graph?.initializers.map((tensor) => tensor.name));
  return graph?.inputs.filter((input) => !initializers.has(input.name)) ?? [];
}

export async function runNodeTests(tests: readonly NodeTest[]): Promise<NodeTestResult[]> {
  const results: NodeTestResult[] = [];
  for (const test of tests) results.push(await runNodeTest(test));
  return results;
}

async function runNodeTest({ name, model, inputs, outputs: expected }: NodeTest): Promise<NodeTestResult> {
  const source = memorySource('model.onnx', model);
  const { graph } = await new ProtobufReader(source).file(MODEL);
  const ops = [...new Set(graph?.nodes.map(({ type }) => type))];
  const result = (verdict: Verdict, detail = '', uncounted: readonly string[] = []) => ({
    name,
    verdict,
    ops,
    uncounted,
    detail,
  });
  try {
    const { outputs, bounded, graph: made } = await importOnnx(source, bind(fed(graph), inputs));
    const uncounted = made.nodes.flatMap((node) => (node.op === 'opaque' ? [String(node.attributes.type)] : []));
    const verdicts = [...outputs.values()].map((entry, i) => compare(entry, expected[i], bounded.size > 0));
    const found = ORDER.find((verdict) => verdicts.includes(verdict)) ?? 'agrees';
    const worst = found === 'agrees' && uncounted.length > 0 ? 'uncounted' : found;
    if (worst === 'uncounted') return result(worst, `${[...new Set(uncounted)].join(', ')} not counted`, uncounted);
    const shown = [...outputs.values()].map(describe).join(', ');
    return result(worst, worst === 'agrees' ? '' : `${shown}, not ${expected.map(describeData).join(', ')}`, uncounted);
  } catch (error) {
    const { message } = error as Error;
    return result(message.includes('which archmeter does not know') ? 'unsupported' : 'disagrees', message);
  }
}

const ORDER: readonly Verdict[] = ['disagrees', 'unsupported', 'uncounted', 'bounded', 'agrees'];

function parse(bytes: Uint8Array, type: TypeProto | undefined): Promise<Data> {
  if (type?.sequence !== undefined) return sequenceData(bytes);
  return type?.optional === undefined ? tensorData(bytes) : optionalData(bytes);
}

/** What the test feeds: sizes that the model leaves open, contents of small inputs, lists. */
function bind(infos: readonly ValueInfoProto[], inputs: readonly Data[]) {
  const lists = new Map<string, Entry | undefined>();
  const shapes: Record<string, readonly number[]> = {};
  const contents: Record<string, readonly number[]> = {};
  infos.forEach((info, i) => {
    const value = inputs[i];
    if (value === undefined || !('shape' in value)) {
      lists.set(
        info.name,
        value && { kind: 'list', items: value.map((item, k) => storedEntry(item, `${info.name}.${k}`)) },
      );
      return;
    }
    // The data of a few tests have another shape than their model states.
    const type = info.type?.tensor ?? info.type?.optional?.element?.tensor;
    const stated = type?.shape?.dims.map((dim) => dim.value);
    const isStated = stated?.every((size) => size !== undefined) ?? false;
    shapes[info.name] = isStated ? (stated as number[]) : value.shape;
    const sameBits = dtypeOf(type?.elementType ?? 0, info.name) === value.dtype;
    const fits = sameBits && shapes[info.name]?.join() === value.shape.join();
    if (value.contents !== undefined && fits) contents[info.name] = value.contents;
  });
  return { inputs: shapes, inputData: contents, lists };
}

function storedEntry({ shape, dtype, contents }: DataTensor, name: string): Tensor {
  const type = { name, shape, dtype: dtype as DType };
  return {
    kind: 'tensor',
    ...type,
    stored: { tensor: { ...type, proto: undefined } },
    ...(contents && { data: contents }),
  };
}

function compare(entry: Entry, expected: Data, bounded: boolean): Verdict {
  if (entry.kind === 'unknown') return 'unsupported';
  const ours = entry.kind === 'list' ? entry.items : [entry];
  const theirs = expected === undefined ? [] : 'shape' in expected ? [expected] : expected;
  if (ours.length !== theirs.length) return 'disagrees';
  const pairs = ours.map((tensor, i) => [tensor, theirs[i] as DataTensor] as const);
  const equal = pairs.every(([a, b]) => a.shape.join() === b.shape.join());
  if (equal) return pairs.every(([a, b]) => sameType(a.dtype, b.dtype) && sameContents(a, b)) ? 'agrees' : 'disagrees';
  const fits = pairs.every(
    ([a, b]) => a.shape.length === b.shape.length && b.shape.every((size, axis) => size <= (a.shape[axis] as number)),
  );
  return bounded && fits ? 'bounded' : 'disagrees';
}

/** Contents that were folded are the right ones. */
function sameContents({ data: ours, dtype }: Tensor, { contents: theirs, dtype: theirType }: DataTensor): boolean {
  if (ours === undefined || theirs === undefined || dtype !== theirType) return true;
  const tolerance = dtype.endsWith('16') ? 1e-2 : 1e-3;
  return theirs.every((value, i) => {
    const mine = ours[i] as number;
    return (
      Object.is(mine, value) || mine === value || Math.abs(mine - value) <= tolerance * Math.max(Math.abs(value), 1)
    );
  });
}

/** The data hold bfloat16 as its bits. */
function sameType(ours: string, theirs: string): boolean {
  return ours === theirs || (ours === 'bfloat16' && theirs === 'uint16');
}

function describe(entry: Entry): string {
  if (entry.kind === 'unknown') return `? (${entry.reason})`;
  const tensors = entry.kind === 'list' ? entry.items : [entry];
  return tensors.map(({ shape, dtype }) => `${dtype}[${shape.join()}]`).join(' ');
}

function describeData(data: Data): string {
  if (data === undefined) return 'nothing';
  const tensors = 'shape' in data ? [data] : data;
  return tensors.map(({ shape, dtype }) => `${dtype}[${shape.join()}]`).join(' ');
}

/** Names with how often they occur, most often first. */
export function tally(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .sort(([a, n], [b, m]) => m - n || a.localeCompare(b))
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}
