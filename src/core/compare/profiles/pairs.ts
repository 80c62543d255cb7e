import { commonName, gatherAlike } from '../../analysis/measured/alike.js';
import type { ArmMeasurement, ComparisonVerdict, Distribution, LayerTiming, Measurement } from '../../measurement.js';

/** One arm of a profile. */
export interface ProfileSide {
  readonly arm: ArmMeasurement;
  readonly measurement: Measurement;
}

/** A ratio of times, second over first. */
export interface TimeRatio {
  readonly ratio: number;
  /** From the ends of both intervals; left out where either has none. */
  readonly low?: number;
  readonly high?: number;
}

/** The same work in two profiles. */
export interface PairedLayers {
  readonly name: string;
  readonly count: number;
  readonly unjoined: boolean;
  /** Undefined where the profile has nothing of it. */
  readonly firstMs: number | undefined;
  readonly secondMs: number | undefined;
  readonly ratio: TimeRatio | undefined;
}

export interface ProfilePair {
  /** The largest difference first. */
  readonly rows: readonly PairedLayers[];
  readonly iteration: TimeRatio;
  /** Undefined where either has too few iterations for an interval. */
  readonly verdict: ComparisonVerdict | undefined;
  readonly tolerance: number;
  /** What differs besides the time: the two did not do the same work. */
  readonly unlike: readonly string[];
}

/**
 * Two profiles side by side. Layers are paired by name; where one profile timed several as one, those of the other are
 * summed. The interval of a ratio runs from low/high to high/low of the medians' own: at their confidence where errors
 * are near normal, since σa + σb ≥ √(σa² + σb²). Two runs of one program differ by more than iterations of one do, so a
 * difference within the tolerance is never called one.
 */
export function pairProfiles(first: ProfileSide, second: ProfileSide): ProfilePair {
  const tolerance = Math.max(first.measurement.settings.tolerance, second.measurement.settings.tolerance);
  const iteration = ratioOfTimes(timeOf(first), timeOf(second));
  return {
    rows: alikePairs(pairLayers(first.arm, second.arm)),
    iteration,
    verdict: verdictOf(iteration, tolerance),
    tolerance,
    unlike: unlikeWork(first, second),
  };
}

function timeOf({ arm, measurement }: ProfileSide): Distribution {
  return (arm[measurement.settings.clock] ?? arm.device ?? arm.wall)?.hot as Distribution;
}

interface Time {
  readonly medianMs: number;
  readonly lowMs?: number | undefined;
  readonly highMs?: number | undefined;
}

function ratioOfTimes(first: Time, second: Time): TimeRatio {
  const ratio = second.medianMs / first.medianMs;
  const isKnown = first.lowMs !== undefined && first.highMs !== undefined && second.lowMs !== undefined;
  if (!isKnown || second.highMs === undefined || first.lowMs === 0) return { ratio };
  return { ratio, low: second.lowMs / (first.highMs as number), high: second.highMs / (first.lowMs as number) };
}

function verdictOf({ low, high }: TimeRatio, tolerance: number): ComparisonVerdict | undefined {
  if (low === undefined || high === undefined) return undefined;
  const [least, most] = [1 / (1 + tolerance), 1 + tolerance];
  if (high < least) return 'faster';
  if (low > most) return 'slower';
  return low >= least && high <= most ? 'equivalent' : 'inconclusive';
}

/** Rows that share a layer belong together, however each profile groups them. */
function pairLayers(first: ArmMeasurement, second: ArmMeasurement): Omit<PairedLayers, 'count'>[] {
  const sides = [first, second].map(({ layers }) => layers?.timings ?? []);
  const leader = new Map<string, string>();
  const root = (key: string): string => {
    const next = leader.get(key);
    return next === undefined || next === key ? key : root(next);
  };
  const keysOf = ({ name, members, unjoined }: LayerTiming) => (unjoined ? [`(${name})`] : (members ?? [name]));
  for (const timing of sides.flat()) {
    const [lead, ...rest] = keysOf(timing) as [string, ...string[]];
    for (const key of rest) leader.set(root(key), root(lead));
  }
  const groups = new Map<string, [LayerTiming[], LayerTiming[]]>();
  sides.forEach((timings, side) => {
    for (const timing of timings) {
      const key = root((keysOf(timing) as [string])[0]);
      const group = groups.get(key) ?? ([[], []] as [LayerTiming[], LayerTiming[]]);
      group[side]?.push(timing);
      groups.set(key, group);
    }
  });
  return [...groups.values()].map(([a, b]) => {
    const [lead] = [...a, ...b] as [LayerTiming];
    const [firstTime, secondTime] = [sumOf(a), sumOf(b)];
    return {
      name: lead.name,
      unjoined: lead.unjoined === true,
      firstMs: firstTime?.medianMs,
      secondMs: secondTime?.medianMs,
      ratio: firstTime && secondTime && firstTime.medianMs > 0 ? ratioOfTimes(firstTime, secondTime) : undefined,
    };
  });
}

/** Of several rows the interval is not known: their errors may go together. */
function sumOf(timings: readonly LayerTiming[]): Time | undefined {
  const [only, ...rest] = timings;
  if (only === undefined) return undefined;
  if (rest.length === 0) return { medianMs: only.latencyMs, lowMs: only.lowMs, highMs: only.highMs };
  return { medianMs: timings.reduce((sum, { latencyMs }) => sum + latencyMs, 0) };
}

function alikePairs(rows: readonly Omit<PairedLayers, 'count'>[]): PairedLayers[] {
  const total = (members: typeof rows, of: 'firstMs' | 'secondMs') =>
    members[0]?.[of] === undefined ? undefined : members.reduce((sum, row) => sum + (row[of] ?? 0), 0);
  const groups = gatherAlike(
    rows,
    ({ name }) => name,
    (row) => [row.unjoined, row.firstMs === undefined, row.secondMs === undefined],
  );
  return groups
    .map((members): PairedLayers => {
      const [lead] = members as [(typeof rows)[number]];
      const [firstMs, secondMs] = [total(members, 'firstMs'), total(members, 'secondMs')];
      const ratio = members.length === 1 ? lead.ratio : ratioOfSums(firstMs, secondMs);
      return {
        name: commonName(members.map(({ name }) => name)),
        count: members.length,
        unjoined: lead.unjoined,
        firstMs,
        secondMs,
        ratio,
      };
    })
    .sort((a, b) => differenceOf(b) - differenceOf(a));
}

const ratioOfSums = (first: number | undefined, second: number | undefined): TimeRatio | undefined =>
  first === undefined || second === undefined || first === 0 ? undefined : { ratio: second / first };

const differenceOf = ({ firstMs = 0, secondMs = 0 }: PairedLayers) => Math.abs(secondMs - firstMs);

/** A thousandth: what rounding and one added view make. */
const SAME = 1e-3;

function unlikeWork(first: ProfileSide, second: ProfileSide): string[] {
  const [a, b] = [first.arm, second.arm];
  const differ = (x: number, y: number) => Math.abs(x - y) > SAME * Math.max(x, y);
  return [
    ...(first.measurement.dtype === second.measurement.dtype
      ? []
      : [`element types (${first.measurement.dtype} and ${second.measurement.dtype})`]),
    ...(a.batch === b.batch ? [] : [`batches (${a.batch} and ${b.batch})`]),
    ...(differ(a.flops, b.flops) ? ['amounts of work (FLOPs)'] : []),
    ...(first.measurement.settings.clock === second.measurement.settings.clock ? [] : ['clocks']),
  ];
}
