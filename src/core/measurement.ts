/** What a benchmark writes and reports, gates and fits read. JSON, versioned; schema: `archmeter/schemas/measurement.json`. */
export const MEASUREMENT_SCHEMA = 'archmeter/measurement@1';

export interface DeviceInfo {
  /** `gpu`, `cpu`, or `software` for a software adapter (SwiftShader, llvmpipe): never called a GPU. */
  readonly kind: 'gpu' | 'cpu' | 'software' | 'unknown';
  readonly name: string;
  readonly vendor?: string;
  readonly architecture?: string;
  readonly driver?: string;
  /** PCI bus id, by which power meters find the same device. */
  readonly pciBusId?: string;
}

export interface RuntimeInfo {
  /** File name in `src/bench/runtimes`, e.g. `tfjs-wasm`. */
  readonly name: string;
  /** Package versions, provider, thread count, layout: whatever changes the timing. */
  readonly details: Readonly<Record<string, string>>;
}

/** Median and spread of one timed arm in one cache state, per batch. */
export interface Distribution {
  readonly medianMs: number;
  readonly lowMs: number;
  readonly highMs: number;
  /** Confidence of the bootstrap interval [lowMs, highMs], e.g. 0.95. */
  readonly confidence: number;
  readonly p5Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Every sample, in the order taken. */
  readonly samplesMs: readonly number[];
}

export type Energy =
  | {
      readonly status: 'measured';
      readonly meter: string;
      /** Per image, idle power subtracted, and with it. */
      readonly energyJoules: number;
      readonly grossEnergyJoules: number;
      readonly powerWatts: number;
      readonly idlePowerWatts: number;
      readonly repetitions: number;
      readonly seconds: number;
    }
  | { readonly status: 'unavailable'; readonly reason: string };

export interface LayerTiming {
  readonly name: string;
  readonly latencyMs: number;
}

/** One model or block, timed. */
export interface ArmMeasurement {
  readonly name: string;
  readonly batch: number;
  readonly status: 'ok' | 'failed' | 'partial';
  /** Why it failed or stopped early. */
  readonly message?: string;
  readonly madds: number;
  readonly flops: number;
  readonly fusedBytes: number;
  readonly wall?: { readonly hot: Distribution; readonly cold?: Distribution };
  /** Device time, where the runtime has a device clock. */
  readonly device?: { readonly hot: Distribution; readonly cold?: Distribution };
  /** Largest error against the float64 reference, over the reference's largest magnitude, before and after timing. */
  readonly check?: { readonly before: number; readonly after: number; readonly tolerance: number };
  readonly imagesPerSecond?: number;
  readonly maddsPerSecond?: number;
  readonly flopsPerSecond?: number;
  readonly fractionOfPeak?: number;
  readonly bandwidthBytesPerSecond?: number;
  readonly energy: Energy;
  readonly layers?: { readonly timings: readonly LayerTiming[]; readonly unexplainedFraction: number };
}

export type ComparisonVerdict = 'faster' | 'slower' | 'equivalent' | 'inconclusive';

/** An arm against the first arm, paired by round. */
export interface ArmComparison {
  readonly name: string;
  readonly baseline: string;
  /** Median of time(arm)/time(baseline), with its interval; below 1 is faster. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  /** After Holm's correction. */
  readonly pValue: number;
  readonly verdict: ComparisonVerdict;
}

export interface Measurement {
  readonly schema: typeof MEASUREMENT_SCHEMA;
  readonly archmeter: string;
  readonly startedAt: string;
  readonly command: string;
  readonly runtime: RuntimeInfo;
  readonly device: DeviceInfo;
  readonly dtype: string;
  readonly settings: {
    readonly clock: 'wall' | 'device';
    readonly clockQuantumMs: number;
    readonly precision: number;
    readonly tolerance: number;
    readonly timeBudgetSeconds: number;
    readonly seed: number;
    readonly stoppedBy: 'precision' | 'time-budget' | 'interrupt' | 'failure';
    readonly rounds: number;
  };
  readonly arms: readonly ArmMeasurement[];
  /** The first arm timed twice under two names: what the harness calls different although it is the same. */
  readonly control?: { readonly ratio: number; readonly low: number; readonly high: number };
  readonly comparisons: readonly ArmComparison[];
  readonly environment: Readonly<Record<string, string | number | null>>;
  readonly warnings: readonly { readonly id: string; readonly text: string }[];
}
