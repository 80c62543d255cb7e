import { quantile } from '../../src/core/statistics/quantile.js';
import type { AllRows } from './all-rows.js';
import type { ClaimRow, Interval } from './claim.js';
import { FOLDS, type HeldOutCase, judge } from './judge.js';
import { markdownTable, percent } from './markdown.js';
import type { Accuracy } from './metrics.js';
import { PREDICTORS } from './predictors.js';
import type { Table } from './tables.js';

export interface TableJudgement {
  readonly table: Table;
  readonly heldOut: readonly HeldOutCase[];
  readonly unseen: readonly HeldOutCase[];
  readonly allRows: AllRows;
  readonly claim: readonly ClaimRow[];
}

const TITLES: Readonly<Record<string, string>> = {
  archmeter: '**archmeter**',
  ...Object.fromEntries(PREDICTORS.map(({ id, title }) => [id, title])),
};

const HEAD = ['', 'Rows', 'Median error', '90th percentile', 'Spearman', 'Kendall', 'Within ±10 %', 'Within ±25 %'];

function row(title: string, a: Accuracy): string[] {
  return [
    title,
    String(a.rows),
    percent(a.median),
    percent(a.p90),
    a.spearman.toFixed(3),
    a.kendall.toFixed(3),
    percent(a.within10, 0),
    percent(a.within25, 0),
  ];
}

export function latencyReport(judgements: readonly TableJudgement[]) {
  const sections = judgements.map((judgement) => section(judgement));
  const markdown = `# Estimated latency beside published timings

Written by \`npm run validate:latency\`. Timings: timm's published tables (PyTorch, others' machines). Time of an image is
batch over throughput. Error: absolute, as a part of the measured time.

**Split.** Architectures are sorted into families (\`.dev/latency/families.ts\`); families are dealt into ${FOLDS} folds in
alphabetical order. Each fold is judged by fits to the other folds alone, so that no relative of a judged architecture
was fitted on; each architecture is judged once. Tables of one kind and mode are fitted together: shared constants, and
each device's deviation from them. The other predictors are fitted on the same training rows: one factor each, two
non-negative coefficients for the linear fit.

**Exported** are architectures with a file in the reference set; **all** adds those that archmeter's zoo builds.
**From the specification alone**: the device's rows were left out of the fit; only its data sheet enters.
**All rows** of a table: held-out estimates where the graph is at hand; elsewhere a Gaussian process on timm's printed
totals and names, fitted on the rows of other models (\`.dev/latency/totals-only.ts\`).

${sections.join('\n\n')}
`;
  const json = judgements.map(({ table, heldOut, unseen, allRows }) => ({
    table: table.file,
    device: table.device.id,
    unverified: table.device.unverified,
    heldOut: {
      exported: byPredictor(heldOut.filter(({ one }) => one.origin === 'exported')),
      all: byPredictor(heldOut),
    },
    specificationAlone: unseen.length === 0 ? null : judge(unseen),
    allRows,
    intervalCoverage: coverage(heldOut),
    families: familyErrors(heldOut),
    rows: heldOut.map(({ one, measured, estimates }) => ({
      model: one.name,
      family: one.family,
      origin: one.origin,
      measuredMilliseconds: 1e3 * measured,
      estimatedMilliseconds: 1e3 * (estimates.archmeter as number),
    })),
  }));
  return { name: 'latency', markdown, json };
}

function byPredictor(cases: readonly HeldOutCase[]) {
  return Object.fromEntries(Object.keys(cases[0]?.estimates ?? {}).map((id) => [id, judge(cases, id)]));
}

function section({ table, heldOut, unseen, allRows }: TableJudgement): string {
  const parts = [`## ${table.device.name}`, `\`${table.file}\`: ${table.precision}, ${table.execution} execution.`];
  if (table.device.unverified.length > 0) {
    parts.push(`Figures of the device that no source confirmed: ${table.device.unverified.join(', ')}.`);
  }
  const exported = heldOut.filter(({ one }) => one.origin === 'exported');
  for (const [title, list] of [
    ['Held-out architectures, exported', exported],
    ['Held-out architectures, all', heldOut],
  ] as const) {
    if (list.length === 0) continue;
    const rows = Object.keys(list[0]?.estimates ?? {}).map((id) => row(TITLES[id] ?? id, judge(list, id)));
    parts.push(`### ${title}`, markdownTable(HEAD, rows));
  }
  const whole = [
    row(`All rows (${allRows.withGraph} by graph)`, allRows.all),
    row('All rows, totals alone', allRows.totalsOnly),
  ];
  if (unseen.length > 0) {
    whole.push(
      row('From the specification alone, exported', judge(unseen.filter(({ one }) => one.origin === 'exported'))),
    );
    whole.push(row('From the specification alone, all', judge(unseen)));
  }
  parts.push('### All rows, and the device unseen', markdownTable(HEAD, whole));
  const worst = familyErrors(heldOut).slice(0, 8);
  parts.push(
    '### Where it fails',
    markdownTable(
      ['Family', 'Rows', 'Median error', 'Median bias', 'Worst'],
      worst.map(({ family, rows, median, bias, worst: one }) => [
        family,
        String(rows),
        percent(median),
        percent(bias),
        one,
      ]),
    ),
    remark(heldOut),
    `Intervals of nominally 90 %, from the errors of the other families, hold ${percent(coverage(heldOut), 0)} of the rows.`,
  );
  return parts.join('\n\n');
}

