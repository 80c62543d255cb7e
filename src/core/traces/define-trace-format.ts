import type { ByteSource } from '../importers/define-importer.js';
import type { Trace } from './trace.js';

export interface TraceOptions {
  /** What a second file of the same profiler tells of its layers (TensorRT). */
  readonly layerInfo?: ByteSource | undefined;
}

/** One format of profiles. A file or folder in `core/traces` whose default export is a TraceFormat. */
export interface TraceFormat {
  readonly format: string;
  readonly title: string;
  /** What to run on the machine with the device, to be pasted, where a program makes such a profile. */
  readonly how?: string;
  /** Whether the first text of the file (up to 1 Mi characters, decompressed) is of this format. Never throws. */
  matches(head: string): boolean;
  /** Throws ArchmeterError on anything wrong with the file. */
  read(source: ByteSource, options: TraceOptions): Promise<Trace>;
}

export function defineTraceFormat(format: TraceFormat): TraceFormat {
  return format;
}
