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
  /** Whether bias and activation run inside the kernel of the convolution before them, or as kernels of their own. */
  readonly execution?: 'eager' | 'fused';
}

/** Median and spread of one timed arm in one cache state, per batch. */
export interface Distribution {
  readonly medianMs: number;
  /** Interval of the median: over copies, else between two samples. Left out below 6 samples of a single copy. */
  readonly lowMs?: number;
  readonly highMs?: number;
  /** Confidence of [lowMs, highMs], e.g. 0.95. */
  readonly confidence: number;
  readonly p5Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Every sample, in the order taken. */
  readonly samplesMs: readonly number[];
  /** Median of each copy, where there are several. */
  readonly copiesMs?: readonly number[];
}

/** One call of the runtime as it was timed, before any arithmetic. */
export interface RawSample {
  /** `probe`: just after another arm, and settled, in search of carry-over. */
  readonly phase: 'warm-up' | 'probe' | 'hot' | 'cold';
  /** Which preparation of the model, from 0. */
  readonly copy?: number;
  /** 0-based; samples of one round belong together across arms. */
  readonly round: number;
  readonly iterations: number;
  readonly wallMs: number;
  readonly deviceMs?: number;
}

/** How an arm's samples came about. */
export interface TimingMethod {
  /** Dispatches in the shorter of the calls timed. */
  readonly iterations: number;
  /**
   * `single`: (time(N) - overhead)/N, where the whole time of an empty model is next to nothing beside it.
   * `corrected`: (time(N) + time(2N) - 2·overhead)/3N, where N against 2N dispatches of an empty model give the overhead,
   * and N against 2N of this arm agree with it.
   * `differenced`: (time(2N) - time(N))/N, where they do not agree or there is no empty model.
   */
  readonly reduction: 'single' | 'corrected' | 'differenced';
  /** Fixed cost of a call; null where it is not known. */
  readonly overheadMs: number | null;
  readonly warmUpSamples: number;
  /** False where the rolling median was not yet flat when the share of warm-up in the budget was spent. */
  readonly warmUpFlat: boolean;
  /** Hot samples left out since the device's clock stood below 90 % of its median under load. */
  readonly slowClockSamples?: number;
}

export type Energy =
  | {
      readonly status: 'measured';
      readonly meter: string;
      /** Per image, as the meter read it: idle power included. */
      readonly grossEnergyJoules: number;
      /** Per image, idle power subtracted; left out where the device was not at rest twice alike. */
      readonly netEnergyJoules?: number;
      /** Why there is no `netEnergyJoules`. */
      readonly netUnavailable?: string;
      readonly powerWatts: number;
      /** The device at rest, before and after the load. */
      readonly idle: { readonly before: IdleState; readonly after: IdleState };
      readonly repetitions: number;
      readonly seconds: number;
      /** Mean wall time of a run meanwhile. */
      readonly runMs?: number;
      /** Images per joule, idle power included. */
      readonly imagesPerJoule?: number;
      /** Joules per image of each domain the meter tells apart (package, dram …), idle power included. */
      readonly domainsJoules?: Readonly<Record<string, number>>;
      /** How the meter works: counter or sampling, its period and window, what was dropped. */
      readonly method?: string;
      readonly samples?: readonly { readonly atMs: number; readonly powerWatts: number }[];
    }
  | { readonly status: 'unavailable'; readonly reason: string };

/** A device at rest. */
export interface IdleState {
  readonly powerWatts: number;
  /** Power had stopped changing. */
  readonly flat: boolean;
  /** Performance state of an NVIDIA GPU: 0 is the fastest, and draws the most at rest. */
  readonly pState?: number;
  readonly clockMhz?: number;
}

export interface LayerTiming {
  /** A layer of the graph, or what the runtime calls a kernel of its own. */
  readonly name: string;
  readonly latencyMs: number;
  /** Of it, changes of layout or type that the runtime added for the layer. */
  readonly conversionMs?: number;
  /** No layer: the runtime added the work (layouts changed, shapes brought together). */
  readonly unjoined?: true;
  /** All layers that it stands for, where what was timed does not tell them apart. */
  readonly members?: readonly string[];
  /** Interval of the median over a profile's iterations, where they are six and more. */
  readonly lowMs?: number;
  readonly highMs?: number;
  /** Kernels, copies or operators of one iteration. */
  readonly kernels?: number;
  /** What its layers do in all; left out where that is not known. */
  readonly work?: LayerWork;
  /** The least time that the data sheet of the device allows for it; left out where that is not known. */
  readonly bound?: LayerBound;
}

export interface LayerWork {
  readonly madds: number;
  readonly flops: number;
  /** Read and written, values between the layers of a group included. */
  readonly bytes: number;
}

export interface LayerBound {
  readonly latencyMs: number;
  readonly by: 'compute' | 'memory';
}

/** What a profile that others made tells beside the times of layers. */
export interface TraceFacts {
  /** Of the time between the first and the last piece of work, when nothing ran; median over iterations. */
  readonly idleMs: number;
  /** Time of work that ran at the same time as other work. */
  readonly overlapMs: number;
  /** Time of the host between start and end of an iteration, where the trace tells. */
  readonly hostMs?: number;
  readonly warmUpIterations: number;
  /** Of the work in iterations, what the trace names an operator or node for. */
  readonly attributedFraction?: number;
  /** Of the time of the model, what layers were found for. */
  readonly joinedFraction: number;
  readonly joinedTo: 'model' | 'operators';
  /** Whose data sheet the bounds of layers are from. */
  readonly boundsOf?: {
    readonly id: string;
    readonly name: string;
    /** Figures that no source confirmed. */
    readonly unverified: readonly string[];
  };
}

