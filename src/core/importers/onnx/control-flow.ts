import { ArchmeterError } from '../../errors.js';
import type { Call } from './call.js';
import { flexAttention } from './flex-attention.js';
import type { Lowering } from './lowering.js';
import { concatenated } from './ops/movement.js';
import { labelOf } from './order.js';
import type { GraphProto } from './protobuf/messages.js';
import { type Entry, type Tensor, type TensorList, unread } from './tensor.js';

/** Ops that hold graphs. A loop is unrolled while this many nodes are enough for it. */
const MOST_UNROLLED = 20_000;

type ControlFlow = (call: Call, lowering: Lowering) => Promise<readonly Entry[]>;

const counted = (madds: number) => `${madds.toLocaleString('en-US')} multiply-adds`;

interface Branch {
  readonly outputs: readonly Entry[];
  /** Why it cannot run with these inputs. */
  readonly failure?: ArchmeterError;
  readonly from: number;
  readonly to: number;
  readonly madds: number;
  readonly flops: number;
}

async function lowerBranch(call: Call, lowering: Lowering, name: string): Promise<Branch> {
  const { emitter, frame } = call;
  const graph = call.graph(name);
  const from = emitter.nodes;
  const cost = () => ({ from, to: emitter.nodes, ...emitter.costSince(from) });
  try {
    const outputs = await lowering.graph(graph, lowering.inner(graph, frame));
    return { outputs, ...cost() };
  } catch (error) {
    if (error instanceof ArchmeterError) return { outputs: [], failure: error, ...cost() };
    throw error;
  }
}

/** The branch that is taken where that is known; else the one with more work, and a note about the other. */
async function branch(call: Call, lowering: Lowering): Promise<readonly Entry[]> {
  const { emitter } = call;
  const condition = call.input(0);
  await lowering.load(condition);
  if (condition.data !== undefined) {
    const name = condition.data[0] ? 'then_branch' : 'else_branch';
    const { outputs, failure } = await lowerBranch(call, lowering, name);
    if (failure !== undefined) throw failure;
    return outputs;
  }
  const then = await lowerBranch(call, lowering, 'then_branch');
  const other = await lowerBranch(call, lowering, 'else_branch');
  const takesThen = isLarger(then, other);
  const [taken, left] = takesThen ? [then, other] : [other, then];
  if (taken.failure !== undefined) throw taken.failure;
  emitter.drop(left.from, left.to);
  const why = left.failure === undefined ? `is not (${counted(left.madds)})` : 'cannot run with inputs of this size';
  call.note(
    `${labelOf(call.node)} decides at run time: its ${takesThen ? 'then' : 'else'} branch is counted (${counted(taken.madds)}), the other ${why}.`,
  );
  return taken.outputs;
}

function isLarger(one: Branch, other: Branch): boolean {
  if (one.failure !== undefined || other.failure !== undefined) return one.failure === undefined;
  return one.madds === other.madds ? one.flops >= other.flops : one.madds > other.madds;
}

/** What one iteration gives, and what is known of going on. */
interface Iteration {
  readonly carried: readonly Entry[];
  readonly scanned: readonly Entry[];
  readonly goesOn: boolean | undefined;
}

interface LoopShape {
  readonly body: GraphProto;
  /** How many iterations at most; undefined where only the run decides. */
  readonly trips: number | undefined;
  readonly carried: readonly Entry[];
  /** Values of the body's inputs in iteration `i`. */
  inputs(i: number, carried: readonly Entry[]): readonly (Entry | undefined)[];
  /** Where the body's outputs begin: after a condition for Loop. */
  readonly firstOutput: 0 | 1;
}

