import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { analyze } from '../../src/core/analysis/analyze.js';
import { buildModel } from '../../src/core/zoo/index.js';
import { writeReports } from '../../src/node/write-reports.js';

/** README's picture. */
export async function writeCompare(target: string): Promise<void> {
  const names = ['vovnet39', 'densenet121'];
  const graphs = await Promise.all(names.map((name) => buildModel(name)));
  mkdirSync(join(target, 'reports'), { recursive: true });
  await writeReports(
    {
      title: names.join(' · '),
      command: `archmeter compare ${names.join(' ')}`,
      analyses: graphs.map((graph) => analyze(graph)),
      graphs,
      measurements: [],
    },
    [join(target, 'reports', `${names.join('-')}.png`)],
    { force: true },
  );
}
