import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyze } from '../../src/core/analysis/analyze.js';
import { DEVICES } from '../../src/core/analysis/devices/index.js';
import type { AnalysisResult } from '../../src/core/analysis/result.js';
import { formatFigure } from '../../src/core/report/number-format.js';
import { METRICS } from '../../src/core/units.js';
import { buildModel } from '../../src/core/zoo/index.js';
import { reference } from '../../test/reference.js';
import { coverageSummary } from './coverage.js';
import { claims } from './efficiency.js';
import { fillGenerated } from './generated.js';
import { zooFamilies } from './zoo-list.js';

const [dense169, eseVovnet] = (await Promise.all(
  ['densenet169', 'ese_vovnet39b'].map(async (name) => analyze(await buildModel(name))),
)) as [AnalysisResult, AnalysisResult];
const [densenet, vovnet] = await Promise.all(
  ['densenet121', 'vovnet39'].map(async (name) => analyze(await buildModel(name))),
);

/** The parts of README.md between `<!-- generated: NAME -->` and `<!-- end -->`, from results. */
export async function writeReadme(target: string): Promise<void> {
  const parts: Record<string, string | undefined> = {
    surprise: surprise(),
    densenet: densenetTable(densenet as AnalysisResult, vovnet as AnalysisResult),
    predictors: predictorsTable('reports/validation/predictors.json'),
    blocks: claims(),
    coverage: coverageSummary(),
    zoo: await zooFamilies(),
  };
  const text = fillGenerated(readFileSync('README.md', 'utf8'), parts);
  writeFileSync(join(target, 'README.md'), text);
}

/** Two models that others timed, and their counts. */
function surprise(): string {
  const times = (file: string) => {
    const [head = '', ...lines] = reference.text(`timm-benchmarks/${file}`).split(/\r?\n/);
    const column = head.split(',').indexOf('infer_samples_per_sec');
    const rate = (model: string) => Number(lines.find((line) => line.startsWith(`${model},224,`))?.split(',')[column]);
    return (rate('ese_vovnet39b') / rate('densenet169')).toFixed(1);
  };
  const less = (own: number, other: number) => `${Math.round(100 * (1 - own / other))} %`;
  const [own, other] = [dense169.totals, eseVovnet.totals];
  return `> **DenseNet-169 has ${less(own.madds, other.madds)} fewer multiply-adds and ${less(own.params, other.params)} fewer parameters than a VoVNet-39 (with eSE), and takes ${times('benchmark-infer-amp-nchw-pt240-cu124-rtx4090.csv')} times its time on an RTX 4090, ${times('benchmark-infer-fp32-nchw-pt240-cpu-i9_10940x-dynamo.csv')} times on a Core i9** ([timed by timm](fixtures/reference/README.md)). It moves ${(own.memoryAccessCost / other.memoryAccessCost).toFixed(1)} times as much through memory.`;
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
