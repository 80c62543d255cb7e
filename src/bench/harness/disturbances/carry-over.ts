import { MAD_TO_DEVIATION, mean, median } from '../../../core/statistics/quantile.js';
import { studentTail } from '../../../core/statistics/student-t.js';
import { type Arm, attempt, type Copy, isAlive, read, type SamplePlan } from '../arm.js';
import { type Bench, isInterrupted, report } from '../bench.js';
import type { Reducer } from '../findings/reduce.js';
import { executableOf, preheat, timeCall } from '../stages/sample.js';

/** An arm runs by itself for so long before its times count as its own: several times what drivers and governors need. */
const SETTLED_MS = 250;
/** Repetitions below which noise cannot be told from carry-over. */
const LEAST_REPETITIONS = 3;
/** Samples at the end of a visit that show the settled time. */
const SETTLED_SAMPLES = 3;
/** Chance of a washout where none is needed: it costs time alone. */
const LEVEL = 0.01;

/** The time of an arm just after another, over its time once it has run alone for a while. */
interface Visit {
  readonly arm: string;
  readonly predecessor: string;
  /** log(first / settled). */
  readonly excess: number;
}

/** What one arm's work was seen to do to the next one's time. */
export interface CarryOver {
  readonly visits: readonly Visit[];
  /** How long each arm runs untimed before it is timed; 0 where no carry-over was found. */
  readonly washoutMs: number;
}

export const NO_CARRY_OVER: CarryOver = { visits: [], washoutMs: 0 };

/**
 * Lets each arm follow another, in a drawn order, and run alone until it has settled: the difference is what the one
 * before left behind. Orders alone cannot tell what lasts longer than a sample, since it reaches every sample of a round.
 */
export async function probeCarryOver(
  bench: Bench,
  copy: Copy,
  before: readonly Arm[],
  orders: Iterator<readonly number[]>,
  known: CarryOver,
  limit: { readonly repetitions: number; readonly seconds: number },
): Promise<{ readonly arms: readonly Arm[]; readonly carryOver: CarryOver }> {
  const alive = before.filter(isAlive);
  const unchanged = { arms: before, carryOver: known };
  if (known.washoutMs > 0 || alive.length < 2) return unchanged;
  const expected = alive.reduce((sum, arm) => sum + visitSeconds(arm), 0);
  if (expected * Math.min(LEAST_REPETITIONS, limit.repetitions) > limit.seconds) return unchanged;
  const arms = [...before];
  const visits = [...known.visits];
  const began = bench.time.seconds();
  let predecessor: string | undefined;
  for (let repetition = 0; repetition < limit.repetitions; repetition++) {
    for (const index of orders.next().value as readonly number[]) {
      const arm = arms[index] as Arm;
      const { name } = arm.spec;
      if (!isAlive(arm) || name === predecessor) continue;
      await bench.events.turn();
      if (isInterrupted(bench)) return { arms, carryOver: { ...known, visits } };
      report(bench, 'warm-up', repetition / limit.repetitions, name);
      const from = predecessor;
      arms[index] = await attempt(arm, `timing '${name}'`, async () => {
        const excess = await visit(bench, copy, arm);
        if (from !== undefined && Number.isFinite(excess)) visits.push({ arm: name, predecessor: from, excess });
        return {};
      });
      predecessor = name;
    }
    const spent = bench.time.seconds() - began;
    if (spent * (1 + 1 / (repetition + 1)) > limit.seconds) break;
  }
  const found = isCarried(visits, bench.settings.precision);
  return { arms, carryOver: { visits, washoutMs: found ? SETTLED_MS : 0 } };
}

/** About what a visit takes. */
function visitSeconds({ warmUp }: Arm): number {
  const sampleMs = warmUp[warmUp.length - 1] ?? 0;
  return Math.max(SETTLED_MS + SETTLED_SAMPLES * sampleMs, (2 + SETTLED_SAMPLES) * sampleMs) / 1000;
}

/**
 * Carry-over as the orders of ordinary rounds show it; for where visits would take too long. It shows no more than what
 * is gone before the next samples. Of two arms, one's time after the other over its time after itself, copy by copy; of
 * more, the log time of each sample over its arm's median in that copy, by the arm before.
 */
