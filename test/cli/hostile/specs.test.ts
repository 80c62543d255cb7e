import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { run } from '../run.js';
import { expectInert, expectSafe, hostile, UNSAFE } from './hostile.js';

let folder: string;
const workingDirectory = process.cwd();
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'archmeter-test-'));
  process.chdir(folder);
  mkdirSync('.git');
  for (const name of ['CI', 'GITHUB_ACTIONS', 'GITHUB_STEP_SUMMARY']) vi.stubEnv(name, '');
});
afterAll(() => {
  process.chdir(workingDirectory);
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function spec(name: string, layer: string, channels: number): string {
  const layers = [
    { name: layer, op: 'conv', outChannels: channels, kernel: 3, bias: false },
    { name: `${layer} norm`, op: 'batchNorm' },
    'relu',
    { name: 'out', op: 'conv', outChannels: 8, kernel: 1 },
  ];
  return JSON.stringify({ schema: 'archmeter/spec@1', name, input: [1, 3, 16, 16], layers });
}

const COMMANDS = [
  ['analyze', 'a.json'],
  ['analyze', 'a.json', '--depth', '1'],
  ['analyze', 'a.json', '--json'],
  ['analyze', 'a.json', '--format', 'csv'],
  ['analyze', 'a.json', '--format', 'markdown'],
  ['compare', 'a.json', 'b.json'],
  ['compare', 'a.json', 'b.json', '--json'],
  ['compare', 'a.json', 'b.json', '--format', 'csv'],
  ['compare', 'a.json', 'b.json', '--format', 'markdown'],
  ['diff', 'a.json', 'b.json'],
  ['diff', 'a.json', 'b.json', '--json'],
  ['diff', 'a.json', 'b.json', '--format', 'markdown'],
  ['explain', 'a.json'],
  ['advise', 'a.json'],
  ['advise', 'a.json', '--json'],
  ['estimate', 'a.json', '--on', 't4', '--per-layer'],
  ['estimate', 'a.json', '--on', 't4', '--json'],
  ['explain', 'a.json', 'no such layer'],
  ['check'],
  ['check', '--json'],
  ['check', '--format', 'markdown'],
  ['baseline', 'update', '--reason', 'x'],
  ['report', 'saved.json', '-o', 'again.md', '--force'],
] as const;

it('lets no text of a file or a configuration act on a terminal, a log or a page, whatever the command and format', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, hostile, async (name, layer) => {
      writeFileSync('a.json', spec(name, layer, 4));
      writeFileSync('b.json', spec(`${name}2`, layer, 8));
      writeFileSync(
        'archmeter.config.yaml',
        JSON.stringify({ models: [{ model: 'a.json', name }], metrics: { madds: { max: 10 }, params: {} } }),
      );
      rmSync('archmeter.baseline.json', { force: true });
      await run(['baseline', 'update']);
      await run(['analyze', 'a.json', '--json', '-o', 'saved.json', '--force']);
      writeFileSync('a.json', spec(name, layer, 6));
      for (const command of COMMANDS) {
        const isTable = !command.some((word) => word === '--json' || word === '--format');
        for (const columns of isTable ? [undefined, 80] : [undefined]) {
          const { out, err, code } = await run(command, columns);
          const what = `${command.join(' ')} (${columns})`;
          expect(code, `${what}: ${err}`).toBe(command.includes('no such layer' as never) ? 2 : code === 1 ? 1 : 0);
          expectSafe(out.replaceAll('\r\n', '\n'), what);
          expectSafe(err, what);
          if (command.includes('markdown' as never)) expectInert(out, what);
          if (command.includes('csv' as never)) {
            for (const row of out.split('\r\n')) expect(/^"?\s*[=+@]/.exec(row), row).toBeNull();
          }
        }
      }
      const files = [
        '--sarif',
        's.sarif',
        '--junit',
        'j.xml',
        '--comment',
        'c.md',
        '--report',
        'r.md',
        '--report',
        'r.html',
      ];
      const found = await run(['check', '--github', '--force', ...files]);
      const commands = found.out.split('\n').filter((line) => line.startsWith('::'));
      for (const line of commands) expect(line).toMatch(/^::(error|warning) (file=a\.json,line=\d+,)?title=[^:]*::/);
      expect(commands.length).toBe(1 + Number(commands.length > 1));
      expectInert(readFileSync('c.md', 'utf8'), 'comment');
      expectInert(readFileSync('r.md', 'utf8'), 'report');
      for (const file of ['s.sarif', 'j.xml', 'c.md', 'r.md'])
        expect(UNSAFE.exec(readFileSync(file, 'utf8'))).toBeNull();
      const sarif = JSON.parse(readFileSync('s.sarif', 'utf8')) as {
        runs: { results: { message: { text: string } }[] }[];
      };
      for (const { message } of sarif.runs[0]?.results ?? []) expect(UNSAFE.exec(message.text)).toBeNull();
      expect(readFileSync('r.html', 'utf8').replace(/<script[\s\S]*?<\/script>/g, '')).not.toMatch(
        /<script>alert|<img src=x/,
      );
    }),
    { numRuns: 4 },
  );
}, 120_000);
