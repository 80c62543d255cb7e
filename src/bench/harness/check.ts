import type { Graph } from '../../core/ir/graph.js';
import type { DType } from '../../core/ir/tensor.js';
import { randomInputs } from '../weights.js';
import type { ArmRun } from './arm-run.js';
import { attempt, type Context, isInterrupted, now, report, yieldToEvents } from './context.js';
import { MeasurementFailure } from './failure.js';

/** Error allowed against the float64 reference, over its largest magnitude, where the user states none. */
export const CHECK_TOLERANCE: Readonly<Partial<Record<DType, number>>> = {
  float64: 1e-6,
  float32: 1e-3,
  float16: 3e-2,
  bfloat16: 1e-1,
};

/** Runs every arm on fresh random inputs and holds its outputs against the reference. */
export async function checkArms(context: Context, when: 'before' | 'after'): Promise<void> {
  const began = now(context);
  const seed = context.settings.seed * 2 + (when === 'before' ? 0 : 1);
  let shared: ({ graph: Graph; inputs: Float32Array[] } & Awaited<ReturnType<typeof referenceOutputs>>) | undefined;
  for (const [index, run] of context.runs.entries()) {
    await yieldToEvents(context);
    if (isInterrupted(context)) break;
    report(context, 'check', index / context.runs.length, run.arm.name);
    await attempt(run, `checking the outputs of '${run.arm.name}' ${when} timing`, async () => {
      if (run.executable === undefined) throw new MeasurementFailure('runtime-error', 'the model was not prepared');
      const { graph } = run.arm;
      if (shared?.graph !== graph) {
        const inputs = randomInputs(graph, seed);
        shared = { graph, inputs, ...(await referenceOutputs(context, run, inputs)) };
      }
      const { inputs, expected, problem } = shared;
      const outputs = await run.executable.run(inputs);
      if (run.source === 'file as it is') {
        await checkFileOutputs(context, run, when, { ...shared, outputs });
        return;
      }
      refuseNotANumber(outputs, expected, when);
      if (expected === undefined) {
        if (problem !== undefined) run.unchecked = problem;
        return;
      }
      const error = largestError(outputs, expected);
      run.checkedAgainst = 'float64 reference';
      record(run, when, error);
      const tolerance = context.settings.checkTolerance;
      if (!(error <= tolerance)) {
        throw new MeasurementFailure(
          'wrong-output',
          `outputs ${when} timing differ from the reference by ${error.toExponential(1)} of its largest magnitude; ${tolerance} is allowed`,
        );
      }
    });
  }
  context.uncountedMs += now(context) - began;
}

function record(run: ArmRun, when: 'before' | 'after', error: number): void {
  if (when === 'before') run.checkBefore = error;
  else run.checkAfter = error;
}

interface FileOutputs extends Reference {
  readonly inputs: readonly Float32Array[];
  readonly outputs: readonly Float32Array[];
}

/**
 * A file's outputs are held against the reference with its weights. Where the two differ it may be archmeter's reading of
 * the graph that is inexact (a cost does not depend on the order of a recurrent layer's gates; a quantised layer rounds):
 * the file has to give the same finite numbers twice then, and the result says so.
 */
async function checkFileOutputs(
  context: Context,
  run: ArmRun,
  when: 'before' | 'after',
  { inputs, outputs, expected, problem = 'there is no reference' }: FileOutputs,
): Promise<void> {
  const tolerance = Math.max(context.settings.checkTolerance, ownTolerance(run.arm.graph));
  run.checkTolerance = tolerance;
  const error = expected === undefined ? undefined : errorOrUndefined(outputs, expected);
  if (error !== undefined && error <= tolerance) {
    run.checkedAgainst ??= "float64 reference with the file's weights";
    record(run, when, error);
    return;
  }
  refuseNotANumber(outputs, expected, when);
  const again = largestError((await run.executable?.run(inputs)) ?? [], outputs);
  record(run, when, again);
  run.checkedAgainst = 'second run';
  run.unchecked =
    expected === undefined
      ? problem
      : `archmeter's own computation of the graph gives other numbers (${error === undefined ? 'of other sizes' : `off by ${error.toExponential(1)}`})`;
  if (again <= tolerance) return;
  throw new MeasurementFailure('wrong-output', `two runs ${when} timing differ by ${again.toExponential(1)}`);
}

function errorOrUndefined(
  outputs: readonly Float32Array[],
  expected: readonly ArrayLike<number>[],
): number | undefined {
  try {
    return largestError(outputs, expected);
  } catch (error) {
    if (error instanceof MeasurementFailure) return undefined;
    throw error;
  }
}

/** What the coarsest element type of a graph allows. */
function ownTolerance(graph: Graph): number {
  return Math.max(...graph.values.map(({ dtype }) => CHECK_TOLERANCE[dtype] ?? 0));
}

interface Reference {
  readonly expected?: readonly ArrayLike<number>[];
  /** Why there is none. */
  readonly problem?: string;
}

async function referenceOutputs({ hooks, settings }: Context, run: ArmRun, inputs: Float32Array[]): Promise<Reference> {
  if (hooks.reference === undefined) return {};
  try {
    const { graph, file } = run.arm;
    if (run.source !== 'file as it is') return { expected: await hooks.reference(graph, settings.seed, inputs) };
    const weights = await file?.weights?.();
    if (weights === undefined) return { problem: `archmeter does not read the weights of ${file?.format} files` };
    return { expected: await hooks.reference(graph, settings.seed, inputs, weights) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Refuses NaN and infinities, but for those that the reference has too. */
function refuseNotANumber(outputs: readonly Float32Array[], expected: Reference['expected'], when: string): void {
  outputs.forEach((output, i) => {
    const at = output.findIndex((value, k) => !Number.isFinite(value) && !Object.is(value, expected?.[i]?.[k]));
    if (at < 0) return;
    throw new MeasurementFailure('not-a-number', `output ${i} holds ${output[at]} at element ${at} ${when} timing`);
  });
}

/** Largest difference over all outputs, each over the largest magnitude of its reference. */
export function largestError(outputs: readonly Float32Array[], expected: readonly ArrayLike<number>[]): number {
  if (outputs.length !== expected.length) {
    throw new MeasurementFailure(
      'wrong-output',
      `${outputs.length} outputs where the reference has ${expected.length}`,
    );
  }
  let worst = 0;
  expected.forEach((reference, i) => {
    const output = outputs[i] as Float32Array;
    if (output.length < reference.length || output.length % Math.max(reference.length, 1) !== 0) {
      throw new MeasurementFailure(
        'wrong-output',
        `output ${i} has ${output.length} elements where the reference has ${reference.length}`,
      );
    }
    let magnitude = 0;
    let difference = 0;
    for (let k = 0; k < reference.length; k++) {
      const value = reference[k] as number;
      if (!Number.isFinite(value)) {
        if (!Object.is(value, output[k])) difference = Number.POSITIVE_INFINITY;
        continue;
      }
      magnitude = Math.max(magnitude, Math.abs(value));
      difference = Math.max(difference, Math.abs((output[k] as number) - value));
    }
    worst = Math.max(worst, magnitude === 0 ? difference : difference / magnitude);
  });
  return worst;
}