/** Part of the rows that lie within the interval which the errors of the other families give. */
export function coverage(cases: readonly HeldOutCase[]): number {
  const log = ({ measured, estimates }: HeldOutCase) => Math.log(measured / (estimates.archmeter as number));
  const families = [...new Set(cases.map(({ one }) => one.family))];
  let inside = 0;
  for (const family of families) {
    const others = cases.filter(({ one }) => one.family !== family).map(log);
    const [low, high] = [quantile(others, 0.05), quantile(others, 0.95)];
    for (const judged of cases) if (judged.one.family === family && log(judged) >= low && log(judged) <= high) inside++;
  }
  return inside / cases.length;
}

interface FamilyError {
  readonly family: string;
  readonly rows: number;
  readonly median: number;
  /** Above 0: estimated slower than it was. */
  readonly bias: number;
  readonly worst: string;
}

function familyErrors(heldOut: readonly HeldOutCase[]): FamilyError[] {
  const families = [...new Set(heldOut.map(({ one }) => one.family))];
  return families
    .map((family) => {
      const members = heldOut.filter(({ one }) => one.family === family);
      const errors = members.map(({ measured, estimates }) => (estimates.archmeter as number) / measured - 1);
      const worst = errors.reduce((at, error, i) => (Math.abs(error) > Math.abs(errors[at] as number) ? i : at), 0);
      const sign = (errors[worst] as number) > 0 ? '+' : '';
      return {
        family,
        rows: members.length,
        median: quantile(errors.map(Math.abs), 0.5),
        bias: quantile(errors, 0.5),
        worst: `${members[worst]?.one.name} ${sign}${percent(errors[worst] as number)}`,
      };
    })
    .sort((a, b) => b.median - a.median);
}

/** What kernels the worst estimates are made of. */
function remark(heldOut: readonly HeldOutCase[]): string {
  const bad = heldOut.filter(
    ({ measured, estimates }) => Math.abs((estimates.archmeter as number) / measured - 1) > 0.25,
  );
  if (bad.length === 0) return 'No estimate is off by more than 25 %.';
  const slow = bad.filter(({ measured, estimates }) => (estimates.archmeter as number) > measured).length;
  return `${bad.length} of ${heldOut.length} estimates are off by more than 25 %: ${slow} too slow, ${bad.length - slow} too fast.`;
}

const span = ({ estimate, low, high }: Interval, format: (value: number) => string) =>
  `${format(estimate)} (${format(low)} to ${format(high)})`;

export function claimReport(judgements: readonly TableJudgement[]) {
  const sections = judgements.map(({ table, heldOut, claim }) => {
    const ordered = [...claim].sort((a, b) => b.spearman.estimate - a.spearman.estimate);
    const families = new Set(heldOut.map(({ one }) => one.family)).size;
    return [
      `## ${table.device.name}`,
      `${heldOut.length} rows of ${families} families, \`${table.file}\`.`,
      markdownTable(
        ['Predictor', 'Spearman (95 % interval)', 'Median error (95 % interval)'],
        ordered.map(({ predictor, spearman, medianError }) => [
          TITLES[predictor] ?? predictor,
          span(spearman, (value) => value.toFixed(3)),
          span(medianError, (value) => percent(value)),
        ]),
      ),
    ].join('\n\n');
  });
  return {
    name: 'predictors',
    markdown: `# Which analytic metric predicts measured time?

VoVNet (arXiv 1904.09730) holds that FLOPs are a poor proxy of speed and memory access cost a better one. Each predictor
is fitted on other families and judged here; intervals are bootstraps over whole families. Written by
\`npm run validate:latency\`.

${sections.join('\n\n')}
`,
    json: judgements.map(({ table, heldOut, claim }) => ({
      table: table.file,
      device: table.device.id,
      rows: heldOut.length,
      predictors: claim.map((one) => ({ ...one, title: (TITLES[one.predictor] ?? one.predictor).replaceAll('*', '') })),
    })),
  };
}
