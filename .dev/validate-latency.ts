// Fits the latency model to published tables and judges it on architectures and devices that the fit never saw.
// Writes reports/validation/. Options: --reference DIR, --output DIR, --write-profiles.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ReferenceFolder } from '../test/reference.js';
import { judgeAllRows } from './latency/all-rows.js';
import { collectCases, modeOf } from './latency/cases.js';
import { examine } from './latency/claim.js';
import { type GroupJudgement, judge, judgeGroup } from './latency/judge.js';
import { profilesOf, writeProfiles } from './latency/profiles.js';
import { claimReport, latencyReport, type TableJudgement } from './latency/report.js';
import { table4Report } from './latency/table4.js';
import { readTables, type Table } from './latency/tables.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    reference: { type: 'string', default: join(root, 'fixtures/reference') },
    output: { type: 'string', default: join(root, 'reports/validation') },
    'write-profiles': { type: 'boolean', default: false },
  },
});

async function main(): Promise<void> {
  const reference = new ReferenceFolder(options.reference);
  const { tables, skipped } = readTables(reference);
  for (const line of skipped) console.error(`left out ${line}`);
  const cases = await collectCases(tables, reference);
  console.error(`${cases.length} rows of ${tables.length} tables have a graph`);

  const groups = new Map<string, Table[]>();
  for (const table of tables) {
    const key = `${table.device.kind}/${modeOf(table)}`;
    groups.set(key, [...(groups.get(key) ?? []), table]);
  }
  const judgements: TableJudgement[] = [];
  const profiles = [];
  for (const members of groups.values()) {
    const own = cases.filter(({ table }) => members.includes(table));
    if (own.length === 0) continue;
    const group: GroupJudgement = judgeGroup(own);
    profiles.push(...profilesOf(own, group));
    for (const table of members) {
      const heldOut = group.heldOut.filter(({ one }) => one.table === table);
      if (heldOut.length === 0) continue;
      const unseen = [...group.unseenDevice.values()].flat().filter(({ one }) => one.table === table);
      judgements.push({
        table,
        heldOut,
        unseen,
        allRows: judgeAllRows(table, group.heldOut),
        claim: examine(heldOut, [...Object.keys(heldOut[0]?.estimates ?? {})]),
      });
    }
  }
  mkdirSync(options.output, { recursive: true });
  const write = ({ name, markdown, json }: { name: string; markdown: string; json: unknown }) => {
    writeFileSync(join(options.output, `${name}.md`), markdown);
    writeFileSync(join(options.output, `${name}.json`), `${JSON.stringify(json, null, 2)}\n`);
  };
  const report = latencyReport(judgements);
  write(report);
  write(claimReport(judgements));
  console.log(report.markdown);
  if (options['write-profiles']) writeProfiles(join(root, 'src/core/analysis/latency/profiles'), profiles);
  if (reference.has('paper-facts.json')) write(await table4Report(reference));
  for (const { table, heldOut } of judgements) {
    const { median, p90, spearman } = judge(heldOut);
    console.error(
      `${table.device.id}: median ${(100 * median).toFixed(1)} %, p90 ${(100 * p90).toFixed(1)} %, Spearman ${spearman.toFixed(3)}`,
    );
  }
}

await main();
