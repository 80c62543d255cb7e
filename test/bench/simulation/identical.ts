// The same model under two names on real runtimes, some nine minutes: `npm run bench:identical -- [--runs 30] [--time-budget 8]`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runBenchmark } from '../../../src/bench/harness/run-benchmark.js';
import { nodeHost } from '../../../src/bench/host/node-host.js';
import { openRuntime } from '../../../src/bench/runtimes/index.js';
import type { Measurement } from '../../../src/core/measurement.js';
import { buildModel } from '../../../src/core/zoo/index.js';

const RUNTIMES = ['tfjs-wasm', 'onnxruntime'];
const MODEL = { name: 'squeezenet1-1', resolution: 64 };

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '30' },
    'time-budget': { type: 'string', default: '8' },
    output: { type: 'string', default: 'reports/harness' },
  },
});
const runs = Number(values.runs);
const timeBudgetSeconds = Number(values['time-budget']);
const percent = (count: number, of: number): string => (of === 0 ? '' : `${((100 * count) / of).toFixed(1)} %`);
const rows: string[] = [];
let machine = '';
let load = 0;
for (const name of RUNTIMES) {
  const graph = await buildModel(MODEL.name, { resolution: MODEL.resolution });
  const session = await openRuntime(name, { dtype: 'float32', allowSoftware: false, threads: 1 });
  machine = session.device.name;
  const found: Measurement[] = [];
  for (let run = 0; run < runs; run++) {
    const measurement = await runBenchmark(
      session,
      ['one', 'other'].map((arm) => ({ name: arm, graph, batch: 1 })),
      { seed: run + 1, timeBudgetSeconds, cold: false },
      { host: nodeHost(session.device) },
    );
    found.push(measurement);
    load = Math.max(load, Number(measurement.environment['loadAverage1'] ?? 0));
    process.stderr.write(`${name} ${run + 1}: ${JSON.stringify(measurement.comparisons[0])}\n`);
  }
  await session.close();
  const pairs = found.flatMap(({ comparisons }) => comparisons);
  const known = pairs.flatMap(({ low, high }) => (low === undefined || high === undefined ? [] : [{ low, high }]));
  const held = known.filter(({ low, high }) => low <= 1 && high >= 1).length;
  const said = (...verdicts: string[]) => pairs.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const widths = known.map(({ low, high }) => (high - low) / 2).sort((a, b) => a - b);
  const floors = found
    .flatMap(({ control }) => (control === undefined ? [] : [control.floor - 1]))
    .sort((a, b) => a - b);
  const waiting = found
    .flatMap(({ environment }) => environment['processorWaitingShare'] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
  const copies = found.map(({ settings }) => settings.copies ?? 0);
  rows.push(
    `| ${name} | ${runs} | ${said('faster', 'slower')} | ${said('equivalent')} | ${said('inconclusive')} | ${held} of ${known.length} (${percent(held, known.length)}) | ±${percent(widths[widths.length >> 1] ?? 0, 1)} | ${percent(floors[floors.length >> 1] ?? 0, 1)} | ${Math.min(...copies)} to ${Math.max(...copies)} | ${found.filter(({ settings }) => settings.washoutMs !== undefined).length} | ${waiting.length === 0 ? 'unknown' : percent(waiting[waiting.length >> 1] ?? 0, 1)} |`,
  );
}
mkdirSync(values.output, { recursive: true });
writeFileSync(
  join(values.output, 'identical.md'),
  `# The same model under two names on real runtimes

${MODEL.name} at ${MODEL.resolution} pixels, batch 1, one thread, \`--time-budget ${timeBudgetSeconds}\`, on ${machine} (load average up to ${load.toFixed(1)} beside it). Written by \`npm run bench:identical\`.

| runtime | runs | false verdicts | equivalent | inconclusive | 95 % intervals that hold 1 | median half-width | median A/A floor | copies | runs with a washout | median share of time waiting for a processor |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
${rows.join('\n')}
`,
);
