import { Ajv } from 'ajv';
import type { Executable, RuntimeSession } from '../../../src/bench/define-runtime.js';
import type { BenchmarkHooks, BenchmarkOptions } from '../../../src/bench/harness/options.js';
import { runBenchmark } from '../../../src/bench/harness/run-benchmark.js';
import type { ArmMeasurement, Measurement } from '../../../src/core/measurement.js';
import { measurementSchema } from '../../../src/core/schemas/measurement.schema.js';
import {
  type Noise,
  QUIET,
  type SyntheticMachine,
  syntheticArm,
  syntheticMachine,
} from '../simulation/synthetic-runtime.js';

const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(measurementSchema);

/** What is wrong with a measurement by its schema, once written as JSON and read again. */
export function schemaErrors(measurement: Measurement): string[] {
  const written = JSON.parse(JSON.stringify(measurement)) as unknown;
  return validate(written)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

export const CALM: Noise = { ...QUIET, jitter: 0.004, overheadMs: 0.05 };

/** Changes what the copies of the arm of `trueMs` do. */
export function withFault(
  session: RuntimeSession,
  trueMs: number,
  change: (copy: Executable) => Partial<Executable>,
): RuntimeSession {
  return {
    ...session,
    async prepare(graph, seed) {
      const copy = await session.prepare(graph, seed);
      return graph.name === `true ${trueMs} ms` ? { ...copy, ...change(copy) } : copy;
    },
  };
}

export interface Setup {
  readonly arms?: Readonly<Record<string, number>>;
  readonly noise?: Noise;
  readonly seed?: number;
  readonly options?: BenchmarkOptions;
  readonly hooks?: BenchmarkHooks;
  readonly session?: (session: RuntimeSession, machine: SyntheticMachine) => RuntimeSession;
}

/** Times made-up arms, by name and true time, on a virtual clock. */
export async function measure(setup: Setup = {}): Promise<Measurement> {
  const { arms = { a: 5, b: 5.5 }, noise = CALM, seed = 1, options, hooks, session = (same) => same } = setup;
  const machine = syntheticMachine(noise, seed);
  return runBenchmark(
    session(machine.session, machine),
    Object.entries(arms).map(([name, trueMs]) => syntheticArm(name, trueMs)),
    { timeBudgetSeconds: 30, cold: false, ...options },
    { now: machine.now, ...hooks },
  );
}

export function arm(measurement: Measurement, name: string): ArmMeasurement {
  const found = measurement.arms.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no arm '${name}'`);
  return found;
}
