import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type HeldOutError,
  type LatencyProfile,
  namedParameters,
  PROFILE_SCHEMA,
} from '../../src/core/analysis/latency/profile.js';
import { quantile } from '../../src/core/statistics/quantile.js';
import type { Case } from './cases.js';
import { type GroupJudgement, type HeldOutCase, judge, keyOf } from './judge.js';
import type { Table } from './tables.js';

/** Profiles of every device of a group, and the one that stands for devices never timed. */
export function profilesOf(cases: readonly Case[], { full, heldOut, unseenDevice }: GroupJudgement): LatencyProfile[] {
  const tables = [...new Set(cases.map(({ table }) => table))];
  const own = tables.map((table) => {
    const judged = heldOut.filter(({ one }) => one.table === table);
    const theta = full.byDevice.get(keyOf(table)) as Float64Array;
    return profileOf(
      table,
      `${keyOf(table)}-${table.precision}-${table.execution}`,
      table.device.id,
      theta,
      judged,
      [table],
      'architectures, by family',
    );
  });
  const first = tables[0] as Table;
  const unseen = [...unseenDevice.values()].flat();
  const held = unseen.length > 0 ? unseen : heldOut;
  const what =
    unseen.length > 0
      ? 'devices: each judged by a fit to the others'
      : 'architectures, by family; only one device was timed';
  const id = `generic-${first.device.kind}-${first.precision}-${first.execution}`;
  return [...own, profileOf(first, id, null, full.shared, held, tables, what)];
}

function profileOf(
  table: Table,
  id: string,
  device: string | null,
  theta: Float64Array,
  judged: readonly HeldOutCase[],
  tables: readonly Table[],
  held: string,
): LatencyProfile {
  const batches = judged.map(({ one }) => one.row.batch);
  return {
    schema: PROFILE_SCHEMA,
    id: id.replace('/', '-'),
    device,
    kind: table.device.kind,
    runtime: runtimeOf(table),
    precision: table.precision,
    execution: table.execution,
    source: `timm's published results: ${tables.map(({ file }) => file).join(', ')}`,
    batches: [Math.min(...batches), Math.max(...batches)],
    parameters: namedParameters(theta),
    heldOut: heldOutError(judged, held),
  };
}

function heldOutError(judged: readonly HeldOutCase[], held: string): HeldOutError {
  const { rows, median, p90, spearman } = judge(judged);
  const logs = judged.map(({ measured, estimates }) => Math.log(measured / (estimates.archmeter as number)));
  const round = (value: number) => Number(value.toPrecision(4));
  return {
    held,
    observations: rows,
    median: round(median),
    p90: round(p90),
    spearman: round(spearman),
    logLow: round(quantile(logs, 0.05)),
    logHigh: round(quantile(logs, 0.95)),
  };
}

/** `pt240-cu124` is PyTorch 2.4.0 with CUDA 12.4. */
function runtimeOf({ file, execution }: Table): string {
  const version = /pt(\d)(\d)(\d)/.exec(file);
  const cuda = /cu(\d\d)(\d)/.exec(file);
  const parts = [
    version ? `PyTorch ${version.slice(1).join('.')}` : 'PyTorch',
    execution === 'fused' ? 'compiled (dynamo)' : 'eager',
    cuda ? `CUDA ${cuda[1]}.${cuda[2]}` : '',
  ];
  return parts.filter(Boolean).join(', ');
}

export function writeProfiles(folder: string, profiles: readonly LatencyProfile[]): void {
  const head = '// Written by `npm run validate:latency -- --write-profiles`. Do not edit.\n';
  const constant = (id: string) => id.toUpperCase().replace(/[^A-Z0-9]/g, '_');
  for (const profile of profiles) {
    const text = `${head}import type { LatencyProfile } from '../profile.js';\n\nexport const ${constant(profile.id)}: LatencyProfile = ${JSON.stringify(profile, null, 2)};\n`;
    writeFileSync(join(folder, `${profile.id.toLowerCase()}.ts`), text);
  }
  const imports = profiles.map(({ id }) => `import { ${constant(id)} } from './${id.toLowerCase()}.js';`);
  const list = profiles.map(({ id }) => `  ${constant(id)},`);
  writeFileSync(
    join(folder, 'index.ts'),
    `${head}import type { LatencyProfile } from '../profile.js';\n${imports.join('\n')}\n\n/** Profiles that archmeter ships. */\nexport const PROFILES: readonly LatencyProfile[] = [\n${list.join('\n')}\n];\n`,
  );
}
