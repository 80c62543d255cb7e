import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyze } from '../../src/core/analysis/analyze.js';
import { findDevice } from '../../src/core/analysis/devices/index.js';
import { onDevicesOf } from '../../src/core/compose/on-devices.js';
import type { PublishedFigure, PublishedModel } from '../../src/core/report/define-reporter.js';
import { buildModel } from '../../src/core/zoo/index.js';
import { writeReports } from '../../src/node/write-reports.js';

interface Table {
  readonly source: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** The GPU whose timings by others the latency model was fitted to. */
const DEVICE = 'rtx-4090';

/** Models, and the reports that are kept of them: one page is enough to look at. */
const TRIPLETS = [
  [['report.md', 'report.html', 'report.png'], 'vovnet39', 'resnet50', 'densenet201'],
  [['report.md'], 'vovnet57', 'resnet101', 'densenet161'],
] as const;

/** The paper's Table 4 triplets at 320x320, its printed figures beside ours. */
export async function writeTable4(target: string): Promise<void> {
  const table = JSON.parse(readFileSync('fixtures/published/vovnet-table4.json', 'utf8')) as Table;
  for (const [files, ...names] of TRIPLETS) {
    const folder = names.join('-');
    const graphs = await Promise.all(names.map((name) => buildModel(name, { resolution: 320 })));
    const models = graphs.map((graph) => ({ graph, result: analyze(graph) }));
    const analyses = models.map(({ result }) => result);
    mkdirSync(join(target, 'reports', folder), { recursive: true });
    const at = (name: string) => join(target, 'reports', folder, name);
    await writeReports(
      {
        title: names.join(' · '),
        command: `archmeter compare ${names.join(' ')} --resolution 320 --on ${DEVICE}`,
        analyses,
        graphs,
        measurements: [],
        published: names.map((name) => published(name, table)),
        ...(await onDevicesOf(models, [{ device: await findDevice(DEVICE) }], undefined)),
      },
      files.map(at),
      { force: true },
    );
  }
}

function published(name: string, table: Table): PublishedModel {
  const plain = (text: string) => text.toLowerCase().replaceAll('-', '');
  const row = table.rows.find(([model]) => plain(String(model)) === name);
  if (row === undefined) throw new Error(`table 4 has no row for ${name}`);
  const value = (column: string) => row[table.columns.indexOf(column)] as number;
  const detector = 'of the whole detector, where ours is the backbone with its classifier';
  const figures: PublishedFigure[] = [
    {
      label: 'FLOPs as printed (multiply-adds)',
      value: value('FLOPs_G'),
      unit: 'G',
      ours: { metric: 'madds', scale: 1e-9 },
      note: detector,
    },
    {
      label: 'Parameters',
      value: value('params_M'),
      unit: 'M',
      ours: { metric: 'params', scale: 1e-6 },
      note: detector,
    },
    { label: 'Frames per second', value: value('FPS'), unit: '1/s' },
    { label: 'Memory footprint', value: value('mem_MB'), unit: 'MB' },
    { label: 'Energy', value: value('J_per_img'), unit: 'J/image' },
    { label: 'Computation efficiency (multiply-adds)', value: value('GFLOP_s'), unit: 'G/s' },
    { label: 'COCO AP', value: value('AP'), unit: '%' },
  ];
  return { model: name, source: table.source, figures };
}
