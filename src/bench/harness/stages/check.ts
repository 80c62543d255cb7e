import type { Graph } from '../../../core/ir/graph.js';
import type { DType } from '../../../core/ir/tensor.js';
import type { Executable } from '../../define-runtime.js';
import { randomInputs } from '../../weights.js';
import { type Arm, attempt, type Copy, type OutputCheck } from '../arm.js';
import { type Bench, isInterrupted, report } from '../bench.js';
import { MeasurementFailure } from '../failure.js';
import type { Settings } from '../options.js';
import { executableOf } from './sample.js';

/** Error allowed against the float64 reference, over its largest magnitude, where the user states none. */
export const CHECK_TOLERANCE: Readonly<Partial<Record<DType, number>>> = {
  float64: 1e-6,
  float32: 1e-3,
  float16: 3e-2,
  bfloat16: 1e-1,
};

/** Inputs of one graph with the outputs that the reference gives. */
interface Expectation extends Reference {
  readonly graph: Graph;
  readonly inputs: Float32Array[];
}

/**
 * Holds the outputs of arms on random inputs against the reference, before timing and after it. The reference is
 * computed once: it may take longer than all the rest.
 */
export class OutputChecker {
  private readonly known = new Map<string, Expectation>();

  constructor(private readonly bench: Bench) {}

  async check(copy: Copy, arms: readonly Arm[], when: 'before' | 'after'): Promise<Arm[]> {
    const { bench } = this;
    const checked = [...arms];
    for (const [index, arm] of arms.entries()) {
      await bench.events.turn();
      if (isInterrupted(bench)) break;
      report(bench, 'check', index / arms.length, arm.spec.name);
      checked[index] = await attempt(arm, `checking the outputs of '${arm.spec.name}' ${when} timing`, async () => {
        const executable = executableOf(copy, arm);
        const expectation = await this.expectationOf(arm);
        const outputs = await executable.run(expectation.inputs);
        const found =
          arm.source === 'file as it is'
            ? await checkFileOutputs(bench.settings, arm, executable, when, { ...expectation, outputs })
            : checkOutputs(bench.settings, when, { ...expectation, outputs });
        return { check: { ...arm.check, ...found } };
      });
    }
    return checked;
  }

  private async expectationOf(arm: Arm): Promise<Expectation> {
    const { graph } = arm.spec;
    for (const known of this.known.values()) if (known.graph === graph) return known;
    const inputs = randomInputs(graph, this.bench.settings.seed * 2);
    const expectation = { graph, inputs, ...(await referenceOutputs(this.bench, arm, inputs)) };
    this.known.set(arm.spec.name, expectation);
    return expectation;
  }
}

function checkOutputs(
  settings: Settings,
  when: 'before' | 'after',
  { outputs, expected, problem }: FileOutputs,
): OutputCheck {
  refuseNotANumber(outputs, expected, when);
  if (expected === undefined) return problem === undefined ? {} : { unchecked: problem };
  const error = largestError(outputs, expected);
  const tolerance = settings.checkTolerance;
  if (!(error <= tolerance)) {
    throw new MeasurementFailure(
      'wrong-output',
      `outputs ${when} timing differ from the reference by ${error.toExponential(1)} of its largest magnitude; ${tolerance} is allowed`,
    );
  }
  return { against: 'float64 reference', [when]: error };
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
  settings: Settings,
  arm: Arm,
  executable: Executable,
  when: 'before' | 'after',
  { inputs, outputs, expected, problem = 'there is no reference' }: FileOutputs,
): Promise<OutputCheck> {
  const tolerance = Math.max(settings.checkTolerance, ownTolerance(arm.spec.graph));
  const error = expected === undefined ? undefined : errorOrUndefined(outputs, expected);
  if (error !== undefined && error <= tolerance) {
    const against = arm.check.against ?? "float64 reference with the file's weights";
    return { tolerance, against, [when]: error };
  }
  refuseNotANumber(outputs, expected, when);
  const again = largestError(await executable.run(inputs), outputs);
  if (!(again <= tolerance))
    throw new MeasurementFailure('wrong-output', `two runs ${when} timing differ by ${again.toExponential(1)}`);
  const unchecked =
    expected === undefined
      ? problem
      : `archmeter's own computation of the graph gives other numbers (${error === undefined ? 'of other sizes' : `off by ${error.toExponential(1)}`})`;
  return { tolerance, against: 'second run', unchecked, [when]: again };
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

async function referenceOutputs(
  { hooks, settings }: Bench,
  { spec: { graph, file }, source }: Arm,
  inputs: Float32Array[],
): Promise<Reference> {
  if (hooks.reference === undefined) return {};
  try {
    if (source !== 'file as it is') return { expected: await hooks.reference(graph, settings.seed, inputs) };
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
function largestError(outputs: readonly Float32Array[], expected: readonly ArrayLike<number>[]): number {
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
