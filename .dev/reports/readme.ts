import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyze } from '../../src/core/analysis/analyze.js';
import { DEVICES } from '../../src/core/analysis/devices/index.js';
import type { AnalysisResult } from '../../src/core/analysis/result.js';
import type { Measurement } from '../../src/core/measurement.js';
import { formatFigure } from '../../src/core/report/number-format.js';
import { METRICS } from '../../src/core/units.js';
import { buildModel } from '../../src/core/zoo/index.js';

const [densenet, vovnet] = await Promise.all(
  ['densenet121', 'vovnet39'].map(async (name) => analyze(await buildModel(name))),
);

/** The parts of README.md between `<!-- generated: NAME -->` and `<!-- end -->`, from results. */
export function writeReadme(target: string): void {
  const parts: Record<string, string | undefined> = {
    densenet: densenetTable(densenet as AnalysisResult, vovnet as AnalysisResult),
    predictors: predictorsTable('reports/validation/predictors.json'),
    blocks: blocksTable(),
  };
  const text = readFileSync('README.md', 'utf8').replace(
    /(<!-- generated: (\w+) -->\n)([\s\S]*?)(<!-- end -->)/g,
    (whole, start: string, name: string, _old: string, end: string) => {
      const part = parts[name];
      return part === undefined ? whole : `${start}${part.trim()}\n${end}`;
    },
  );
  writeFileSync(join(target, 'README.md'), text);
}

function densenetTable(a: AnalysisResult, b: AnalysisResult): string {
  const bytes = ({ totals }: AnalysisResult, execution: 'eager' | 'fused') =>
    formatFigure(totals[execution].readBytes + totals[execution].writeBytes, 'bytes');
  const rows = (['params', 'madds', 'paperMemoryAccessCost', 'memoryAccessCost'] as const).map((id) => [
    METRICS[id].heading,
    formatFigure(a.totals[id], METRICS[id].unit),
    formatFigure(b.totals[id], METRICS[id].unit),
  ]);
  rows.push(
    ['Bytes moved, eager', bytes(a, 'eager'), bytes(b, 'eager')],
    ['Bytes moved, fused', bytes(a, 'fused'), bytes(b, 'fused')],
  );
  return [
    '| at 224x224, batch 1, fp32 | DenseNet-121 | VoVNet-39 |',
    '|---|--:|--:|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');
}

interface PredictorTable {
  device: string;
  rows: number;
  predictors: { predictor: string; title: string; spearman: Interval; medianError: Interval }[];
}
interface Interval {
  estimate: number;
  low: number;
  high: number;
}

/** What predicts measured time, one column a device, as `npm run validate:latency` found it. */
function predictorsTable(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  const tables = JSON.parse(readFileSync(path, 'utf8')) as PredictorTable[];
  const [first] = tables;
  if (first === undefined) return undefined;
  const rows = first.predictors.map(({ predictor, title }) => {
    const cells = tables.map(({ predictors }) => {
      const found = predictors.find((candidate) => candidate.predictor === predictor);
      if (found === undefined) return '–';
      const { spearman, medianError } = found;
      return `${spearman.estimate.toFixed(3)} (${spearman.low.toFixed(2)}–${spearman.high.toFixed(2)}) · ${(medianError.estimate * 100).toFixed(1)} %`;
    });
    return `| ${[predictor === 'archmeter' ? `**${title}**` : title, ...cells].join(' | ')} |`;
  });
  return [
    'How well each figure, computed from the architecture alone, predicts time measured by others: Spearman rank correlation (95 % interval over whole families) · median error of a fit to other families.',
    '',
    `| | ${tables.map(({ device, rows }) => `${DEVICES.find(({ id }) => id === device)?.name ?? device}, ${rows} models`).join(' | ')} |`,
    `|---|${tables.map(() => '--:|').join('')}`,
    ...rows,
  ].join('\n');
}

/** Computation efficiency of blocks as measured by `npm start` and by ONNX Runtime, where those were run. */
function blocksTable(): string | undefined {
  const measured = ['reports/blocks/measurement.json', 'reports/blocks-onnxruntime/measurement.json']
    .filter(existsSync)
    .map((path) => JSON.parse(readFileSync(path, 'utf8')) as Measurement);
  if (measured.length === 0) return undefined;
  const names = measured[0]?.arms.map(({ name }) => name) ?? [];
  const head = measured.map(({ runtime, device }) => `${runtime.name}, ${device.name}`);
  const rows = names.map((name) => {
    const cells = measured.map(({ arms, settings }) => {
      const arm = arms.find((candidate) => candidate.name === name);
      const time = arm?.[settings.clock]?.hot;
      if (arm?.maddsPerSecond === undefined || time === undefined) return '–';
      const scale = arm.maddsPerSecond * time.medianMs;
      return `${formatFigure(arm.maddsPerSecond, 'count')}/s (${formatFigure(scale / time.highMs, 'count')} – ${formatFigure(scale / time.lowMs, 'count')})`;
    });
    return `| ${[name, ...cells].join(' | ')} |`;
  });
  return [
    'Computation efficiency (multiply-adds per second, 95 % interval) of the matched blocks on this repository’s test machine:',
    '',
    ...measured.flatMap((measurement) => [...claim(measurement), '']),
    `| block | ${head.join(' | ')} |`,
    `|---|${head.map(() => '--:|').join('')}`,
    ...rows,
  ].join('\n');
}

/** What a run says of the paper's claim: only differences that the harness found, beyond its A/A control. */
function claim({ comparisons, runtime, settings }: Measurement): string[] {
  const found = comparisons.filter(({ verdict }) => verdict === 'slower' || verdict === 'faster');
  const lines = found.map(({ name, baseline, ratio, low, high, verdict }) => {
    const times = [ratio, low, high].map((value) => value.toFixed(2));
    return `- ${name} is ${verdict} than ${baseline}: ${times[0]}× its time (${times[1]} to ${times[2]})`;
  });
  const open = comparisons.length - found.length;
  if (open > 0) lines.push(`- ${open} of ${comparisons.length} comparisons are inconclusive`);
  return [`**${runtime.name}**, ${settings.rounds} rounds:`, '', ...lines];
}
