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
  /** Step of the clock. */
  readonly quantumMs: number;
  /** Fixed cost of each call. */
  readonly overheadMs: number;
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
  quantumMs: 0,
  overheadMs: 0,
  warmUpExtra: 0,
  warmUpRuns: 1,
};

export interface SyntheticMachine {
  readonly session: RuntimeSession;
  /** The virtual clock, for the harness. */
  readonly now: () => number;
  /** One run of an arm of `trueMs`, prepared anew: for harnesses other than ours. */
  prepare(trueMs: number): { time(iterations: number): number };
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
  const prepare = (trueMs: number) => {
    const place = Math.exp(noise.layout * random.normal());
    let runs = 0;
    return {
      time(iterations: number): number {
        // Runs of one call share its noise in part: the deviation of their mean falls with the root of their number.
        const jitter = (noise.jitter * random.normal()) / Math.sqrt(iterations);
        const warm = noise.warmUpExtra * Math.exp(-runs / noise.warmUpRuns);
        const outlier = random.uniform() < noise.outlierChance ? 1 + noise.outlierSize * random.exponential() : 1;
        runs += iterations;
        const work = trueMs * place * iterations * slowdown() * (1 + warm) * Math.exp(jitter) * outlier;
        const before = clock;
        clock += work + noise.overheadMs;
        const { quantumMs: step } = noise;
        return step === 0 ? clock - before : (Math.floor(clock / step) - Math.floor(before / step)) * step;
      },
    };
  };
  const session: RuntimeSession = {
    runtime: { name: 'synthetic', details: {} },
    device: { kind: 'unknown', name: 'virtual' },
    hasDeviceClock: false,
    async prepare(graph: Graph): Promise<Executable> {
      const copy = prepare(trueTimeOf(graph));
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
  return { session, now: () => clock, prepare };
}

/** An arm whose true time is stated; the machine reads it from the graph's name. */
export function syntheticArm(name: string, trueMs: number): BenchmarkArm {
  const builder = new GraphBuilder(`true ${trueMs} ms`);
  const graph = builder.finish([builder.add('relu', [builder.input('input', [1])])]);
  return { name, graph, batch: 1, counts: { madds: 1, flops: 2, fusedBytes: 8 } };
}

function trueTimeOf(graph: Graph): number {
  return Number(/^true (\S+) ms$/.exec(graph.name)?.[1] ?? 0);
}

function nextBurst({ burstsPerSecond }: Noise, random: Random, after: number): number {
  return burstsPerSecond === 0 ? Number.POSITIVE_INFINITY : after + random.exponential() / burstsPerSecond;
}
