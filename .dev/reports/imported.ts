import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { analyze } from '../../src/core/analysis/analyze.js';
import { onDevicesOf } from '../../src/core/compose/on-devices.js';
import { loadModel } from '../../src/node/load-model.js';
import { writeReports } from '../../src/node/write-reports.js';

/** A model that was read from a file. */
export async function writeImported(target: string): Promise<void> {
  const path = 'fixtures/keras/MobileNetV2.keras';
  const graph = await loadModel(path);
  const result = analyze(graph);
  mkdirSync(join(target, 'reports/imported'), { recursive: true });
  await writeReports(
    {
      title: 'MobileNetV2, from a Keras file',
      command: `archmeter analyze ${path}`,
      analyses: [result],
      graphs: [graph],
      measurements: [],
      ...(await onDevicesOf([{ graph, result }], [], undefined)),
    },
    ['report.md', 'report.html', 'report.png'].map((name) => join(target, 'reports/imported', name)),
    { force: true },
  );
}
