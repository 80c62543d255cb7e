import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { run } from './run.js';

/** What clears a screen, sets a title, writes the clipboard, forges a command, turns text, links, mentions, computes. */
const PIECES = [
  '\u001b[2J',
  '\u001b]0;title\u0007',
  '\u001b]52;c;ZXZpbA==\u0007',
  '\u009b31m',
  '\u001b[31m',
  '\r',
  '\n',
  '\t',
  '\u0000',
  '\n::error file=a,line=1::forged',
  '::set-output name=a::b',
  '##[error]forged',
  '##vso[task.complete]',
  '\u202e',
  '\u2066',
  '\u200b',
  '\u{e0041}',
  '\ud800',
  '\u2028',
  '@octocat',
  '#1',
  'https://evil.example/?q=1',
  'www.evil.example',
  '![x](https://evil.example/a.png)',
  '[x](javascript:1)',
  '<script>alert(1)</script>',
  '<img src=x onerror=1>',
  '</summary>',
  '`',
  '```',
  '|',
  '$x$',
  '<!--',
  '-->',
  ']]>',
  '&',
  '"',
  "'",
  '=HYPERLINK("https://evil.example")',
  '+1',
  '-1',
  '@SUM(A1)',
  'net',
  ' ',
  'é',
  '層',
];
const hostile = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));
const UNSAFE = /[^\P{Cc}\n]|[\u200b\u2028-\u202e\u2066-\u2069]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/u;

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

/** A terminal, or a runner's log: letters and line ends, and no line that is a command. */
function expectSafe(text: string, what: string): void {
  const found = UNSAFE.exec(text);
  expect(found && JSON.stringify(text.slice(Math.max(0, found.index - 40), found.index + 10)), what).toBeNull();
  for (const line of text.split('\n'))
    expect(/^\s*::|##\[|##vso\[/.exec(line), `${what}: ${JSON.stringify(line)}`).toBeNull();
}

/** Text between tags of our own: nothing in it is markup that GitHub acts on. */
function expectInert(markdown: string, what: string): void {
  const prose = markdown.replace(/^(`{3,})\w*\n[\s\S]*?\n\1$/gm, '').replaceAll(/https:\/\/arxiv\.org|arxiv\.org/g, '');
  expect(UNSAFE.exec(prose), what).toBeNull();
  for (const bad of [
    /@(octocat|SUM)/,
    /:\/\/evil/,
    /www\.evil/,
    /(?<!\\)\]\(/,
    /<(script|img)/,
    /#1\b/,
    /^\s*<!-->/m,
  ]) {
    expect(
      bad.exec(prose)?.[0] ?? null,
      `${what} ${bad}: ${prose.slice(Math.max(0, prose.search(bad) - 60), prose.search(bad) + 60)}`,
    ).toBeNull();
  }
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
        for (const columns of [undefined, 80]) {
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
