import { readFile, writeFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diffSchema } from '../../../src/core/schemas/diff.schema.js';
import { timedMeasurement } from '../../core/compare/timed-measurement.js';
import { TestRepository } from '../../node/gate/repository.js';
import { run } from '../run.js';
import { backbone } from './scenarios.js';

let repository: TestRepository;
const workingDirectory = process.cwd();

beforeAll(() => {
  repository = new TestRepository();
  process.chdir(repository.folder);
  repository.commit('one', { 'archmeter.config.yaml': 'models: ["*.net.yaml"]', 'a.net.yaml': backbone() });
  repository.commit('two', { 'a.net.yaml': backbone({ width: 24 }), 'b.net.yaml': backbone() });
});
afterAll(() => {
  process.chdir(workingDirectory);
  repository.remove();
});

const validate = new Ajv({ strict: false }).compile(diffSchema);
const json = async (...argv: string[]) => {
  const { code, out, err } = await run(['diff', ...argv, '--format', 'json']);
  expect([code, err]).toEqual([0, '']);
  const value = JSON.parse(out);
  expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
  return value.models as {
    before: string;
    after: string;
    totals: Record<string, { before: number; after: number }>;
    layers: { status: string; before?: { name: string; params: number }; after?: { name: string; params: number } }[];
  }[];
};
const changedNames = (layers: Awaited<ReturnType<typeof json>>[number]['layers']) =>
  layers.filter(({ status }) => status === 'changed').map(({ after }) => after?.name);

describe('diff', () => {
  it('compares two models', async () => {
    const [diff] = await json('resnet18', 'resnet34');
    expect(diff?.totals['params']).toEqual({ before: 11_689_512, after: 21_797_672 });
    const added = (diff?.layers ?? []).filter(({ status }) => status === 'added');
    expect(added.length).toBeGreaterThan(0);
    const delta = (diff?.layers ?? []).reduce(
      (sum, { before, after }) => sum + (after?.params ?? 0) - (before?.params ?? 0),
      0,
    );
    expect(delta).toBe(21_797_672 - 11_689_512);
  });

  it('compares a file with itself at a revision', async () => {
    const [diff] = await json('HEAD~1:a.net.yaml', 'a.net.yaml');
    expect(changedNames(diff?.layers ?? [])).toContain('stage1');
    expect((await json('HEAD:a.net.yaml', 'a.net.yaml'))[0]?.layers).toEqual([]);
  });

  it("compares the configuration's models at two revisions, and with the files as they are", async () => {
    for (const pair of [
      ['HEAD~1', 'HEAD'],
      ['HEAD~1', '.'],
    ]) {
      const diffs = await json(...pair);
      expect(diffs.map(({ after }) => after)).toEqual(['a.net.yaml', 'b.net.yaml']);
      expect(changedNames(diffs[0]?.layers ?? [])).toContain('stage1');
      expect(diffs[1]?.totals['params']?.before).toBe(0);
      expect(new Set(diffs[1]?.layers.map(({ status }) => status))).toEqual(new Set(['added']));
    }
  });

  it('takes paths from the root too, and leaves out what cannot be read there', async () => {
    repository.git('checkout', '--quiet', '-B', 'broken');
    repository.commit('broken', { 'b.net.yaml': 'layers: [', 'sub/c.yaml': backbone() });
    process.chdir('sub');
    expect((await json('HEAD:sub/c.yaml', 'HEAD:c.yaml'))[0]?.layers).toEqual([]);
    process.chdir(repository.folder);
    repository.write('b.net.yaml', backbone());
    const { code, out, err } = await run(['diff', 'HEAD', '.', '--format', 'json']);
    expect([code, err]).toEqual([0, expect.stringMatching(/^left out: HEAD:b\.net\.yaml:1:\d+: .*\n$/)]);
    expect(JSON.parse(out).models.map(({ after }: { after: string }) => after)).toEqual(['a.net.yaml']);
    repository.git('checkout', '--quiet', '--force', 'main');
  });

  it('compares saved analyses', async () => {
    for (const [revision, name] of [
      ['HEAD~1', 'before.json'],
      ['HEAD', 'after.json'],
    ] as const) {
      repository.git('show', `${revision}:a.net.yaml`);
      await writeFile('x.yaml', `${repository.git('show', `${revision}:a.net.yaml`)}\n`);
      expect((await run(['analyze', 'x.yaml', '--format', 'json', '--output', name])).code).toBe(0);
    }
    expect(changedNames((await json('before.json', 'after.json'))[0]?.layers ?? [])).toContain('stage1');
    const { out } = await run(['diff', 'before.json', 'after.json', '--top', '1']);
    expect(out).toMatch(/^1x3x32x32 · float32 · eager execution\n\nbackbone {2}layers: 2 added, 4 changed\n/);
    expect(out).toMatch(/\d+ more\n$/);
  });

  it('compares measurements of one device alone, unless asked', async () => {
    const measurement = timedMeasurement([{ name: 'net', medianMs: 10 }], [], { floor: 1.01 });
    const other = { ...measurement, device: { kind: 'cpu', name: 'another' } };
    await writeFile('m1.json', JSON.stringify(measurement));
    await writeFile('m2.json', JSON.stringify(other));
    expect((await run(['diff', 'm1.json', 'm1.json'])).out).not.toContain('not comparable');
    const { code, out } = await run(['diff', 'm1.json', 'm2.json']);
    expect([code, out]).toEqual([0, expect.stringContaining('device name: virtual before, another after')]);
    expect((await run(['diff', 'm1.json', 'm2.json', '--across-devices'])).out).toContain('Set-ups differ');
  });

  it('draws both structures as a page and a picture', async () => {
    const { code, err } = await run(['diff', 'HEAD~1', 'HEAD', '--report', 'd.html', '--report', 'd.png']);
    expect([code, err]).toEqual([0, 'wrote d.html\nwrote d.png\n']);
    const page = await readFile('d.html', 'utf8');
    expect(page).toContain('<h2>b.net.yaml → b.net.yaml</h2>');
    expect(page).toMatch(/<tr class="changed"><td class="sign">~<\/td>/);
    expect((await readFile('d.png')).subarray(1, 4).toString()).toBe('PNG');
    expect((await run(['diff', 'HEAD~1', 'HEAD', '--report', 'd.html'])).code).toBe(0);
  });

  it.each([
    [['m1.json', 'm1.json', '--report', 'm.html'], '--report draws models, and these are measurements'],
    [['resnet18', 'resnet34', '--report', 'x.csv'], '--report x.csv: a difference is drawn as .html or .png'],
    [['nothing', 'resnet18'], "there is no file and no zoo model named 'nothing'"],
    [['HEAD:none.yaml', 'resnet18'], 'HEAD:none.yaml: there is no such file'],
    [['HEAD:../../x.yaml', 'resnet18'], 'it lies outside the checkout'],
    [['m1.json', 'resnet18'], "'m1.json' holds nothing that the other could be compared with"],
  ])('%j is an error', async (argv, message) => {
    expect(await run(['diff', ...argv])).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  });
});
