import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../../src/core/analysis/analyze.js';
import { readSpec } from '../../../src/core/spec/read-spec.js';
import { Front } from '../../../src/core/sweep/index.js';
import { readCloud } from '../../../src/node/sweep/cloud.js';
import { designSpec } from '../../../src/node/sweep/design-spec.js';
import { mergedFront, openFolder, partStates, prepareFolder } from '../../../src/node/sweep/folder.js';
import { openSpace } from '../../../src/node/sweep/open-space.js';
import { partName, runShard, shardRange } from '../../../src/node/sweep/part.js';
import { querySweep } from '../../../src/node/sweep/query.js';

const SPACE = `
schema: archmeter/space@1
name: small
family: regnet
parameters:
  depth: { from: 8, to: 14 }
  initial: { from: 16, to: 64, step: 16 }
  groupWidth: [8, 16]
  squeeze: [false, true]
constraints: [madds <= 900e6]
objectives: { madds: max, memoryAccessCost: min }
`;

let folder: string;
const space = () => join(folder, 'space.yaml');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archmeter-sweep-'));
  await writeFile(space(), SPACE);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function sweepInto(name: string, shards: number) {
  const into = join(folder, name);
  const sweep = await openSpace(space(), { precision: 'float32', shards });
  await prepareFolder(into, sweep, false);
  for (let shard = 0; shard < shards; shard++) await runShard(sweep, into, shard);
  return { into, sweep };
}

describe('a sweep', () => {
  it('gives the same bytes again, and its parts the same front as one run', async () => {
    const [first, again, whole] = [
      await sweepInto('first', 3),
      await sweepInto('again', 3),
      await sweepInto('whole', 1),
    ];
    for (const name of await readdir(first.into)) {
      expect(await readFile(join(first.into, name)), name).toEqual(await readFile(join(again.into, name)));
    }
    const front = (await mergedFront(first.into, first.sweep)).sorted();
    expect(front).toEqual((await mergedFront(whole.into, whole.sweep)).sorted());
    expect(front.length).toBeGreaterThan(2);
  });

  it('has the front of all its rows', async () => {
    const { into, sweep } = await sweepInto('rows', 2);
    const { columns, designs } = await readCloud(into, ['design', 'madds', 'memoryAccessCost'], 1e6);
    const front = new Front(['max', 'min']);
    for (let i = 0; i < designs; i++) {
      front.offer(columns['design']?.[i] as number, [
        columns['madds']?.[i] as number,
        columns['memoryAccessCost']?.[i] as number,
      ]);
    }
    expect((await mergedFront(into, sweep)).sorted()).toEqual(front.sorted());
  });

  it('tells missing and stale parts, and computes only these', async () => {
    const { into, sweep } = await sweepInto('parts', 3);
    await rm(join(into, `${partName(1, 3)}.json`));
    const manifest = join(into, `${partName(2, 3)}.json`);
    await writeFile(manifest, (await readFile(manifest, 'utf8')).replace(sweep.hash, 'old'));
    expect((await partStates(into, sweep)).map(({ state }) => state)).toEqual(['done', 'missing', 'stale']);
    await expect(mergedFront(into, sweep)).rejects.toThrow(
      '2 of 3 parts are not there: part-00001-of-00003 (missing), part-00002-of-00003 (stale)',
    );
  });

  it('refuses a folder of another sweep', async () => {
    const { into } = await sweepInto('taken', 1);
    const other = await openSpace(space(), { precision: 'float16', shards: 1 });
    await expect(prepareFolder(into, other, false)).rejects.toThrow('another sweep stands in this folder');
    await prepareFolder(into, other, true);
    expect((await partStates(into, other)).map(({ state }) => state)).toEqual(['stale']);
  });

  it('shares out every number once', () => {
    const ranges = [0, 1, 2, 3, 4, 5, 6].map((shard) => shardRange(100, shard, 7));
    expect(ranges[0]?.from).toBe(0);
    expect(ranges[6]?.end).toBe(100);
    for (let i = 1; i < 7; i++) expect(ranges[i]?.from).toBe(ranges[i - 1]?.end);
  });

  it('writes each design as a spec file of the same figures', async () => {
    const { into, sweep } = await sweepInto('specs', 1);
    const { columns } = await readCloud(into, ['design', 'params', 'madds', 'memoryAccessCost'], 1e6);
    for (const row of [0, 17]) {
      const design = columns['design']?.[row] as number;
      const { totals } = analyze(await readSpec(designSpec(await openFolder(into), design), 'design.yaml'));
      expect([totals.params, totals.madds, totals.memoryAccessCost]).toEqual(
        ['params', 'madds', 'memoryAccessCost'].map((name) => columns[name]?.[row]),
      );
    }
    expect(() => designSpec(sweep, 1e6)).toThrow('the space has no design 1000000');
  });

  it('answers SQL', async () => {
    const { into } = await sweepInto('sql', 2);
    const { rows } = await querySweep('SELECT count(*), count(DISTINCT design) FROM sweep WHERE squeeze', into, '');
    expect(rows[0]?.[0]).toBe(rows[0]?.[1]);
    expect(Number(rows[0]?.[0])).toBeGreaterThan(0);
    await expect(querySweep('SELECT nothing FROM sweep', into, '')).rejects.toThrow(/^DuckDB: /);
  });

  it('killed at any moment and run again gives the same bytes', async () => {
    const { into: expected } = await sweepInto('unharmed', 4);
    const into = join(folder, 'killed');
    const command = ['bin/archmeter.js', 'sweep', space(), '--output', into, '--shards', '4', '--jobs', '1'];
    for (const milliseconds of [150, 400, 650, 900]) {
      await new Promise<void>((resolve) => {
        const child = execFile(process.execPath, command, () => resolve());
        setTimeout(() => child.kill('SIGKILL'), milliseconds);
      });
    }
    await new Promise<void>((resolve, reject) => {
      execFile(process.execPath, command, (error) => (error === null ? resolve() : reject(error)));
    });
    const whole = (name: string) => name.endsWith('.parquet');
    for (const name of (await readdir(expected)).filter(whole)) {
      expect(await readFile(join(into, name)), name).toEqual(await readFile(join(expected, name)));
    }
  });
});
