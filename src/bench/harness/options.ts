import type { Graph } from '../../core/ir/graph.js';
import type { DType } from '../../core/ir/tensor.js';
import type { Measurement } from '../../core/measurement.js';
import type { ModelFile } from '../define-runtime.js';
import type { MeterSession } from '../power/define-meter.js';
import type { Progress } from '../progress.js';
import type { Host } from './host.js';

/** What a figure per second is computed from. */
export interface ArmCounts {
  readonly madds: number;
  readonly flops: number;
  /** Bytes read and written under the fused execution model. */
  readonly fusedBytes: number;
}

/** Contents of a stored value of a graph, by its id. */
export type StoredContents = (id: number) => ArrayLike<number>;

/** The file that an arm's graph was read from. */
export interface ArmFile extends ModelFile {
  /** Why the graph is timed with random weights although the runtime may take the file. */
  readonly rebuild?: string | undefined;
  /** The weights it holds, for the reference; undefined where archmeter does not read them in this format. */
  weights?(): Promise<StoredContents | undefined>;
}

/** One model or block to time. */
export interface BenchmarkArm {
  readonly name: string;
  readonly graph: Graph;
  /** Images in one run of the graph; figures per image are divided by it. */
  readonly batch: number;
  /** Where the graph came from a file: the runtime times that file as it is, if it can. */
  readonly file?: ArmFile;
  /** Default: from `analyze`. */
  readonly counts?: ArmCounts;
  /** Name of the arm it is compared with. Default: the first arm. */
  readonly baseline?: string;
}

export interface BenchmarkOptions {
  /** The command line, for the record. */
  readonly command?: string;
  readonly dtype?: DType;
  /** Half-width of intervals at which timing stops, as a fraction of the median and of each ratio. Default 0.005. */
  readonly precision?: number;
  /** Smallest difference that matters, as a fraction. Default 0.01. */
  readonly tolerance?: number;
  /** From the first preparation to the last timing; layers and energy come on top. One round is always finished. Default 60. */
  readonly timeBudgetSeconds?: number;
  /** Orders, inputs, weights and resamples follow from it. Default 1. */
  readonly seed?: number;
  /** Confidence of intervals. Default 0.95. */
  readonly confidence?: number;
  /** Times each arm with flushed caches too. Default true. */
  readonly cold?: boolean;
  /** Times each arm alone at its own steady state, one after the other within a copy. Default false. */
  readonly sustained?: boolean;
  /** Times each layer, where the runtime can. Default false. */
  readonly perLayer?: boolean;
  /** Largest error against the reference, over the reference's largest magnitude. Default by dtype. */
  readonly checkTolerance?: number;
  /** Bytes written to flush caches: at least twice the last-level cache. Default: from the machine. */
  readonly flushBytes?: number;
  /** Rates above it are refused. */
  readonly peak?: { readonly flopsPerSecond: number; readonly source: string };
  /** Shortest work that one sample spans. Default 10 ms. */
  readonly minimumSampleMs?: number;
  /** How often each arm is prepared anew at most; 1 where arms are not compared. Default 8. */
  readonly copies?: number;
  /** Rounds before timing may stop, over all copies. Default 16. */
  readonly minimumRounds?: number;
  readonly maximumRounds?: number;
  /** Longest that a call of the runtime may take. Default 300, or twice the time budget where that is more. */
  readonly callLimitSeconds?: number;
}

/** What the harness is given of the world. All optional. */
export interface BenchmarkHooks {
  /**
   * Outputs of the graph in float64 accumulation, with the weights of its file or those that `seed` gives every runtime.
   * It may return the first images of each output only: as many elements as it returns are compared.
   */
  reference?(
    graph: Graph,
    seed: number,
    inputs: readonly Float32Array[],
    weights?: StoredContents,
  ): readonly ArrayLike<number>[] | Promise<readonly ArrayLike<number>[]>;
  onProgress?(progress: Progress): void;
  /** Called with all that is known so far, so that a killed run leaves its results. */
  onPartial?(measurement: Measurement): void | Promise<void>;
  /** Ends timing after the sample under way; what is finished is returned. */
  readonly signal?: AbortSignal;
  readonly meter?: MeterSession;
  /** Default: a machine that tells nothing of itself. */
  readonly host?: Host;
  /** Milliseconds on a clock that only goes forward. Default `performance.now`. */
  now?(): number;
  sleep?(ms: number): Promise<void>;
}

export type Settings = Required<Omit<BenchmarkOptions, 'peak' | 'maximumRounds'>> &
  Pick<BenchmarkOptions, 'peak' | 'maximumRounds'>;
