import { readFileSync } from 'node:fs';
import { ArchmeterError } from '../../core/errors.js';
import type { MeterProbe, MeterTarget, PowerMeter, PowerSample } from './define-meter.js';
import { sampledSession } from './sampled-session.js';
import { updatePeriodMs } from './sampling.js';

/** How long to wait for the watt-meter's last line. */
const PATIENCE_MS = 5000;

/**
 * An external watt-meter whose logger appends to a CSV file while archmeter measures: `csv:FILE`. A header names a
 * column of times (ISO 8601, or Unix seconds or milliseconds) and one of watts.
 */
export function createCsvMeter({ patienceMs = PATIENCE_MS, now = Date.now } = {}): PowerMeter {
  const probe = async (target?: MeterTarget): Promise<MeterProbe> => {
    if (target?.argument !== undefined) return { available: true };
    return { available: false, reason: 'it needs a file', remedy: '--meter csv:FILE' };
  };
  return {
    name: 'csv',
    title: 'External watt-meter that logs to a CSV file',
    probe,
    async open({ argument: file }) {
      if (file === undefined || file === '')
        throw new ArchmeterError('the CSV meter needs a file', 'Give --meter csv:FILE.');
      const known = readCsv(file);
      const periodMs = updatePeriodMs(known) ?? 1000;
      return sampledSession(
        'csv',
        { periodMs, windowMs: periodMs, riseMs: 2 * periodMs, description: `watt-meter log ${file}` },
        async () => ({
          async stop() {
            const until = now();
            for (;;) {
              const samples = readCsv(file);
              const last = samples[samples.length - 1]?.atMs ?? 0;
              if (last >= until || now() >= until + patienceMs) return samples;
              await new Promise((resolve) => setTimeout(resolve, Math.min(100, patienceMs)));
            }
          },
        }),
        { now },
      );
    },
  };
}

/**
 * Readings of a watt-meter's log, in order of time.
 *
 * @throws ArchmeterError naming the file and line
 */
export function readCsv(file: string): PowerSample[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new ArchmeterError('the watt-meter log cannot be read', 'Start the logger first.', { file });
  }
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const head = lines[0] ?? '';
  const separator = [';', '\t', ','].find((mark) => head.includes(mark)) ?? ',';
  const names = head.split(separator).map((name) => name.trim().toLowerCase());
  const timeColumn = names.findIndex((name) => /time|date/.test(name));
  const powerColumn = names.findIndex((name) => /power|watt|^p?\s*[[(]?w[\])]?$/.test(name));
  if (timeColumn < 0 || powerColumn < 0) {
    throw new ArchmeterError(
      'the header names no column of times and of watts',
      "Name them, e.g. 'timestamp,power_watts'.",
      { file, line: 1 },
    );
  }
  const samples: PowerSample[] = [];
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] as string;
    // The logger may be in the middle of the last line.
    if (line.trim() === '' || i === lines.length - 1) continue;
    const cells = line.split(separator);
    const atMs = timeOf(cells[timeColumn] ?? '');
    const watts = cells[powerColumn]?.trim() ?? '';
    const powerWatts = Number(separator === ',' ? watts : watts.replace(',', '.'));
    if (!Number.isFinite(atMs) || watts === '' || !Number.isFinite(powerWatts))
      throw new ArchmeterError('the line holds no time and watts', undefined, { file, line: i + 1 });
    samples.push({ atMs, powerWatts });
  }
  return samples.sort((a, b) => a.atMs - b.atMs);
}

function timeOf(cell: string): number {
  const text = cell.trim();
  const number = Number(text);
  if (text !== '' && Number.isFinite(number)) return number < 1e11 ? number * 1000 : number;
  return Date.parse(text);
}

export default createCsvMeter();
