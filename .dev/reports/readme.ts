import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyze } from '../../src/core/analysis/analyze.js';
import { DEVICES } from '../../src/core/analysis/devices/index.js';
import type { AnalysisResult } from '../../src/core/analysis/result.js';
import { formatFigure } from '../../src/core/report/number-format.js';
import { METRICS } from '../../src/core/units.js';
import { buildModel } from '../../src/core/zoo/index.js';
import { claims } from './efficiency.js';
import { fillGenerated } from './generated.js';

const [densenet, vovnet] = await Promise.all(
  ['densenet121', 'vovnet39'].map(async (name) => analyze(await buildModel(name))),
);

/** The parts of README.md between `<!-- generated: NAME -->` and `<!-- end -->`, from results. */
export function writeReadme(target: string): void {
  const parts: Record<string, string | undefined> = {
    densenet: densenetTable(densenet as AnalysisResult, vovnet as AnalysisResult),
    predictors: predictorsTable('reports/validation/predictors.json'),
    blocks: claims(),
  };
  const text = fillGenerated(readFileSync('README.md', 'utf8'), parts);
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
