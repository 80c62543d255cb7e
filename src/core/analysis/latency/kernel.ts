import { COMPUTE_CLASSES, type ComputeClass, type KernelClass } from '../../ops/execution.js';

/** How products are computed: `float16` stands for bfloat16 as well, which every device runs at its rate. */
export type Arithmetic = 'float32' | 'tf32' | 'float16' | 'float8' | 'int8';

/** What one kernel of one forward pass does. Counts are of the graph's own batch. */
export interface Kernel {
  readonly class: KernelClass;
  /** Index of the node that the time is booked on. */
  readonly node: number;
  readonly madds: number;
  /** Bytes of activations read and written. */
  readonly readBytes: number;
  readonly writeBytes: number;
  /** Bytes of weights read: they do not grow with the batch. */
  readonly weightBytes: number;
  /** A contraction as matrix products of rows x depth by depth x width, `groups` of them. Other kernels: `depth` is the row of a
   * normalisation or reduction, the rest is zero. */
  readonly rows: number;
  readonly depth: number;
  readonly width: number;
  readonly groups: number;
  /** Kernels launched one after the other, each waiting for the last (recurrent steps). */
  readonly steps: number;
  /** Loads that each thread makes one after the other, and how many threads there are; 0 where work is spread out. */
  readonly serialLoads: number;
  readonly threads: number;
  /** Of its products. */
  readonly arithmetic: Arithmetic;
  /** Whether an image's channels lie last in memory. */
  readonly channelsLast: boolean;
  /** Whether its work grows with the batch: false where it only reshapes weights. */
  readonly batched: boolean;
}

const COMPUTE: ReadonlySet<string> = new Set(COMPUTE_CLASSES);

export function isComputeClass(name: KernelClass): name is ComputeClass {
  return COMPUTE.has(name);
}
