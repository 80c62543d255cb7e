// A process that updates a baseline: `update-baseline.ts FILE MODEL COUNT [STAGE]`. With a stage it kills itself there.
import fs from 'node:fs';
import { type BaselineModel, withEntry } from '../../../src/core/compare/baseline.js';
import { updateBaseline } from '../../../src/node/baseline-file.js';

const [path, model, count, stage] = process.argv.slice(2) as [string, string, string, string?];

const die = () => process.kill(process.pid, 'SIGKILL');
const { write } = fs;
if (stage === 'write') {
  fs.write = ((...args: unknown[]) => {
    const [descriptor, contents] = args as [number, string | Buffer];
    fs.writeSync(descriptor, contents.toString().slice(0, contents.length / 2));
    die();
  }) as unknown as typeof write;
}
if (stage === 'fsync') fs.fsync = die as unknown as typeof fs.fsync;
if (stage === 'rename') fs.rename = die as unknown as typeof fs.rename;

for (let i = 1; i <= Number(count); i++) {
  const layers = Object.fromEntries(
    Array.from({ length: 500 }, (_, layer) => [`layer${layer}`, ['conv', '1x2', i, 0, 0, 0, 0, 0, 0, 0, 0, 0]]),
  );
  const entry = { setup: model, metrics: { params: i }, layers } as unknown as BaselineModel;
  await updateBaseline(path, (baseline) => withEntry(baseline, model, entry));
}