async function iterate(
  call: Call,
  lowering: Lowering,
  loop: LoopShape,
): Promise<{ carried: readonly Entry[]; scans: Entry[][]; repeats: number }> {
  const { body, trips, firstOutput } = loop;
  const { emitter } = call;
  let { carried } = loop;
  const scans: Entry[][] = body.outputs.slice(firstOutput + carried.length).map(() => []);
  for (let i = 0; trips === undefined || i < trips; i++) {
    const before = emitter.nodes;
    const { carried: next, scanned, goesOn } = await once(call, lowering, loop, i, carried);
    scanned.forEach((entry, k) => {
      scans[k]?.push(entry);
    });
    carried = next;
    if (goesOn === false) break;
    if (i > 0) continue;
    const nodes = emitter.nodes - before;
    const each = counted(emitter.costSince(before).madds);
    if (goesOn === undefined || trips === undefined) {
      const limit = trips === undefined ? '' : ` (${trips} at most)`;
      call.note(`${labelOf(call.node)} runs as often as its data decide${limit}: its body is counted once (${each}).`);
      return { carried: carried.map(unreadEntry), scans, repeats: 1 };
    }
    if (Math.max(nodes, 1) * trips > MOST_UNROLLED) {
      call.note(`${labelOf(call.node)} runs ${trips} times: its body is counted once (${each}).`);
      return { carried: carried.map(unreadEntry), scans, repeats: trips };
    }
  }
  return { carried, scans, repeats: 1 };
}

/** After an iteration that stands for all, states have their shapes, not their contents. */
function unreadEntry(entry: Entry): Entry {
  return entry.kind === 'tensor' ? unread(entry) : entry;
}

async function once(
  call: Call,
  lowering: Lowering,
  { body, inputs, firstOutput }: LoopShape,
  i: number,
  carried: readonly Entry[],
): Promise<Iteration> {
  const frame = lowering.inner(body, call.frame, `${call.node.name || call.type}.${i}`);
  const values = inputs(i, carried);
  body.inputs.forEach(({ name }, k) => {
    frame.scope.set(name, values[k]);
  });
  const outputs = await lowering.graph(body, frame);
  const condition = firstOutput === 1 ? outputs[0] : undefined;
  if (condition?.kind === 'tensor') await lowering.load(condition);
  const known = condition?.kind === 'tensor' ? condition.data?.[0] : undefined;
  const end = firstOutput + carried.length;
  return {
    carried: outputs.slice(firstOutput, end),
    scanned: outputs.slice(end),
    goesOn: firstOutput === 0 ? true : known === undefined ? undefined : known !== 0,
  };
}

/** Outputs of all iterations one after the other along an axis. */
function collected(call: Call, entries: readonly Entry[], axis: number, repeats: number): Entry {
  const failed = entries.find((entry) => entry.kind !== 'tensor');
  if (failed !== undefined) return failed;
  const tensors = entries as readonly Tensor[];
  const [first] = tensors;
  if (first === undefined)
    return { kind: 'unknown', name: call.node.name, reason: 'a loop without iterations gives it' };
  const items = tensors.map((tensor) => unsqueezed(call, tensor, axis));
  const joined = items.length === 1 ? (items[0] as Tensor) : concatenated(call, items, axis);
  if (repeats === 1) return joined;
  const times = joined.shape.map((_, a) => (a === axis ? repeats : 1));
  // Of all iterations but the first the contents are not known.
  return call.emit('tile', [unread(joined)], { repeats: times });
}

function unsqueezed(call: Call, tensor: Tensor, axis: number): Tensor {
  const shape = tensor.shape.toSpliced(axis, 0, 1);
  if (tensor.data !== undefined) return { ...tensor, shape };
  return call.emit('unsqueeze', [tensor], { axes: [axis] });
}

async function loop(call: Call, lowering: Lowering): Promise<readonly Entry[]> {
  const body = call.graph('body');
  const [most, condition] = [call.optional(0), call.optional(1)];
  for (const tensor of [most, condition]) if (tensor !== undefined) await lowering.load(tensor);
  const starts = condition === undefined ? 1 : condition.data?.[0];
  const stated = most === undefined ? undefined : most.data?.[0];
  const trips = starts === 0 ? 0 : stated !== undefined && stated < 2 ** 31 ? Math.max(stated, 0) : undefined;
  const carried = call.inputs.slice(2).map((entry) => entry ?? call.input(0));
  if (body.outputs.length < carried.length + 1) throw new ArchmeterError('the body gives out too little');
  const result = await iterate(call, lowering, {
    body,
    trips,
    carried,
    firstOutput: 1,
    inputs: (i, values) => [call.constant([i], [], 'int64'), call.constant([1], [], 'bool'), ...values],
  });
  return [...result.carried, ...result.scans.map((entries) => collected(call, entries, 0, result.repeats))];
}

