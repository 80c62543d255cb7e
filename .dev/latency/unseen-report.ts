import { median } from '../../src/core/statistics/quantile.js';
import { logOf, type TableGroups } from './groups.js';
import { type DeviceIntervals, distanceFrom, type Intervals } from './interval-pools.js';
import { type Coverage, coverageOf } from './intervals.js';
import { type HeldOutCase, judge } from './judge.js';
import { markdownTable, percent } from './markdown.js';
import type { Accuracy } from './metrics.js';
import type { Table } from './tables.js';

export interface UnseenRow {
  readonly file: string;
  readonly device: string;
  readonly mode: string;
  /** False for other modes of devices that were fitted. */
  readonly neverFitted: boolean;
  readonly accuracy: Accuracy;
  readonly bias: number;
  readonly roofline: Accuracy;
  readonly linear: Accuracy;
  readonly coverage: Coverage;
}

const bias = (cases: readonly HeldOutCase[]) =>
  median(cases.map(({ measured, estimates }) => (estimates.archmeter as number) / measured - 1));

/** timm's tables that no constant was fitted to. */
export function unseenReport(groups: TableGroups, intervals: Intervals) {
  const rows: UnseenRow[] = [];
  const failures: string[][] = [];
  for (const [name, { alone, judgement }] of groups) {
    for (const table of new Set(alone.map(({ one }) => one.table))) {
      const own = alone.filter(({ one }) => one.table === table);
      // A device that was fitted in another mode has its own interval.
      const known = judgement.heldOut.filter(({ one }) => one.table.device.id === table.device.id);
      const fitted = judgement.heldOut.map(({ one }) => one.table.device);
      const interval =
        known.length > 0
          ? intervals.ofTimed((known[0] as HeldOutCase).one.table)
          : (intervals.groups.get(name) as DeviceIntervals).at(distanceFrom(fitted, table.device));
      rows.push({
        file: table.file,
        device: table.device.name,
        mode: modeText(table),
        neverFitted: known.length === 0,
        accuracy: judge(own),
        bias: bias(own),
        roofline: judge(own, 'roofline'),
        linear: judge(own, 'linear'),
        coverage: coverageOf(own.map(logOf), interval),
      });
      if (known.length === 0) failures.push(...worstFamilies(table, own));
    }
  }
  const markdown = `# Devices and modes never fitted

timm's tables that no constant was fitted to, estimated from the data sheet with what devices of the same part share. Written by
\`npm run validate:latency\`. Roofline: peak or full bandwidth layer by layer, one factor; linear: MAdds and activations; both fitted
to the newest RTX 4090 table of the same execution, the linear fit scaled by bandwidth. 90 % intervals are conformal: the biases
of devices that were left out, scaled to how far this one lies from those that were fitted (another architecture; short of power),
paired with what families stray; of cards that were fitted, those of another version (\`.dev/latency/intervals.ts\`);
width is high over low, less 1.

${markdownTable(
  [
    'Device',
    'Mode',
    'Rows',
    'Median error',
    '90th percentile',
    'Bias',
    'Spearman',
    'Roofline',
    'Linear',
    'Inside 90 %',
    'Width',
  ],
  rows.map((row) => [
    row.neverFitted ? `**${row.device}**` : row.device,
    row.mode,
    String(row.accuracy.rows),
    percent(row.accuracy.median),
    percent(row.accuracy.p90),
    percent(row.bias),
    row.accuracy.spearman.toFixed(3),
    percent(row.roofline.median),
    percent(row.linear.median),
    percent(row.coverage.inside, 0),
    percent(row.coverage.width, 0),
  ]),
)}

## Where it fails, by family

${markdownTable(['Device', 'Mode', 'Family', 'Rows', 'Median bias'], failures)}
`;
  return { name: 'unseen', markdown, json: rows };
}

function modeText({ precision, execution, channelsLast, version }: Table): string {
  return `${precision}, ${execution === 'fused' ? 'compiled' : 'eager'}${channelsLast ? ', channels last' : ''}, PyTorch ${version}`;
}

function worstFamilies(table: Table, cases: readonly HeldOutCase[]): string[][] {
  const families = [...new Set(cases.map(({ one }) => one.family))];
  return families
    .map((family) => {
      const own = cases.filter(({ one }) => one.family === family);
      return { family, rows: own.length, bias: bias(own) };
    })
    .sort((a, b) => Math.abs(b.bias) - Math.abs(a.bias))
    .slice(0, 4)
    .map(({ family, rows, bias: off }) => [table.device.name, modeText(table), family, String(rows), percent(off)]);
}
