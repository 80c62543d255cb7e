import type { Executable, RuntimeSession, Timing } from '../../../src/bench/define-runtime.js';
import type { BenchmarkArm } from '../../../src/bench/harness/options.js';
import { GraphBuilder } from '../../../src/core/graph/builder.js';
import type { Graph } from '../../../src/core/ir/graph.js';
import { createRandom, type Random } from '../../../src/core/statistics/random.js';

/** What a made-up machine does to timings. All effects are factors of the true time unless they say otherwise. */
export interface Noise {
  /** Deviation of the logarithm of each run. */
  readonly jitter: number;
  /** Rise of all times per virtual second, as thermal drift does. */
  readonly driftPerSecond: number;
  /** Bursts of other load: how many a second, how long on average, and by how much they slow. */
  readonly burstsPerSecond: number;
  readonly burstSeconds: number;
  readonly burstSlowdown: number;
  /** Chance that a call is an outlier, and how far it reaches (the factor is 1 + exponential of this mean). */
  readonly outlierChance: number;
  readonly outlierSize: number;
  /** Deviation of a factor drawn once for each prepared copy: where its memory happened to lie. */
  readonly layout: number;
  /** Deviation of a factor drawn for each model when the runtime starts: what is prepared again in one heap keeps it. */
  readonly heap: number;
  /** Step of the clock. */
  readonly quantumMs: number;
  /** Fixed cost of each call. */
  readonly overheadMs: number;
  /** Slow noise of marked arms alone (an Ornstein-Uhlenbeck process): its deviation, and the time in which it forgets. */
  readonly slowDeviation: number;
  readonly slowSeconds: number;
  /** What a marked arm leaves behind: other arms run slower by this share for so many ms, or in their next call alone. */
  readonly carrySlowdown: number;
  readonly carryMs: number | 'next call';
  /** Extra time of the first runs of a copy, and how many runs it takes to fall to 1/e. */
  readonly warmUpExtra: number;
  readonly warmUpRuns: number;
}

export const QUIET: Noise = {
  jitter: 0,
  driftPerSecond: 0,
  burstsPerSecond: 0,
  burstSeconds: 0,
  burstSlowdown: 0,
  outlierChance: 0,
  outlierSize: 0,
  layout: 0,
  heap: 0,
  quantumMs: 0,
  overheadMs: 0,
  slowDeviation: 0,
  slowSeconds: 1,
  carrySlowdown: 0,
  carryMs: 0,
  warmUpExtra: 0,
  warmUpRuns: 1,
};

export interface SyntheticMachine {
  readonly session: RuntimeSession;
  /** The virtual clock, for the harness. */
  readonly now: () => number;
  /** Lets time pass. */
  pass(ms: number): void;
  /** One run of an arm of `trueMs`, prepared anew: for harnesses other than ours. */
  prepare(trueMs: number, marked?: boolean): { time(iterations: number): number };
}

/** A machine on a virtual clock: runs take no real time. */
export function syntheticMachine(
  noise: Noise,
  seed: number,
  overrides: Partial<RuntimeSession> = {},
): SyntheticMachine {
  const random = createRandom(seed);
  let clock = 0;
  let burstEnds = -1;
  let burstBegins = nextBurst(noise, random, 0);

  const slowdown = (): number => {
    const seconds = clock / 1000;
    while (seconds >= burstBegins) {
      burstEnds = burstBegins + noise.burstSeconds * random.exponential();
      burstBegins = nextBurst(noise, random, burstEnds);
    }
    return (1 + noise.driftPerSecond * seconds) * (seconds < burstEnds ? 1 + noise.burstSlowdown : 1);
  };
  // Of marked arms: the slow factor's logarithm and when it was last moved on; when one last ran, and what ran since.
  let slow = noise.slowDeviation * random.normal();
  let slowAt = 0;
  let carriedAt = Number.NEGATIVE_INFINITY;
  let callsSince = 0;

  const slowFactor = (): number => {
    if (noise.slowDeviation === 0) return 1;
    const kept = Math.exp(-(clock - slowAt) / 1000 / noise.slowSeconds);
    slow = slow * kept + noise.slowDeviation * Math.sqrt(1 - kept * kept) * random.normal();
    slowAt = clock;
    return Math.exp(slow);
  };
  const carried = (): number => {
    const reaches = noise.carryMs === 'next call' ? callsSince === 0 : clock - carriedAt < noise.carryMs;
    return carriedAt >= 0 && reaches ? 1 + noise.carrySlowdown : 1;
  };
  const prepare = (trueMs: number, marked = false) => {
    const place = Math.exp(noise.layout * random.normal());
    let runs = 0;
    return {
      time(iterations: number): number {
        // Runs of one call share its noise in part: the deviation of their mean falls with the root of their number.
        const jitter = (noise.jitter * random.normal()) / Math.sqrt(iterations);
        const warm = noise.warmUpExtra * Math.exp(-runs / noise.warmUpRuns);
        const outlier = random.uniform() < noise.outlierChance ? 1 + noise.outlierSize * random.exponential() : 1;
        runs += iterations;
        const special = marked ? slowFactor() : carried();
        const work = trueMs * place * iterations * slowdown() * special * (1 + warm) * Math.exp(jitter) * outlier;
        const before = clock;
        clock += work + noise.overheadMs;
        callsSince++;
        if (marked) [carriedAt, callsSince] = [clock, 0];
        const { quantumMs: step } = noise;
        return step === 0 ? clock - before : (Math.floor(clock / step) - Math.floor(before / step)) * step;
      },
    };
  };
  let heap = new Map<Graph, number>();
  const inHeap = (): number => (noise.heap === 0 ? 1 : Math.exp(noise.heap * random.normal()));
  const session: RuntimeSession = {
    runtime: { name: 'synthetic', details: {} },
    device: { kind: 'unknown', name: 'virtual' },
    hasDeviceClock: false,
    async renew() {
      heap = new Map();
    },
    async prepare(graph: Graph): Promise<Executable> {
      const place = heap.get(graph) ?? inHeap();
      heap.set(graph, place);
      const copy = prepare(place * trueTimeOf(graph), graph.name.endsWith('marked'));
      return {
        run: async () => [new Float32Array([1])],
        time: async (iterations): Promise<Timing> => ({ wallMs: copy.time(iterations) }),
        dispose: async () => undefined,
      };
    },
    flushCaches: async () => undefined,
    close: async () => undefined,
    ...overrides,
  };
  return {
    session,
    now: () => clock,
    pass(ms) {
      clock += ms;
    },
    prepare: (trueMs, marked) => prepare(trueMs * inHeap(), marked),
  };
}

/** An arm whose true time is stated; the machine reads it from the graph's name. */
export function syntheticArm(name: string, trueMs: number, marked = false): BenchmarkArm {
  const builder = new GraphBuilder(`true ${trueMs} ms${marked ? ', marked' : ''}`);
  const graph = builder.finish([builder.add('relu', [builder.input('input', [1])])]);
  return { name, graph, batch: 1, counts: { madds: 1, flops: 2, fusedBytes: 8 } };
}

function trueTimeOf(graph: Graph): number {
  return Number(/^true (\S+) ms/.exec(graph.name)?.[1] ?? 0);
}

function nextBurst({ burstsPerSecond }: Noise, random: Random, after: number): number {
  return burstsPerSecond === 0 ? Number.POSITIVE_INFINITY : after + random.exponential() / burstsPerSecond;
}
