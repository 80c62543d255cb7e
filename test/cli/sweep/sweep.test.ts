import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../run.js';

const SPACE = `
schema: archmeter/space@1
name: small
family: regnet
parameters: { depth: { from: 8, to: 14 }, groupWidth: [8, 16], squeeze: [false, true] }
constraints: [madds <= 900e6]
objectives: { madds: max, params: min }
`;

let folder: string;
let into: string;
let space: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archmeter-sweep-cli-'));
  [into, space] = [join(folder, 'out'), join(folder, 'space.yaml')];
  await writeFile(space, SPACE);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('archmeter sweep', () => {
  it('runs a space, keeps what is there, and shows the front', async () => {
    const first = await run(['sweep', space, '--output', into, '--jobs', '1'], 80);
    expect(first.err).toBe(`wrote 1 of 1 parts to ${into}\n`);
    expect(first.out).toContain('designs on the front of small. Counts are exact.');
    for (const line of first.out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const again = await run(['sweep', space, '--output', into, '--jobs', '1'], 80);
    expect(again.err).toBe(`all parts are in ${into} already\n`);
    expect(again.out).toBe(first.out);
  });

  it('computes the shard that is asked for, and tells what is missing', async () => {
    const shards = join(folder, 'shards');
    await run(['sweep', space, '--output', shards, '--shard', '1/3']);
    const { code, out } = await run(['sweep', 'status', shards]);
    expect(code).toBe(1);
    expect(out).toContain('small: 1 of 3 parts done, 2 missing, 0 stale\n');
    expect(out).toContain('to compute: --shard 0,2/3\n');
    expect((await run(['sweep', 'front', shards])).err).toContain('2 of 3 parts are not there');
  });

  it('prints fronts as JSON and CSV, and merges them into a file', async () => {
    const { out } = await run(['sweep', 'front', into, '--json']);
    const { front } = JSON.parse(out) as { front: { design: number; figures: Record<string, number> }[] };
    const csv = (await run(['sweep', 'front', into, '--format', 'csv'])).out.trim().split('\n');
    expect(csv).toHaveLength(front.length + 1);
    expect(csv[0]).toMatch(/^design,depth,groupWidth,squeeze,params,/);
    await run(['sweep', 'merge', into]);
    expect(JSON.parse(await readFile(join(into, 'front.json'), 'utf8'))).toEqual(JSON.parse(out));
  });

  it('writes reports', async () => {
    const [html, png] = [join(folder, 'front.html'), join(folder, 'front.png')];
    await run(['sweep', 'front', into, '--report', html, '--report', png]);
    expect(await readFile(html, 'utf8')).toContain('Which parameter moves what');
    expect((await readFile(png)).subarray(1, 4).toString()).toBe('PNG');
    const odd = await run(['sweep', 'front', into, '--report', join(folder, 'front.pdf')]);
    expect([odd.code, odd.err]).toEqual([2, expect.stringContaining('is of no form')]);
  });

  it('searches a space that is too large to walk', async () => {
    const { out, err } = await run(['sweep', space, '--search', '5', '--population', '8']);
    expect(err).toMatch(/^NSGA-II, 5 generations of 8: \d+ designs evaluated of 28; /);
    expect(out).toContain('designs on the front of small');
  });

  it.each([
    [['sweep', 'nothing.yaml'], 'archmeter: nothing.yaml: there is no such file.\n'],
    [['sweep', 'status'], "archmeter: the folder is missing. Write 'archmeter sweep status FOLDER'.\n"],
    [
      ['sweep', 'front', '/'],
      "archmeter: /: this folder holds no sweep. Make one with 'archmeter sweep SPACE --output FOLDER'.\n",
    ],
    [
      ['sweep', 'SPACE', '--shard', '3/3'],
      'archmeter: --shard 3/3 is no part. Write e.g. 0/8: numbers from 0, and how many there are.\n',
    ],
  ])('%j is refused', async (argv, message) => {
    const { code, err } = await run(argv.map((word) => (word === 'SPACE' ? space : word)));
    expect([code, err]).toEqual([2, message]);
  });
});
