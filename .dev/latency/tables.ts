import { DEVICES, type Device, matchDevice } from '../../src/core/analysis/devices/index.js';
import type { Precision } from '../../src/core/analysis/latency/precision.js';
import type { ExecutionModel } from '../../src/core/analysis/result.js';
import type { ReferenceFolder } from '../../test/reference.js';

const FOLDER = 'timm-benchmarks';

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
  readonly rows: readonly Row[];
  /** Why rows of the file are left out, if any are. */
  readonly note: string | null;
}

/** Every table of throughputs; device, precision and execution from the file's name. */
export function readTables(reference: ReferenceFolder): { tables: Table[]; skipped: string[] } {
  const tables: Table[] = [];
  const skipped: string[] = [];
  for (const file of reference.names(FOLDER)) {
    if (!/^benchmark-infer.*\.csv$/.test(file)) continue;
    const device = deviceOf(file);
    if (device === undefined) {
      skipped.push(`${file}: its name holds no device that archmeter knows`);
      continue;
    }
    const rows = readRows(reference.text(`${FOLDER}/${file}`));
    tables.push({
      file,
      device,
      precision: /-amp-/.test(file) ? 'amp' : /-fp16-|-half-/.test(file) ? 'float16' : 'float32',
      execution: /dynamo|compile|inductor/.test(file) ? 'fused' : 'eager',
      channelsLast: /-nhwc-/.test(file),
      rows,
      note: null,
    });
  }
  return { tables, skipped };
}

/** The longest part of the name, between dashes, that is a device. */
function deviceOf(file: string): Device | undefined {
  const parts = file.replace(/\.csv$/, '').split('-');
  for (let length = parts.length; length > 0; length--) {
    for (let from = parts.length - length; from >= 0; from--) {
      const found = matchDevice(parts.slice(from, from + length).join('-'), DEVICES);
      if (found !== undefined && found.id !== 'generic-cpu') return found;
    }
  }
  return undefined;
}

function readRows(text: string): Row[] {
  const [head = '', ...lines] = text.trim().split(/\r?\n/);
  const names = head.split(',');
  const seen = new Set<string>();
  return lines.flatMap((line) => {
    const cells = line.split(',');
    const cell = (name: string) => cells[names.indexOf(name)] ?? '';
    const row: Row = {
      model: cell('model').replace(/\..*$/, ''),
      resolution: Number(cell('infer_img_size')),
      imagesPerSecond: Number(cell('infer_samples_per_sec')),
      batch: Number(cell('infer_batch_size')),
      params: Number(cell('param_count')),
      gmacs: Number(cell('infer_gmacs')),
      macts: Number(cell('infer_macts')),
    };
    const key = `${row.model}@${row.resolution}`;
    if (!(row.imagesPerSecond > 0) || seen.has(key)) return [];
    seen.add(key);
    return [row];
  });
}
