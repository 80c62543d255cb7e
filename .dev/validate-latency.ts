// Fits the latency model to published tables and judges it on architectures, models and devices that the fit never saw.
// Writes reports/validation/. Options: --output DIR, --write-profiles, --rows N (of each table, to
// try the reports), --fits DIR (keeps fits there, and takes those whose observations and law have not changed).
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { reference } from '../test/reference.js';
import { aimsReport } from './latency/aims.js';
import { judgeAllRows } from './latency/all-rows.js';
import { collectCases } from './latency/cases.js';
import { examine } from './latency/claim.js';
import { fitsKeptIn } from './latency/fit-store.js';
import { withFullRate } from './latency/full-rate.js';
import { intervalsOf } from './latency/interval-pools.js';
import { judge, judgeAlone, judgeGroup } from './latency/judge.js';
import { timedModels } from './latency/language-models.js';
import { modesReport, pairsOfModes } from './latency/modes.js';
import { writeProfiles } from './latency/profiles.js';
import { claimReport, latencyReport, type TableJudgement } from './latency/report.js';
import { judgeServer, serverTables } from './latency/server.js';
import { judgeLanguageModels, serverReport } from './latency/server-report.js';
import { allProfiles } from './latency/shipped.js';
import { table4Report } from './latency/table4.js';
import { groupOf, timmTables } from './latency/tables.js';
import { unseenReport } from './latency/unseen-report.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    output: { type: 'string', default: join(root, 'reports/validation') },
    'write-profiles': { type: 'boolean', default: false },
    rows: { type: 'string', default: 'Infinity' },
    fits: { type: 'string' },
  },
});

/** Tables that judge what figure foretells time: one of each device, run as most are. */
const CLAIMED = new Set([
  'benchmark-infer-amp-nchw-pt240-cu124-rtx3090.csv',
  'benchmark-infer-amp-nchw-pt240-cu124-rtx4090.csv',
  'benchmark-infer-fp32-nchw-pt240-cpu-i9_10940x-dynamo.csv',
]);

const began = performance.now();
const tell = (text: string) => console.error(`${((performance.now() - began) / 1e3).toFixed(0)} s: ${text}`);

async function main(): Promise<void> {
  const fit = fitsKeptIn(options.fits);
  const tables = timmTables();
  const cases = await collectCases(tables, reference, Number(options.rows));
  tell(`${cases.length} rows of ${tables.length} tables have a graph`);
  const kernels = serverTables(Number(options.rows));
  const server = judgeServer(kernels, fit);
  tell('single kernels of server GPUs');

  const groups = new Map(
    [...new Set(tables.map(groupOf))].map((name) => {
      const own = cases.filter(({ table }) => groupOf(table) === name);
      const fitted = own.filter(({ table }) => table.fitted);
      const judgement = judgeGroup(fitted, fit);
      tell(`${name}: ${fitted.length} rows`);
      const newest = fitted.filter(({ table }) => table === fitted[fitted.length - 1]?.table);
      const alone = judgeAlone(
        own.filter(({ table }) => !table.fitted),
        withFullRate(judgement.full.shared, kernels.fitted),
        newest,
      );
      return [name, { fitted, judgement, alone }] as const;
    }),
  );
  const models = judgeLanguageModels(timedModels(), server);
  const intervals = intervalsOf(groups, server, models);

  mkdirSync(options.output, { recursive: true });
  const write = ({ name, markdown, json }: { name: string; markdown: string; json: unknown }) => {
    writeFileSync(join(options.output, `${name}.md`), markdown);
    writeFileSync(join(options.output, `${name}.json`), `${JSON.stringify(json, null, 2)}\n`);
  };
  const judgements: TableJudgement[] = tables.flatMap((table) => {
    const { judgement } = groups.get(groupOf(table)) ?? {};
    const heldOut = judgement?.heldOut.filter(({ one }) => one.table === table) ?? [];
    if (judgement === undefined || heldOut.length === 0) return [];
    return {
      table,
      heldOut,
      unseen: [...judgement.unseenDevice.values()].flat().filter(({ one }) => one.table === table),
      allRows: judgeAllRows(table, judgement.heldOut),
      claim: CLAIMED.has(table.file) ? examine(heldOut, Object.keys(heldOut[0]?.estimates ?? {})) : [],
    };
  });
  tell('reports');
  write(latencyReport(judgements));
  write(claimReport(judgements.filter(({ table }) => CLAIMED.has(table.file))));
  const unseen = unseenReport(groups, intervals);
  write(unseen);
  const pairs = pairsOfModes(groups);
  write(modesReport(pairs));
  const servers = serverReport(server, models, intervals);
  write(servers);
  write(aimsReport(judgements, unseen.json, servers.json, pairs));
  if (options['write-profiles']) {
    writeProfiles(join(root, 'src/core/analysis/latency/profiles'), allProfiles(groups, server, models, intervals));
  }
  write(await table4Report(reference));
  for (const { table, heldOut } of judgements) {
    const { median, p90, spearman } = judge(heldOut);
    tell(
      `${table.file}: median ${(100 * median).toFixed(1)} %, p90 ${(100 * p90).toFixed(1)} %, Spearman ${spearman.toFixed(3)}`,
    );
  }
}

await main();
