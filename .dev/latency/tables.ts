import { DEVICES, type Device, matchDevice } from '../../src/core/analysis/devices/index.js';
import type { Precision } from '../../src/core/analysis/latency/precision.js';
import type { ExecutionModel } from '../../src/core/analysis/result.js';
import { listTables, readTable } from './reference.js';

export interface Row {
  readonly model: string;
  readonly resolution: number;
  readonly imagesPerSecond: number;
  readonly batch: number;
  /** In millions, as timm prints them. */
  readonly params: number;
  /** timm's GMACs and MActs: with normalisation, and conv outputs. */
  readonly gmacs: number;
  readonly macts: number;
}

export interface Table {
  readonly file: string;
  readonly device: Device;
  readonly precision: Precision;
  readonly execution: ExecutionModel;
  readonly channelsLast: boolean;
  /** Of PyTorch. */
  readonly version: string;
  /** False where it is judged only, never fitted. */
  readonly fitted: boolean;
  readonly rows: readonly Row[];
}

/** Never fitted: two devices; channels last, a mode that the constants of channels first shall foretell. */
const JUDGED_ALONE = /5090|pro6000|-nhwc-/;

/** Tables that are fitted together: one part of devices, one execution. */
export const groupOf = ({ device, execution }: Table): string => `${device.part ?? device.kind}-${execution}`;

/** timm's tables; device, software, precision and execution from the file's name. */
export function timmTables(): Table[] {
  return listTables('timm/').flatMap((name) => {
    const device = deviceOf(name);
    if (device === undefined) throw new Error(`${name} names no device that archmeter knows`);
    return {
      file: `${name.slice('timm/'.length)}.csv`,
      device,
      precision: /-amp_bf16-/.test(name)
        ? 'amp-bfloat16'
        : /-amp-/.test(name)
          ? 'amp'
          : /-bf16-/.test(name)
            ? 'bfloat16'
            : 'float32',
      execution: /dynamo/.test(name) ? 'fused' : 'eager',
      channelsLast: /-nhwc-/.test(name),
      version: /pt(\d)(\d+)(\d)/.exec(name)?.slice(1).join('.') ?? '',
      fitted: !JUDGED_ALONE.test(name),
      rows: readRows(name),
    } as const;
  });
}

/** The longest part of the name, between dashes, that is a device. */
function deviceOf(file: string): Device | undefined {
  const parts = file.split(/[-/]/);
  for (let length = parts.length; length > 0; length--) {
    for (let from = parts.length - length; from >= 0; from--) {
      const found = matchDevice(parts.slice(from, from + length).join('-'), DEVICES);
      if (found !== undefined && found.id !== 'generic-cpu') return found;
    }
  }
  return undefined;
}

function readRows(name: string): Row[] {
  const seen = new Set<string>();
  return readTable(name).flatMap((cells) => {
    const row: Row = {
      model: (cells['model'] ?? '').replace(/\..*$/, ''),
      resolution: Number(cells['infer_img_size']),
      imagesPerSecond: Number(cells['infer_samples_per_sec']),
      batch: Number(cells['infer_batch_size']),
      params: Number(cells['param_count']),
      gmacs: Number(cells['infer_gmacs']),
      macts: Number(cells['infer_macts']),
    };
    const key = `${row.model}@${row.resolution}`;
    if (!(row.imagesPerSecond > 0) || seen.has(key)) return [];
    seen.add(key);
    return [row];
  });
}
