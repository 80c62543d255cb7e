import { analyze } from '../analysis/analyze.js';
import type { AnalysisResult } from '../analysis/result.js';
import { ArchmeterError } from '../errors.js';
import type { Graph } from '../ir/graph.js';
import { type DType, isFloat } from '../ir/tensor.js';
import type { Trace, TraceStep } from '../traces/trace.js';
import { align } from './align.js';
import { joinSteps } from './join.js';
import { namedLayers } from './named.js';
import { isModelWork, operatorGraph, stepTypes, stepWorks } from './operator-graph.js';
import { repeated, repeatsOf } from './repeated.js';
import { type ProfileRow, rowsOf } from './rows.js';

/** A trace joined to the layers of a model, or to its own operators as layers. */
export interface Profile {
  readonly trace: Trace;
  readonly joinedTo: 'model' | 'operators';
  readonly graph: Graph;
  readonly analysis: AnalysisResult;
  /** By layer, how many calls alike it stands for, where those are several. */
  readonly repeats: ReadonlyMap<string, number>;
  /** Floating-point type of most of the work. */
  readonly dtype: DType;
  /** Layers in the order of the graph, then work of no layer, longest first. */
  readonly rows: readonly ProfileRow[];
  /** Of the time that a model takes (not copies, communication, optimizer and backward pass), what layers were found for. */
  readonly joinedFraction: number;
}

/**
 * @param model a graph at the batch of the trace; without one the trace's operators are the layers
 * @throws ArchmeterError where the trace holds no work of a model
 */
export function profileOf(trace: Trace, name: string, model?: Graph): Profile {
  try {
    return joinTo(trace, name, model);
  } catch (error) {
    throw error instanceof ArchmeterError ? error.at({ file: trace.file }) : error;
  }
}

function joinTo(trace: Trace, name: string, model: Graph | undefined): Profile {
  const typical = trace.iterations[trace.iterations.length >> 1];
  const steps = typical?.steps ?? [];
  const dtype = dtypeOf(steps);
  if (model !== undefined) {
    const known = new Map<string, string[][]>();
    const joined = trace.iterations.map((iteration) => {
      const key = sequenceOf(iteration.steps).join('\n');
      const found = known.get(key) ?? joinIteration(iteration.steps, model);
      known.set(key, found);
      return found;
    });
    const repeats = repeatsOf(steps, joined[trace.iterations.length >> 1] ?? []);
    return finish(trace, 'model', { graph: model, analysis: analyze(model, { dtype }), repeats }, dtype, joined);
  }
  const { graph, layers } = operatorGraph({ spanMs: 0, idleMs: 0, overlapMs: 0, steps }, name);
  const sequence = sequenceOf(steps);
  const joined = trace.iterations.map((iteration) => {
    // Of a sequence that grows, each iteration has its own shapes.
    if (hasNamesOf(iteration.steps, steps)) return layers;
    const partner = align(sequenceOf(iteration.steps), sequence, () => 1);
    return iteration.steps.map((_, i) => layers[partner[i] as number] ?? []);
  });
  const repeats = repeatsOf(steps, layers);
  return finish(trace, 'operators', { graph, analysis: repeated(analyze(graph), repeats), repeats }, dtype, joined);
}

/** By the names that a trace of a model file has, else by what the steps do. */
function joinIteration(steps: readonly TraceStep[], model: Graph): string[][] {
  return namedLayers(steps, model) ?? joinSteps(stepWorks(steps), model);
}

function finish(
  trace: Trace,
  joinedTo: Profile['joinedTo'],
  { graph, analysis, repeats }: Pick<Profile, 'graph' | 'analysis' | 'repeats'>,
  dtype: DType,
  joined: readonly (readonly (readonly string[])[])[],
): Profile {
  const place = new Map(graph.nodes.map(({ name }, i) => [name, i]));
  const order = ({ layers }: ProfileRow) => place.get(layers[0] ?? '') ?? Number.POSITIVE_INFINITY;
  const rows = rowsOf(trace.iterations, joined).sort((a, b) => {
    const [first, second] = [order(a), order(b)];
    return first === second ? b.latencyMs - a.latencyMs : first - second;
  });
  let [found, all] = [0, 0];
  trace.iterations.forEach(({ steps }, at) => {
    steps.forEach((step, i) => {
      const isJoined = (joined[at]?.[i] ?? []).length > 0;
      if (step.other === 'backward' || (!isJoined && !isModelWork(step))) return;
      all += step.deviceMs;
      if (isJoined) found += step.deviceMs;
    });
  });
  return { trace, joinedTo, graph, analysis, repeats, dtype, rows, joinedFraction: all === 0 ? 0 : found / all };
}

const hasNamesOf = (a: readonly TraceStep[], b: readonly TraceStep[]) =>
  a.length === b.length && a.every(({ name, other }, i) => name === b[i]?.name && other === b[i]?.other);

const sequenceOf = (steps: readonly TraceStep[]) =>
  steps.map(
    ({ name, calls, other = '' }) =>
      `${name} ${other} ${JSON.stringify(calls[0]?.arguments.map(({ dims }) => dims) ?? [])}`,
  );

/** The type of the tensors that most time was spent on. */
function dtypeOf(steps: readonly TraceStep[]): DType {
  const times = new Map<DType, number>();
  for (const { type, deviceMs } of stepTypes(steps))
    if (isFloat(type)) times.set(type, (times.get(type) ?? 0) + deviceMs);
  return [...times].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'float32';
}
