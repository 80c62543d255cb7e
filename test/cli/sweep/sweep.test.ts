import { spawnSync } from 'node:child_process';
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
    expect((await run(['sweep', 'front', into, '--each'])).err).toBe(
      'archmeter: --each writes beside a page. Add --report front.html.\n',
    );
    const odd = await run(['sweep', 'front', into, '--report', join(folder, 'front.pdf')]);
    expect([odd.code, odd.err]).toEqual([2, expect.stringContaining('is of no form')]);
  });

  it('links each design of a page with its spec file, and with its full report where one is asked for', async () => {
    const html = join(folder, 'each.html');
    await run(['sweep', 'front', into, '--report', html, '--each']);
    const page = await readFile(html, 'utf8');
    const { front } = JSON.parse((await run(['sweep', 'front', into, '--json'])).out) as {
      front: { design: number }[];
    };
    for (const { design } of front) {
      const [, spec] =
        new RegExp(`download="small-${design}.yaml" href="data:text/yaml;charset=utf-8,([^"]+)"`).exec(page) ?? [];
      expect(decodeURIComponent(spec ?? '')).toBe((await run(['sweep', 'show', String(design), into])).out);
      expect(page).toContain(`href="each-designs/${design}.html"`);
      expect(await readFile(join(folder, 'each-designs', `${design}.html`), 'utf8')).toContain(`small-${design}`);
    }
  });

  it('prints every design, and answers to SQL, as CSV and JSON', async () => {
    const { out } = await run(['sweep', 'rows', into, '--format', 'csv']);
    const [head, ...lines] = out.trim().split('\n');
    expect(head).toMatch(/^design,depth,groupWidth,squeeze,params,/);
    const objects = JSON.parse((await run(['sweep', 'rows', into, '--json'])).out) as Record<string, unknown>[];
    expect(objects.map((row) => Object.values(row).join(','))).toEqual(lines);
    const file = join(folder, 'query.csv');
    const sql = 'SELECT design, params FROM sweep ORDER BY design';
    await run(['sweep', 'query', sql, into, '--format', 'csv', '--output', file]);
    const asked = objects.map(({ design, params }) => `${design},${params}\n`).join('');
    expect(await readFile(file, 'utf8')).toBe(`design,params\n${asked}`);
  });

  it('shows a design a layer a line, with what differs from the defaults', async () => {
    const { out } = await run(['sweep', 'show', '0', into]);
    expect(out.split('\n').slice(0, 8)).toEqual([
      'schema: archmeter/spec@1',
      'name: small-0',
      'input: [ 1, 3, 224, 224 ]',
      'layers:',
      '  - { op: conv, name: stem.0, stride: 2, padding: 1, bias: false, outChannels: 32, kernel: 3 }',
      '  - { op: batchNorm, name: stem.1 }',
      '  - { op: relu, name: stem.2 }',
      '  - { op: conv, name: proj.0, stride: 2, bias: false, outChannels: 24, kernel: 1 }',
    ]);
  });

  it('shares parts out among threads as they get free', async () => {
    const threads = join(folder, 'threads');
    const built = spawnSync(
      process.execPath,
      ['bin/archmeter.js', 'sweep', space, '--output', threads, '--shards', '5', '--jobs', '2'],
      { encoding: 'utf8' },
    );
    expect(built.stderr).toBe(`wrote 5 of 5 parts to ${threads}\n`);
    const frontOf = async (place: string) =>
      (JSON.parse((await run(['sweep', 'front', place, '--json'])).out) as { front: unknown }).front;
    expect(await frontOf(threads)).toEqual(await frontOf(into));
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
