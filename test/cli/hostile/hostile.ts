import fc from 'fast-check';
import { expect } from 'vitest';

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
/** A text of a few of them. */
export const hostile = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 })
  .map((pieces) => pieces.join(''));

export const UNSAFE = /[^\P{Cc}\n]|[\u200b\u2028-\u202e\u2066-\u2069]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/u;

/** A terminal, or a runner's log: letters and line ends, and no line that is a command. */
export function expectSafe(text: string, what: string): void {
  const found = UNSAFE.exec(text);
  expect(found && JSON.stringify(text.slice(Math.max(0, found.index - 40), found.index + 10)), what).toBeNull();
  for (const line of text.split('\n'))
    expect(/^\s*::|##\[|##vso\[/.exec(line), `${what}: ${JSON.stringify(line)}`).toBeNull();
}

/** Text between tags of our own: nothing in it is markup that GitHub acts on. */
export function expectInert(markdown: string, what: string): void {
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
