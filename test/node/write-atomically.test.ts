import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeAtomically } from '../../src/node/write-atomically.js';
import { writeReports } from '../../src/node/write-reports.js';
import { sampleReport } from '../core/report/sample-report.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archmeter-write-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);

it('writes and replaces every kind of report that it wrote itself', async () => {
  const paths = ['html', 'json', 'csv', 'md', 'png'].map((ending) => at(`report.${ending}`));
  await writeReports(sampleReport(), paths);
  await writeReports({ ...sampleReport(), title: 'Another title' }, paths);
  expect(await readFile(at('report.html'), 'utf8')).toContain('Another title');
  expect((await readdir(folder)).sort()).toEqual([
    'report.csv',
    'report.html',
    'report.json',
    'report.md',
    'report.png',
  ]);
});

describe('a file that archmeter did not write', () => {
  it.each([
    ['page.html', '<!doctype html><title>my page</title>'],
    ['data.json', '{"name": "my-package"}'],
    ['data.csv', 'name,age\nx,1\n'],
    ['notes.md', '# My notes\n'],
    ['picture.png', 'not a picture'],
    ['thesis.tex', '\\documentclass{article}'],
  ])('is not replaced without force: %s', async (name, text) => {
    await writeFile(at(name), text);
    const attempt = writeAtomically(at(name), 'anything');
    await expect(attempt).rejects.toThrow(/Choose another name, or give --force to replace it\.$/);
    expect(await readFile(at(name), 'utf8')).toBe(text);
    await writeAtomically(at(name), 'anything', { force: true });
    expect(await readFile(at(name), 'utf8')).toBe('anything');
  });
});

it('replaces an empty file', async () => {
  await writeFile(at('empty.html'), '');
  await writeAtomically(at('empty.html'), 'x');
  expect(await readFile(at('empty.html'), 'utf8')).toBe('x');
});

it('replaces text that begins with the same line: the same table again', async () => {
  await writeFile(at('table.txt'), 'Layers of resnet50\n1\n');
  await writeAtomically(at('table.txt'), 'Layers of resnet50\n2\n');
  expect(await readFile(at('table.txt'), 'utf8')).toBe('Layers of resnet50\n2\n');
});

it('explains what is in the way', async () => {
  await mkdir(at('folder.html'));
  await expect(writeAtomically(at('folder.html'), 'x')).rejects.toThrow(
    `${at('folder.html')}: this is a folder. Name a file in it.`,
  );
  await expect(writeAtomically(at('none/a.html'), 'x')).rejects.toThrow(
    `${at('none/a.html')}: its folder does not exist. Create the folder first.`,
  );
  await writeFile(at('file'), 'x');
  await expect(writeAtomically(at('file/a.html'), 'x')).rejects.toThrow('a part of the path is a file, not a folder');
});

it.skipIf(process.getuid?.() === 0)('explains missing permission (root has every permission)', async () => {
  await mkdir(at('closed'));
  await chmod(at('closed'), 0o500);
  await expect(writeAtomically(at('closed/a.html'), 'x')).rejects.toThrow('no permission to write here');
});

it('writes no report where one of several paths is refused', async () => {
  await writeFile(at('mine.html'), '<!doctype html>mine');
  await expect(writeReports(sampleReport(), [at('new.json'), at('mine.html')])).rejects.toThrow('--force');
  await expect(writeReports(sampleReport(), [at('new.json'), at('x.pdf')])).rejects.toThrow('no report format');
  expect(await readdir(folder)).toEqual(['mine.html']);
});

it('leaves the old file whole when the new one cannot be rendered', async () => {
  await writeReports(sampleReport(), [at('a.json')]);
  const before = await readFile(at('a.json'), 'utf8');
  const broken = { ...sampleReport(), analyses: [null as never] };
  await expect(writeReports(broken, [at('a.json')])).rejects.toThrow();
  expect(await readFile(at('a.json'), 'utf8')).toBe(before);
});
