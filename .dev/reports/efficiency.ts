import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyze } from '../../src/core/analysis/analyze.js';
import type { AnalysisTotals } from '../../src/core/analysis/result.js';
import { agreeingPairs, type EfficiencyPair, efficiencyPairs } from '../../src/core/compare/efficiency.js';
import type { ArmMeasurement, Measurement } from '../../src/core/measurement.js';
import { formatFigure } from '../../src/core/report/number-format.js';
import { buildBlocks, MATCHED_BLOCKS } from '../../src/core/zoo/index.js';
import { ReferenceFolder } from '../../test/reference.js';

/** Timings of `npm start` and of `archmeter blocks --runtime onnxruntime`, kept by `node .dev/keep-blocks.js`. */
const FOLDERS = ['reports/blocks-tfjs-wasm', 'reports/blocks-onnxruntime'];
const FILE = 'reports/efficiency.md';
const INTRODUCTION =
  'The paper’s claim, that memory access and not FLOPs decides how efficiently a block computes, on a processor: pairs of blocks of like work, timed by the harness.';

interface Run {
  readonly measurement: Measurement;
  readonly pairs: readonly EfficiencyPair[];
}

/** Of each matched block, by its name. */
const TOTALS = new Map<string, AnalysisTotals>();
for (const { name, steps, input } of MATCHED_BLOCKS.flatMap(({ arms }) => arms)) {
  TOTALS.set(name, analyze(await buildBlocks(name, steps, [1, ...input])).totals);
}

const runs = FOLDERS.map((folder): Run => {
  const measurement = new ReferenceFolder(folder).json<Measurement>('measurement.json');
  return { measurement, pairs: efficiencyPairs(measurement, (name) => TOTALS.get(name)) };
});

/** What each run says of the paper's claim: only what exceeds the A/A floor and the tolerance. */
export function claims(): string {
  return [`${INTRODUCTION} Every figure: [\`${FILE}\`](${FILE}).`, ...runs.flatMap((run) => ['', claim(run)])].join(
    '\n',
  );
}

function claim({ measurement: { runtime, device, settings }, pairs }: Run): string {
  const proven = pairs.filter(({ verdict }) => verdict !== 'open');
  const agreeing = (access: (pair: EfficiencyPair) => number) => agreeingPairs(pairs, access);
  const dense = pairs.filter(({ name, baseline }) => /^Dense/.test(name) && /^OSA/.test(baseline));
  const ratios = dense.map(({ efficiency }) => efficiency[0]);
  const text = [
    `**${runtime.name}, ${device.name}**, ${settings.rounds} rounds: ${proven.length} of ${pairs.length} pairs differ in multiply-adds a second beyond the noise.`,
    `In ${agreeing(({ access }) => access)} of these the block of lower memory access cost for each multiply-add is the more efficient, counting all ops;`,
    `counting convolutions alone, as the paper does, in ${agreeing(({ paperAccess }) => paperAccess)}.`,
    `Dense blocks reach ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)} of the efficiency of the OSA module beside them.`,
  ];
  return text.join(' ');
}

/** Computation efficiency of every timed block, and how the pairs compare. */
export function writeEfficiency(target: string): void {
  const names = runs[0]?.measurement.arms.map(({ name }) => name) ?? [];
  const head = runs.map(({ measurement: { runtime, device } }) => `${runtime.name}, ${device.name}`);
  const lines = [
    '# Computation efficiency of blocks',
    '',
    INTRODUCTION,
    ...runs.flatMap((run) => ['', claim(run)]),
    '',
    'Multiply-adds a second of each block, with 95 % intervals:',
    '',
    `| block | ${head.join(' | ')} |`,
    `|---|${head.map(() => '--:|').join('')}`,
    ...names.map((name) => `| ${[name, ...runs.map(({ measurement }) => rate(measurement, name))].join(' | ')} |`),
    ...runs.flatMap(pairTable),
  ];
  writeFileSync(join(target, FILE), `${lines.join('\n')}\n`);
}

function rate({ arms, settings }: Measurement, name: string): string {
  const arm: ArmMeasurement | undefined = arms.find((candidate) => candidate.name === name);
  const time = arm?.[settings.clock]?.hot;
  if (arm?.maddsPerSecond === undefined || time === undefined) return '–';
  const scale = arm.maddsPerSecond * time.medianMs;
  const [shown, low, high] = [arm.maddsPerSecond, scale / time.highMs, scale / time.lowMs].map((value) =>
    formatFigure(value, 'op/s'),
  );
  return `${shown} (${low} – ${high})`;
}

const VERDICTS = { more: 'more efficient', less: 'less efficient', open: 'not proven different' } as const;

function pairTable({ measurement: { runtime }, pairs }: Run): string[] {
  return [
    '',
    `## Pairs on ${runtime.name}`,
    '',
    'Ratios of the first block to the second; intervals are of pairs timed in the same rounds.',
    '',
    '| block | beside | multiply-adds a second | verdict | memory access cost a multiply-add | MAC (paper) a multiply-add |',
    '|---|---|--:|---|--:|--:|',
    ...pairs.map(({ name, baseline, efficiency: [ratio, low, high], verdict, access, paperAccess }) => {
      const [shown, from, to] = [ratio, low, high].map((value) => value.toFixed(2));
      return `| ${[name, baseline, `${shown}× (${from} – ${to})`, VERDICTS[verdict], `${access.toFixed(2)}×`, `${paperAccess.toFixed(2)}×`].join(' | ')} |`;
    }),
  ];
}
