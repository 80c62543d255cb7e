import type { Streams } from '../define-command.js';
import { paint, renderTable } from './table.js';

/** A page of the manual as a terminal shows it: Markdown's marks taken out, tables laid out, prose broken between words. */
export function pageText(markdown: string, streams: Streams): string {
  const parts = markdown.replace(/^<!-- .* -->\n/gm, '').split(/^(```[\s\S]*?^```)$/m);
  const blocks = parts.flatMap((part, i) =>
    i % 2 === 1
      ? [part.split('\n').slice(1, -1).join('\n')]
      : part.split(/\n\s*\n/).map((text) => blockText(text, streams)),
  );
  return `${blocks.filter(Boolean).join('\n\n')}\n`;
}

function blockText(block: string, streams: Streams): string {
  const text = block.replace(/^\n+|\s+$/g, '');
  const heading = /^#+ (.*)$/.exec(text)?.[1];
  if (heading !== undefined) return paint(inline(heading, streams), 'strong', streams.color);
  if (text.startsWith('|')) return tableText(text, streams);
  if (/^ {4}/.test(text)) return text;
  // Lines belong together until the next item of a list.
  return inline(text.replace(/\n(?!\s*- )\s*/g, ' '), streams);
}

function tableText(text: string, streams: Streams): string {
  const rows = text
    .split('\n')
    .filter((line) => !/^\|[\s:|-]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, line.lastIndexOf('|'))
        .split(/(?<!\\)\|/)
        .map((cell) => inline(cell.trim().replaceAll('\\|', '|'), { color: false })),
    );
  const [head = [], ...body] = rows;
  const columns = head.map((heading, i) => ({ heading, align: 'left' as const, wraps: i > 0 }));
  return renderTable(columns, body, streams);
}

/** Words without marks: bold where there is colour, and links with their address. */
function inline(text: string, { color }: Pick<Streams, 'color'>): string {
  return text
    .replace(/\[([^\]]*)\]\((https?:[^)]*)\)/g, '$1 ($2)')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\*\*(.+?)\*\*/g, (_, words: string) => paint(words, 'strong', color))
    .replace(/(?<![\w`])_([^_`]+)_(?![\w`])/g, '$1')
    .replace(/`([^`]*)`/g, '$1');
}
