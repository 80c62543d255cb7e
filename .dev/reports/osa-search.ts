import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { frontRows } from '../../src/cli/sweep/front.js';
import { reportOf } from '../../src/cli/sweep/report.js';
import { reportAssets } from '../../src/core/report/html/assets.js';
import { formatFigure } from '../../src/core/report/number-format.js';
import { sweepPage } from '../../src/core/report/sweep/page.js';
import { valueOfDesign } from '../../src/core/report/sweep/sweep-input.js';
import { Evaluator, walkLength } from '../../src/core/sweep/index.js';
import { renderSweepPng } from '../../src/node/png/sweep.js';
import { mergedFront, partStates, prepareFolder } from '../../src/node/sweep/folder.js';
import { newRun, openSpace } from '../../src/node/sweep/open-space.js';
import { runShard } from '../../src/node/sweep/part.js';

const SPACE = 'fixtures/spaces/osa.yaml';
const FOLDER = 'reports/osa-search';
const LATENCY = 'estimatedLatencyMs_rtx_4090';

/** VoVNet-39 in the space's parameters (arXiv 1904.09730, table 1). */
const VOVNET_39 = {
  layers: 5,
  stem: 64,
  width2: 128,
  width3: 160,
  width4: 192,
  width5: 224,
  out5: 1024,
  modules3: 1,
  modules4: 2,
  modules5: 2,
  identity: false,
};

/** OSA backbones at VoVNet-39's multiply-adds: what a search finds that the paper's family did not. */
export async function writeOsaSearch(target: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'archmeter-osa-'));
  try {
    const sweep = await openSpace(SPACE, { precision: 'float32', shards: 1 });
    await prepareFolder(folder, sweep, false);
    await runShard(sweep, folder, 0);
    const [part] = await partStates(folder, sweep);
    const rows = await frontRows(sweep, (await mergedFront(folder, sweep)).sorted());
    const report = { ...(await reportOf(sweep, rows, folder)), folder: 'designs' };
    const evaluator = new Evaluator(sweep.chain, sweep.figures);
    const figures = new Float64Array(evaluator.names.length);
    evaluator.evaluate(VOVNET_39, figures);
    const paper = Object.fromEntries(evaluator.names.map((name, i) => [name, figures[i] as number]));
    const device = sweep.figures.devices[0]?.device.name;
    const better = rows.filter(
      (row) =>
        valueOfDesign(row, LATENCY) < (paper[LATENCY] as number) &&
        valueOfDesign(row, 'params') < (paper['params'] as number),
    );
    const fastest = rows[0];
    const cell = (name: string, value: number) => formatFigure(value, name === LATENCY ? 'ms' : 'count');
    const lines = [
      '# OSA backbones at VoVNet-39’s multiply-adds',
      '',
      `\`archmeter sweep ${SPACE} --output designs\`: ${walkLength(sweep.space, newRun(sweep).designs)} numbers, ${part?.manifest?.counts.designs} designs, ${part?.manifest?.counts.kept} of them within 5 % of VoVNet-39’s multiply-adds. Counts are exact; latency is estimated for ${device} at batch ${sweep.settings.batch}, fp32, not measured, and says nothing of accuracy.`,
      '',
      `VoVNet-39 itself: ${cell('params', paper['params'] as number)} params, ${cell(LATENCY, paper[LATENCY] as number)}. ${better.length} of the ${rows.length} designs on the front have fewer params and a lower estimated latency.`,
      '',
      fastest === undefined
        ? ''
        : `The fastest differs from VoVNet-39 in ${Object.entries(VOVNET_39)
            .filter(([name, value]) => fastest.parameters[name] !== value)
            .map(([name, value]) => `${name} ${fastest.parameters[name]} (${value})`)
            .join(
              ', ',
            )}: ${((fastest.figures[LATENCY] as number) / (paper[LATENCY] as number)).toFixed(2)} of its estimated time with ${((fastest.figures['params'] as number) / (paper['params'] as number)).toFixed(2)} of its params.`,
      '',
      `![Front](front.png)`,
      '',
      `| design | ${device} | params | ${report.parameters.join(' | ')} |`,
      `|--:|--:|--:|${report.parameters.map(() => '--:|').join('')}`,
      ...rows.map(
        (row) =>
          `| ${row.design} | ${cell(LATENCY, valueOfDesign(row, LATENCY))} | ${cell('params', valueOfDesign(row, 'params'))} | ${report.parameters.map((name) => row.parameters[name]).join(' | ')} |`,
      ),
      '',
      'Which parameter moves the estimated latency (Spearman rank correlation over the designs): ' +
        `${report.sensitivities
          .filter(({ figure }) => figure === LATENCY)
          .sort((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation))
          .slice(0, 4)
          .map(({ parameter, correlation }) => `${parameter} ${correlation > 0 ? '+' : ''}${correlation.toFixed(2)}`)
          .join(', ')}.`,
      '',
    ];
    mkdirSync(join(target, FOLDER), { recursive: true });
    writeFileSync(join(target, FOLDER, 'report.md'), lines.join('\n'));
    writeFileSync(join(target, FOLDER, 'report.html'), await sweepPage(report, (await reportAssets()).style));
    writeFileSync(join(target, FOLDER, 'front.png'), await renderSweepPng(report));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