/** Body inputs: states, then one slice of each scanned tensor; outputs: states, then slices to collect. */
async function scan(call: Call, lowering: Lowering): Promise<readonly Entry[]> {
  const body = call.graph('body');
  const count = call.int('num_scan_inputs', 0);
  // Before opset 9 the first input holds lengths, and all others have a batch axis in front.
  const inputs = call.opset < 9 ? call.inputs.slice(1) : call.inputs;
  const states = inputs.slice(0, inputs.length - count).map((entry) => entry ?? call.input(0));
  const scanned = inputs.slice(inputs.length - count) as Tensor[];
  if (scanned.length === 0) throw new ArchmeterError('Scan has nothing to scan');
  const batch = call.opset < 9 ? 1 : 0;
  const axes = call.ints('scan_input_axes') ?? [];
  const axisOf = (k: number, rank: number) => batch + (((axes[k] ?? 0) + rank) % rank);
  const [first] = scanned as [Tensor];
  const trips = first.shape[axisOf(0, first.shape.length)] ?? 0;
  if (batch === 1) return scanBatch(call, lowering, states as Tensor[], scanned, trips);
  const result = await iterate(call, lowering, {
    body,
    trips,
    carried: states,
    firstOutput: 0,
    inputs: (i, values) => [...values, ...scanned.map((x, k) => sliceAt(call, x, axisOf(k, x.shape.length), i))],
  });
  const outputAxes = call.ints('scan_output_axes') ?? [];
  const scans = result.scans.map((entries, k) => {
    const rank = entries[0]?.kind === 'tensor' ? entries[0].shape.length + 1 : 1;
    return collected(call, entries, ((outputAxes[k] ?? 0) + rank) % rank, result.repeats);
  });
  return [...result.carried, ...scans];
}

/** Scan-8: every item of the batch runs by itself. */
async function scanBatch(
  call: Call,
  lowering: Lowering,
  states: readonly Tensor[],
  scanned: readonly Tensor[],
  trips: number,
): Promise<readonly Entry[]> {
  const items: Entry[][] = [];
  const batch = scanned[0]?.shape[0] ?? 0;
  for (let b = 0; b < batch; b++) {
    const own = (x: Tensor) => sliceAt(call, x, 0, b);
    const sequences = scanned.map(own);
    const result = await iterate(call, lowering, {
      body: call.graph('body'),
      trips,
      carried: states.map(own),
      firstOutput: 0,
      inputs: (i, values) => [...values, ...sequences.map((x) => sliceAt(call, x, 0, i))],
    });
    items.push([...result.carried, ...result.scans.map((entries) => collected(call, entries, 0, result.repeats))]);
  }
  return (items[0] ?? []).map((_, k) =>
    collected(
      call,
      items.map((outputs) => outputs[k] as Entry),
      0,
      1,
    ),
  );
}

function sliceAt(call: Call, x: Tensor, axis: number, at: number): Tensor {
  return call.emit('gather', [x, call.constant([at], [], 'int64')], { axis });
}

/** The body once for each item of a list. */
async function sequenceMap(call: Call, lowering: Lowering): Promise<readonly Entry[]> {
  const body = call.graph('body');
  const { items } = call.list(0);
  const results: Entry[][] = body.outputs.map(() => []);
  for (let i = 0; i < items.length; i++) {
    const frame = lowering.inner(body, call.frame, `${call.node.name || call.type}.${i}`);
    body.inputs.forEach(({ name }, k) => {
      const entry = call.inputs[k];
      frame.scope.set(name, entry?.kind === 'list' ? entry.items[i] : entry);
    });
    const outputs = await lowering.graph(body, frame);
    outputs.forEach((entry, k) => {
      results[k]?.push(entry);
    });
  }
  return results.map((entries): Entry => {
    const failed = entries.find((entry) => entry.kind !== 'tensor');
    return failed ?? ({ kind: 'list', items: entries as Tensor[] } satisfies TensorList);
  });
}

const CONTROL_FLOW: ReadonlyMap<string, ControlFlow> = new Map([
  ['If', branch],
  ['Loop', loop],
  ['Scan', scan],
  ['SequenceMap', sequenceMap],
  ['ai.onnx.preview.FlexAttention', flexAttention],
]);

/** How an op that holds graphs becomes layers; undefined for all others. */
export function controlFlowOf(domain: string, type: string): ControlFlow | undefined {
  return CONTROL_FLOW.get(domain === '' ? type : `${domain}.${type}`);
}
