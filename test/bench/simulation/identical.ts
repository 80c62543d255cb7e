// The same model under two names on real runtimes, some nine minutes: `npm run bench:identical -- [--runs 30] [--time-budget 8]`.
// Runs that are done are kept in node_modules/.cache and are not timed again by the same commit: it can be interrupted.
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { runBenchmark } from '../../../src/bench/harness/run-benchmark.js';
import { nodeHost } from '../../../src/bench/host/node-host.js';
import { openRuntime } from '../../../src/bench/runtimes/index.js';
import { buildModel } from '../../../src/core/zoo/index.js';
import { type IdenticalRun, identicalReport, runOf } from './identical-report.js';

const RUNTIMES = ['tfjs-wasm', 'onnxruntime'];
const MODEL = { name: 'squeezenet1-1', resolution: 64 };

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '30' },
    'time-budget': { type: 'string', default: '8' },
    output: { type: 'string', default: 'reports/harness' },
    /** Times all anew. */
    fresh: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
const timeBudgetSeconds = Number(values['time-budget']);

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
const kept = join('node_modules/.cache/identical', `${commit}-${timeBudgetSeconds}s.jsonl`);
mkdirSync(dirname(kept), { recursive: true });
if (values.fresh || !existsSync(kept)) writeFileSync(kept, '');
const done = readFileSync(kept, 'utf8')
  .split('\n')
  .filter((line) => line.endsWith('}'))
  .map((line) => JSON.parse(line) as IdenticalRun);

const graph = await buildModel(MODEL.name, { resolution: MODEL.resolution });
const arms = ['one', 'other'].map((name) => ({ name, graph, batch: 1 }));
// Runtimes take turns, so that what disturbs the machine for a while reaches both.
for (let seed = 1; seed <= runs; seed++) {
  for (const runtime of RUNTIMES) {
    if (done.some((run) => run.runtime === runtime && run.seed === seed)) continue;
    const session = await openRuntime(runtime, { dtype: 'float32', allowSoftware: false, threads: 1 });
    try {
      const options = { seed, timeBudgetSeconds, cold: false };
      const run = runOf(seed, await runBenchmark(session, arms, options, { host: nodeHost(session.device) }));
      done.push(run);
      appendFileSync(kept, `${JSON.stringify(run)}\n`);
      process.stderr.write(`${runtime} ${seed} of ${runs}: ${run.verdict}, ${run.low} to ${run.high}\n`);
    } finally {
      await session.close();
    }
  }
}
mkdirSync(values.output, { recursive: true });
const subject = `${MODEL.name} at ${MODEL.resolution} pixels, batch 1, one thread, \`--time-budget ${timeBudgetSeconds}\``;
const report = identicalReport(
  subject,
  done.filter(({ seed }) => seed <= runs),
);
writeFileSync(join(values.output, 'identical.md'), report);
process.stdout.write(report);