export function carryOverOfOrders(arms: readonly Arm[], reducer: Reducer): CarryOver {
  const samples = arms.flatMap((arm) => {
    const { timesMs } = reducer.hot(arm);
    return arm.hot.map(({ copy, fromMs }, i) => ({
      arm: arm.spec.name,
      copy,
      fromMs,
      log: Math.log(timesMs[i] as number),
    }));
  });
  samples.sort((a, b) => a.fromMs - b.fromMs);
  const followed = samples.flatMap((sample, i) => {
    const before = samples[i - 1];
    const known = before !== undefined && before.copy === sample.copy && Number.isFinite(sample.log);
    return known ? [{ ...sample, predecessor: before.arm }] : [];
  });
  const hasTwo = arms.filter(isAlive).length === 2;
  const visits = arms.flatMap(({ spec: { name } }) =>
    [...new Set(followed.map(({ copy }) => copy))].flatMap((copy): Visit[] => {
      const own = followed.filter((sample) => sample.arm === name && sample.copy === copy);
      const after = own.filter(({ predecessor }) => predecessor !== name);
      const [first] = after;
      if (first === undefined) return [];
      const logs = (of: typeof own) => of.map(({ log }) => log);
      if (!hasTwo) {
        const center = median(logs(own));
        return after.map(({ predecessor, log }) => ({ arm: name, predecessor, excess: log - center }));
      }
      const alone = own.filter(({ predecessor }) => predecessor === name);
      if (alone.length === 0) return [];
      const excess = median(logs(after)) - median(logs(alone));
      return [{ arm: name, predecessor: first.predecessor, excess }];
    }),
  );
  return { visits, washoutMs: 0 };
}

async function visit(bench: Bench, copy: Copy, arm: Arm): Promise<number> {
  const { iterations } = arm.plan as SamplePlan;
  const { time, clock } = bench;
  const call = async () => read(await timeCall(bench, copy, arm, iterations, 'probe', -1), clock);
  const began = time.now();
  await preheat(bench, copy, arm, 0);
  const first = await call();
  const { time: run } = executableOf(copy, arm);
  for (let i = 0; i < 1000 && time.now() - began < SETTLED_MS; i++) await run(iterations);
  const settled: number[] = [];
  for (let i = 0; i < SETTLED_SAMPLES; i++) settled.push(await call());
  return Math.log(first / median(settled));
}

/** Median excess by arm or by the arm before it, with the error of each. */
interface Groups {
  readonly centers: ReadonlyMap<string, number>;
  readonly errors: ReadonlyMap<string, number>;
  readonly degreesOfFreedom: number;
}

function groupsBy(visits: readonly Visit[], key: 'arm' | 'predecessor'): Groups {
  const lists = new Map<string, number[]>();
  for (const each of visits) {
    const list = lists.get(each[key]);
    if (list === undefined) lists.set(each[key], [each.excess]);
    else list.push(each.excess);
  }
  const centers = new Map([...lists].map(([name, list]) => [name, median(list)]));
  const degreesOfFreedom = visits.length - lists.size;
  const residuals = visits.map((each) => Math.abs(each.excess - (centers.get(each[key]) as number)));
  // Residuals from as many medians as there are groups are too small by the root of what is left.
  const deviation = MAD_TO_DEVIATION * median(residuals) * Math.sqrt(visits.length / Math.max(1, degreesOfFreedom));
  const errors = new Map([...lists].map(([name, { length }]) => [name, (1.2533 * deviation) / Math.sqrt(length)]));
  return { centers, errors, degreesOfFreedom };
}

/** Whether some arm is slowed, or slows what follows, otherwise than the rest: what all share leaves ratios alone. */
function isCarried(visits: readonly Visit[], precision: number): boolean {
  return (['arm', 'predecessor'] as const).some((key) => {
    const { centers, errors, degreesOfFreedom } = groupsBy(visits, key);
    if (centers.size < 2 || degreesOfFreedom < 3) return false;
    const tests = centers.size === 2 ? 1 : centers.size;
    return [...centers].some(([name, center]) => {
      const others = [...centers].filter(([other]) => other !== name);
      const rest = others.map(([, value]) => value);
      const error = Math.hypot(
        errors.get(name) as number,
        Math.hypot(...others.map(([other]) => errors.get(other) as number)) / others.length,
      );
      const difference = Math.abs(center - mean(rest));
      return difference > precision && 2 * tests * studentTail(difference / error, degreesOfFreedom) < LEVEL;
    });
  });
}

/** How many times slower the work of an arm leaves the next arm, at the first sample, by the median of its visits. */
export function slowdowns({ visits }: CarryOver): { readonly name: string; readonly ratio: number }[] {
  return [...groupsBy(visits, 'predecessor').centers].map(([name, excess]) => ({ name, ratio: Math.exp(excess) }));
}

/** How far carry-over may bend the log ratio of two arms, where it was not washed out; 0 where none was found. */
export function carriedBias(
  { visits, washoutMs }: CarryOver,
  arm: string,
  baseline: string,
  precision: number,
): number {
  if (washoutMs > 0 || !isCarried(visits, precision)) return 0;
  const distances = (['arm', 'predecessor'] as const).map((key) => {
    const { centers } = groupsBy(visits, key);
    return Math.abs((centers.get(arm) ?? 0) - (centers.get(baseline) ?? 0));
  });
  return Math.max(...distances);
}
