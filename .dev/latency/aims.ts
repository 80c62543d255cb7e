import { quantile } from '../../src/core/statistics/quantile.js';
import type { Coverage } from './intervals.js';
import { judge } from './judge.js';
import { markdownTable, percent } from './markdown.js';
import type { ModePair } from './modes.js';
import type { TableJudgement } from './report.js';
import type { ServerJson } from './server-report.js';
import type { UnseenRow } from './unseen-report.js';

interface Aim {
  readonly what: string;
  readonly aim: string;
  readonly reached: string;
  readonly met: boolean;
}

/** The figures that the estimates are held to, beside what they reach: also where they miss. */
export function aimsReport(
  judgements: readonly TableJudgement[],
  unseen: readonly UnseenRow[],
  server: ServerJson,
  pairs: readonly ModePair[],
) {
  const aims: Aim[] = [];
  const add = (what: string, aim: string, reached: string, met: boolean) => aims.push({ what, aim, reached, met });
  for (const [device, limit] of [
    ['rtx-3090', 0.044],
    ['rtx-4090', 0.043],
  ] as const) {
    const table = judgements.find(
      ({ table }) => table.device.id === device && table.version === '2.4.0' && table.execution === 'eager',
    );
    if (table === undefined) continue;
    const exported = judge(table.heldOut.filter(({ one }) => one.origin === 'exported'));
    const all = judge(table.heldOut);
    const text = `${percent(exported.median)} (exported), ${percent(all.median)} (all)`;
    add(
      `${table.table.device.name}, families left out: median`,
      `≤ ${percent(limit)}`,
      text,
      exported.median <= limit + 5e-4,
    );
    add(`${table.table.device.name}, families left out: 90th percentile`, '≤ 15 %', percent(all.p90), all.p90 <= 0.15);
  }
  for (const row of unseen.filter(({ neverFitted, mode }) => neverFitted && /^amp, eager/.test(mode))) {
    const { median, spearman } = row.accuracy;
    add(`${row.device}, by its data sheet: median`, '≤ 9 %', percent(median), median <= 0.09);
    add(`${row.device}, by its data sheet: bias`, 'within ±4 %', percent(row.bias), Math.abs(row.bias) <= 0.04);
    add(`${row.device}, by its data sheet: Spearman`, '≥ 0.97', spearman.toFixed(3), spearman >= 0.97);
  }
  const eager = server.models.filter(
    ({ execution, device }) => execution === 'eager' && !/P4|P100|Instinct/.test(device),
  );
  const figure = (row: (typeof eager)[number]) => (row.calibrated ? row.median : row.unseen);
  if (eager.length > 0) {
    const medians = eager.map(figure);
    const worst = eager.reduce((a, b) => (figure(a) > figure(b) ? a : b));
    const middle = quantile(medians, 0.5);
    add('Language models on T4, V100, A100, L4, H100: median over devices', '≤ 10 %', percent(middle), middle <= 0.1);
    add('The same: worst device', '≤ 20 %', `${percent(figure(worst))} (${worst.device})`, figure(worst) <= 0.2);
  }
  const products = server.products.filter(({ neverFitted }) => !neverFitted).map(({ median }) => median);
  if (products.length > 0) {
    const middle = quantile(products, 0.5);
    add('Products of a device left out: median over devices', '≤ 12 %', percent(middle), middle <= 0.12);
  }
  for (const row of server.products.filter(({ neverFitted }) => neverFitted))
    add(`Products, ${row.device}, never fitted: median`, '≤ 12 %', percent(row.median), row.median <= 0.12);
  const shares: number[] = [];
  const interval = (what: string, coverage: Coverage) => {
    shares.push(coverage.inside);
    add(`90 % interval, ${what}`, '85 to 95 %', text(coverage), covered(coverage.inside));
  };
  const covered = (inside: number) => inside >= 0.85 && inside <= 0.95;
  for (const { device, mode, coverage } of unseen.filter(({ neverFitted }) => neverFitted))
    interval(`${device}, ${mode}`, coverage);
  for (const { device, execution, coverage } of server.models.filter(({ neverFitted }) => neverFitted))
    interval(`language models, ${device}, ${execution}`, coverage);
  for (const { device, coverage } of server.products.filter(({ neverFitted }) => neverFitted))
    interval(`products, ${device}`, coverage);
  if (shares.length > 0) {
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    add(`90 % interval, mean of the ${shares.length} sets above`, '85 to 95 %', percent(mean, 0), covered(mean));
  }
  for (const pair of pairs.filter(({ what }) => what === 'compiled / eager')) {
    const where = `${pair.device}, PyTorch ${pair.version}${pair.fitted ? '' : ', never fitted'}`;
    add(`Compiled / eager, ${where}: Spearman`, '≥ 0.8', pair.spearman.toFixed(2), pair.spearman >= 0.8);
    add(`Compiled / eager, ${where}: median error`, '≤ 8 %', percent(pair.medianError), pair.medianError <= 0.08);
  }
  const markdown = `# What the estimates are held to

Written by \`npm run validate:latency\`; the other pages of this folder show each figure with its rows. ${aims.filter(({ met }) => met).length} of ${aims.length} are met.

Sets that are never fitted (the RTX 5090 and RTX PRO 6000 tables, the language models of the L4 and H100, products of the L40S,
H200 and RTX PRO 6000) set no constant and no width; they were looked at some ten times while the law was built, so that they
are no longer quite fresh. An interval promises nine of ten over devices to come, not on each one: a device's bias takes all of its
rows out or none, and of four rows no share lies between 85 and 95 %.

${markdownTable(
  ['Figure', 'Aim', 'Reached', ''],
  aims.map(({ what, aim, reached, met }) => [what, aim, reached, met ? 'met' : '**missed**']),
)}
`;
  return { name: 'aims', markdown, json: aims };
}

const text = ({ inside, width, rows }: Coverage) => `${percent(inside, 0)} of ${rows}, width ${percent(width, 0)}`;
