import { spearman } from '../../src/core/statistics/correlation.js';
import { quantile } from '../../src/core/statistics/quantile.js';
import type { TableGroups } from './groups.js';
import type { HeldOutCase } from './judge.js';
import { markdownTable, percent } from './markdown.js';
import type { Table } from './tables.js';

/** Time of a mode over that of another, model by model, on one card and one PyTorch. */
export interface ModePair {
  readonly device: string;
  readonly version: string;
  readonly what: string;
  readonly fitted: boolean;
  readonly rows: number;
  readonly spearman: number;
  readonly medianError: number;
  readonly medianMeasured: number;
  readonly medianEstimated: number;
}

const casesOf = (groups: TableGroups): HeldOutCase[] =>
  [...groups.values()].flatMap(({ judgement, alone }) => [...judgement.heldOut, ...alone]);

export function pairsOfModes(groups: TableGroups): ModePair[] {
  const all = casesOf(groups).filter(({ one }) => one.table.device.kind === 'gpu');
  const tables = [...new Set(all.map(({ one }) => one.table))];
  const pairs: ModePair[] = [];
  for (const table of tables) {
    for (const other of tables) {
      if (other.device.id !== table.device.id || other.version !== table.version) continue;
      const what = difference(table, other);
      if (what === undefined) continue;
      const base = new Map(all.filter(({ one }) => one.table === table).map((judged) => [judged.one.name, judged]));
      const ratios = all.flatMap((judged) => {
        const plain = judged.one.table === other ? base.get(judged.one.name) : undefined;
        if (plain === undefined) return [];
        return {
          measured: judged.measured / plain.measured,
          estimated: (judged.estimates.archmeter as number) / (plain.estimates.archmeter as number),
        };
      });
      if (ratios.length < 10) continue;
      const measured = ratios.map((ratio) => ratio.measured);
      const estimated = ratios.map((ratio) => ratio.estimated);
      pairs.push({
        device: table.device.name,
        version: table.version,
        what,
        fitted: table.fitted && other.fitted,
        rows: ratios.length,
        spearman: spearman(estimated, measured),
        medianError: quantile(
          ratios.map((ratio) => Math.abs(ratio.estimated / ratio.measured - 1)),
          0.5,
        ),
        medianMeasured: quantile(measured, 0.5),
        medianEstimated: quantile(estimated, 0.5),
      });
    }
  }
  return pairs;
}

/** What the second table does that the first does not, where that is one thing. */
function difference(a: Table, b: Table): string | undefined {
  const compiled = a.execution === 'eager' && b.execution === 'fused';
  const channelsLast = !a.channelsLast && b.channelsLast;
  const types = a.precision === 'amp' && b.precision !== 'amp';
  const same = (key: 'execution' | 'channelsLast' | 'precision') => a[key] === b[key];
  if (compiled && same('channelsLast') && same('precision')) return 'compiled / eager';
  if (channelsLast && same('execution') && same('precision')) return 'channels last / first';
  if (types && same('execution') && same('channelsLast')) return `${b.precision} / amp`;
  return undefined;
}

export function modesReport(pairs: readonly ModePair[]) {
  const rows = pairs.map((pair) => [
    pair.what,
    `${pair.device}, PyTorch ${pair.version}`,
    pair.fitted ? 'families left out' : 'never fitted',
    String(pair.rows),
    pair.medianMeasured.toFixed(2),
    pair.medianEstimated.toFixed(2),
    pair.spearman.toFixed(2),
    percent(pair.medianError),
  ]);
  const markdown = `# Modes of execution: estimated and measured ratios

Time of one mode over that of another, model by model, on pairs of timm's tables of one card and one PyTorch. Written by
\`npm run validate:latency\`. Eager and compiled runs are fitted apart; channels last and bfloat16 have no constants of their
own. What a ratio adds over guessing the median ratio for every model shows in Spearman's coefficient.

${markdownTable(['Ratio', 'Device', 'Estimates', 'Models', 'Median measured', 'Median estimated', 'Spearman', 'Median error'], rows)}
`;
  return { name: 'modes', markdown, json: pairs };
}
