import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './run.js';

const workingDirectory = process.cwd();
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'archmeter-test-'));
  process.chdir(folder);
  mkdirSync('results');
  writeFileSync('notes.txt', 'mine');
  writeFileSync(
    'space.yaml',
    'family: regnet\nparameters: { depth: [8, 9] }\nobjectives: { madds: max, params: min }\n',
  );
});
afterAll(() => {
  process.chdir(workingDirectory);
  rmSync(folder, { recursive: true, force: true });
});

const BLOCKS = ['blocks', '--no-time', '--group', 'A'];

describe('--output', () => {
  it.each([
    [['analyze', 'alexnet', '-o', 'results'], 'results: this is a folder. Name a file in it.'],
    [['export', 'alexnet', '-o', 'results/'], 'results/: this is a folder. Name a file in it.'],
    [['calibrate', '-o', 'results'], 'results: this is a folder. Name a file in it.'],
    [['analyze', 'alexnet', '-o', 'none/x'], 'none/x: its folder does not exist. Create the folder first.'],
    [
      ['analyze', 'alexnet', '-o', 'notes.txt/x'],
      'notes.txt/x: a part of the path is a file, not a folder. Choose another path.',
    ],
    [[...BLOCKS, '-o', 'notes.txt'], 'notes.txt: a file stands where the folder of --output shall be. Name a folder.'],
    [
      [...BLOCKS, '-o', 'x.html'],
      '--output x.html names a file; here it is a folder, for several. Name a folder. One report: --report x.html.',
    ],
    [
      ['sweep', 'space.yaml', '-o', 'x.csv'],
      '--output x.csv names a file; here it is a folder, for several. Name a folder. Results as one file: sweep front FOLDER --format csv.',
    ],
  ])('%j: one line', async (argv, message) => {
    expect(await run(argv)).toEqual({ code: 2, out: '', err: `archmeter: ${message}\n` });
  });

  it('names the configuration that init writes', async () => {
    expect((await run(['init', '-o', 'results'])).err).toContain('results: this is a folder. Name a file in it.\n');
  });
});

describe('--report', () => {
  it.each([
    ['results', 'results: this is a folder. Name a file in it.'],
    ['none/x.html', 'none/x.html: its folder does not exist. Create the folder first.'],
    ['x', 'x: a report file needs an ending.'],
    ['x.pdf', 'x.pdf: '],
  ])('%s: said before anything is computed or timed', async (path, message) => {
    for (const command of [['analyze', 'alexnet'], ['bench', 'alexnet'], ['check']]) {
      const { code, out, err } = await run([...command, '--report', path]);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain(message);
    }
  });
});
