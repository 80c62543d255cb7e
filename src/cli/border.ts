import { cleanLines, spelledOutJson } from '../core/clean-text.js';
import type { Streams, Terminal } from './define-command.js';
import { PAINTED } from './tables/table.js';
import { wrapWords } from './tables/width.js';

/**
 * The streams that commands write to. Whatever a file, a configuration or another program put into a text, no more than
 * letters, line ends and our own colours reach the terminal or the log, and no line is a command to the program that
 * reads the log. Prose is broken between words.
 */
export function guarded(terminal: Terminal): Streams {
  const { columns } = terminal;
  const told = (text: string) =>
    withoutCommands(columns === undefined ? painted(text) : wrapWords(painted(text), columns));
  return {
    columns,
    color: terminal.color,
    interactive: terminal.interactive,
    out: (text) => terminal.out(told(text)),
    err: (text) => terminal.err(told(text)),
    data: (text) => terminal.out(/^\s*[[{]/.test(text) ? jsonData(text) : withoutCommands(cleanLines(text))),
    annotate: (text, stream) => terminal[stream](cleanLines(text)),
  };
}

/** What `paint` wrote, and nothing else, may follow an escape character. */
function painted(text: string): string {
  return text
    .split(PAINTED)
    .map((part, i) => (i % 2 === 1 ? `\u001b[${part}m` : cleanLines(part)))
    .join('');
}

/**
 * GitHub reads lines that begin with `::name` as commands, and `##[name]` anywhere; Azure Pipelines `##vso[`. A space
 * between their first characters makes them text.
 */
function withoutCommands(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are our own
  return text.replace(/^((?:\s|\u001b\[\d+m)*):(?=:)/gm, '$1: ').replace(/#(?=#(?:\[|vso\[))/g, '# ');
}

/** JSON keeps its meaning: characters are written by their numbers. */
function jsonData(text: string): string {
  return spelledOutJson(text).replace(/#(?=#(?:\[|vso\[))/g, '\\u0023');
}
