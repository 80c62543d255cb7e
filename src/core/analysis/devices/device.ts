/** A figure of a device that may be missing or unconfirmed. */
export type DeviceField =
  | 'processNm'
  | 'computeUnits'
  | 'float32Tflops'
  | 'float16Tflops'
  | 'tensorFloat16Tflops'
  | 'tensorFloat16AccumulateTflops'
  | 'memoryBandwidthGbs'
  | 'l2Megabytes'
  | 'lastLevelCacheMegabytes'
  | 'tdpWatts'
  | 'matrixFloat32Tflops'
  | 'tensorFloat32Tflops'
  | 'tensorFloat8Tflops'
  | 'tensorInt8Tops'
  | 'baseClockMhz'
  | 'boostClockMhz';

export type DevicePart = 'desktop' | 'server' | 'embedded';

/**
 * What a datasheet says of a processor. Rates are dense (no sparsity), at boost clock, 2 per multiply-add;
 * units are those of datasheets: 10^12 op/s, 10^9 byte/s, 2^20 bytes.
 */
export interface Device {
  /** Lower case with dashes: `rtx-3090`. */
  readonly id: string;
  readonly name: string;
  readonly kind: 'gpu' | 'cpu';
  /** What it was built for: cards of desktops and workstations, of servers, or chips of boards and notebooks. */
  readonly part?: DevicePart;
  /** Other spellings that people use. */
  readonly aliases: readonly string[];
  readonly architecture: string;
  readonly processNm: number | null;
  /** Streaming multiprocessors, compute units or cores. */
  readonly computeUnits: number | null;
  readonly float32Tflops: number;
  /** Vector rate of 16-bit floats; null where it is that of 32-bit ones or unknown. */
  readonly float16Tflops: number | null;
  /** Matrix units, 16-bit operands, sums kept in 32 bits: what frameworks use. Null without matrix units. */
  readonly tensorFloat16Tflops: number | null;
  /** The same with sums kept in 16 bits. */
  readonly tensorFloat16AccumulateTflops: number | null;
  /** Matrix units, 32-bit operands kept whole (AMD's CDNA). */
  readonly matrixFloat32Tflops?: number | null;
  /** Matrix units, 32-bit operands cut to 19 bits (TF32). */
  readonly tensorFloat32Tflops?: number | null;
  /** Matrix units, 8-bit floats and integers; 16-bit rates stand where there are none. */
  readonly tensorFloat8Tflops?: number | null;
  readonly tensorInt8Tops?: number | null;
  /** Clock that the maker guarantees at the board's power, and the one that its rates are stated at. */
  readonly baseClockMhz?: number | null;
  readonly boostClockMhz?: number | null;
  readonly memoryBandwidthGbs: number;
  readonly l2Megabytes: number | null;
  /** Beyond L2, shared by the whole chip. */
  readonly lastLevelCacheMegabytes: number | null;
  readonly memoryGigabytes: number | null;
  readonly memoryType: string | null;
  readonly tdpWatts: number | null;
  /** Where the figures come from. */
  readonly sources: readonly string[];
  /** Fields that no source opened for this table confirmed: said in every output that leans on them. */
  readonly unverified: readonly DeviceField[];
  readonly note: string | null;
}

/** Heading and unit of each figure. */
export const DEVICE_FIELDS: Readonly<Record<DeviceField, { readonly heading: string; readonly unit: string }>> = {
  processNm: { heading: 'Node', unit: 'nm' },
  computeUnits: { heading: 'Units', unit: '' },
  float32Tflops: { heading: 'fp32', unit: 'TFLOP/s' },
  float16Tflops: { heading: 'fp16', unit: 'TFLOP/s' },
  tensorFloat16Tflops: { heading: 'fp16 matrix, fp32 sums', unit: 'TFLOP/s' },
  tensorFloat16AccumulateTflops: { heading: 'fp16 matrix, fp16 sums', unit: 'TFLOP/s' },
  memoryBandwidthGbs: { heading: 'Bandwidth', unit: 'GB/s' },
  l2Megabytes: { heading: 'L2', unit: 'MiB' },
  lastLevelCacheMegabytes: { heading: 'Last-level cache', unit: 'MiB' },
  tdpWatts: { heading: 'TDP', unit: 'W' },
  matrixFloat32Tflops: { heading: 'fp32 matrix', unit: 'TFLOP/s' },
  tensorFloat32Tflops: { heading: 'tf32 matrix', unit: 'TFLOP/s' },
  tensorFloat8Tflops: { heading: 'fp8 matrix', unit: 'TFLOP/s' },
  tensorInt8Tops: { heading: 'int8 matrix', unit: 'TOP/s' },
  baseClockMhz: { heading: 'Base clock', unit: 'MHz' },
  boostClockMhz: { heading: 'Boost clock', unit: 'MHz' },
};