/** The file with the weights it holds, or its graph built anew by the runtime, with random weights. */
export type TimedSource = 'file as it is' | 'rebuilt';

export type CheckedAgainst =
  | 'float64 reference'
  /** Of the graph as archmeter reads it. */
  | "float64 reference with the file's weights"
  /** The file's outputs are finite and come out the same twice: there was no reference, or its reading is in doubt. */
  | 'second run';

/** One model or block, timed. */
export interface ArmMeasurement {
  readonly name: string;
  readonly batch: number;
  readonly status: 'ok' | 'failed' | 'partial';
  /** Why it failed or stopped early. */
  readonly message?: string;
  /** Which kind of failure `message` tells of. */
  readonly failure?: FailureKind;
  readonly madds: number;
  readonly flops: number;
  readonly fusedBytes: number;
  readonly wall?: { readonly hot: Distribution; readonly cold?: Distribution };
  /** Device time, where the runtime has a device clock. */
  readonly device?: { readonly hot: Distribution; readonly cold?: Distribution };
  /** Largest error against the float64 reference (or what `against` names), over the reference's largest magnitude, before and after timing. */
  readonly check?: {
    readonly before: number;
    readonly after: number;
    readonly tolerance: number;
    readonly against?: CheckedAgainst;
  };
  /** What was timed of a model file; left out where the model came from no file. */
  readonly source?: TimedSource;
  /** Why the file was not timed as it is. */
  readonly rebuiltBecause?: string;
  readonly imagesPerSecond?: number;
  readonly maddsPerSecond?: number;
  readonly flopsPerSecond?: number;
  /** 2·madds per second over the device's peak rate. */
  readonly fractionOfPeak?: number;
  readonly bandwidthBytesPerSecond?: number;
  readonly energy: Energy;
  /** `unexplainedFraction`: (whole-model time - sum of layers) / whole-model time; negative where layers sum to more. */
  readonly layers?: { readonly timings: readonly LayerTiming[]; readonly unexplainedFraction: number };
  /** Why there are no `layers` although they were asked for. */
  readonly layersUnavailable?: string;
  /** Left out where archmeter timed it itself. */
  readonly trace?: TraceFacts;
  readonly method?: TimingMethod;
  readonly raw?: readonly RawSample[];
}

export type FailureKind =
  | 'wrong-output'
  | 'not-a-number'
  | 'device-lost'
  | 'device-error'
  | 'runtime-error'
  | 'no-answer'
  | 'above-peak'
  | 'saturated-clock';

export type ComparisonVerdict = 'faster' | 'slower' | 'equivalent' | 'inconclusive';

/** An arm against another, paired by round and copy. */
export interface ArmComparison {
  readonly name: string;
  readonly baseline: string;
  /** time(arm)/time(baseline): mean over copies of the median within each; below 1 is faster. */
  readonly ratio: number;
  /** Interval over copies; left out for a single copy. */
  readonly low?: number;
  readonly high?: number;
  /** Of the hypothesis that the ratio lies within tolerance and A/A floor; after Holm's correction. */
  readonly pValue: number;
  readonly verdict: ComparisonVerdict;
  /** What the ratio may be all due to, so that no verdict is given. */
  readonly withheldFor?: 'carry-over';
  /** Of the hypothesis that the arms differ by the tolerance or more (two one-sided tests); after Holm's correction. */
  readonly equivalencePValue?: number;
  /** Confidence of [low, high]. */
  readonly confidence?: number;
  readonly rounds?: number;
  readonly copies?: number;
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
    readonly stoppedBy: 'precision' | 'time-budget' | 'interrupt' | 'failure' | 'end-of-trace';
    readonly rounds: number;
    readonly coldRounds?: number;
    /** How often every arm was prepared anew. */
    readonly copies?: number;
    /** Each arm ran alone within a copy, at its own steady state. */
    readonly sustained?: boolean;
    /** How long each arm ran untimed before it was timed, since others were found to slow it. */
    readonly washoutMs?: number;
    readonly confidence?: number;
    readonly flushBytes?: number;
    /** Peak rate above which a measurement is refused, and where it comes from. */
    readonly peak?: { readonly flopsPerSecond: number; readonly source: string };
    /** From the first preparation to the last timing; layers and energy left out. */
    readonly elapsedSeconds?: number;
    /** Of these, for outputs and the reference before timing. */
    readonly checkSeconds?: number;
  };
  readonly arms: readonly ArmMeasurement[];
  /** How far copies of one model stand apart, of all arms together: the A/A floor. */
  readonly control?: {
    /** Two sets of so many copies of one model stand apart by no more than this ratio: none within it is claimed. */
    readonly floor: number;
    /** Deviation of the log time between copies of one arm. */
    readonly deviation: number;
    readonly copies: number;
    readonly confidence: number;
  };
  /** By arm: time of the next arm's first sample after it, over that arm's time once it has settled. */
  readonly carryOver?: readonly { readonly name: string; readonly ratio: number }[];
  readonly comparisons: readonly ArmComparison[];
  readonly environment: Readonly<Record<string, string | number | null>>;
  readonly warnings: readonly { readonly id: string; readonly text: string; readonly arm?: string }[];
}
