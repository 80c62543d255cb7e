import stringWidth from 'string-width';

/** Latin letters, dashes and quotation marks: one column each. */
const PLAIN = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027]*$/;

/** No cell is wider, terminal or not: a name of 100,000 characters is not worth 20,000 rows of that width. */
const WIDEST = 200;
/** Code units that one column may take: letters with accents of their own, emoji of several parts. */
const UNITS_A_COLUMN = 16;

/** Columns that a text takes. Most are plain, for which the tables of Unicode, slow to load, are not asked. */
export function widthOf(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
}

/** A text of at most `width` columns: its end, where module paths differ, or its beginning. */
export function cut(text: string, width: number, keep: 'start' | 'end'): string {
  // What is longer than this is cut before it is measured.
  const most = width * UNITS_A_COLUMN;
  if (text.length <= most && widthOf(text) <= width) return text;
  const near = text.length <= most ? text : keep === 'end' ? text.slice(-most) : text.slice(0, most);
  const letters = PLAIN.test(near) ? near.split('') : [...new Intl.Segmenter().segment(near)].map((one) => one.segment);
  if (keep === 'end') letters.reverse();
  const kept: string[] = [];
  let room = width - 1;
  for (const letter of letters) {
    room -= widthOf(letter);
    if (room < 0) break;
    kept.push(letter);
  }
  return keep === 'end' ? `…${kept.reverse().join('')}` : `${kept.join('')}…`;
}

/** A text in parts of at most `width` columns, none left out: an address may be one word. */
export function pieces(text: string, width: number): string[] {
  if (widthOf(text) <= width) return [text];
  const letters = PLAIN.test(text) ? text.split('') : [...new Intl.Segmenter().segment(text)].map((one) => one.segment);
  const parts: string[] = [''];
  let room = width;
  for (const letter of letters) {
    const size = widthOf(letter);
    if (size > room && parts.at(-1) !== '') {
      parts.push('');
      room = width;
    }
    parts[parts.length - 1] += letter;
    room -= size;
  }
  return parts;
}

/** No longer than any cell may be. */
export function bounded(text: string, keep: 'start' | 'end'): string {
  return text.length <= WIDEST ? text : cut(text, WIDEST, keep);
}

/** Escape sequences of `paint`, which take no columns. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are our own
const PAINT = /\u001b\[[\d;]+m/g;

/** A unit or sign that belongs to the number before it: `3.1 %`, `1.92 kB/s`, `5 ×`. */
const UNIT = /^(?:%|×|[kMGTPmµn]?(?:B|s|J|W|Hz|FLOP|op|madds)?(?:\/\w+)?)[.,;:)]*$/;

/**
 * Lines of at most `width` columns, broken at spaces; a word that is longer stays whole, and so does a number with its
 * unit. Lines keep their indent; what goes on after a list's mark is indented beside it.
 */
export function wrapWords(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line, width))
    .join('\n');
}

function wrapLine(line: string, width: number): string {
  // Fewer code units than columns, escape sequences or not.
  if (line.length <= width || !line.trim().includes(' ')) return line;
  const [indent = '', mark = ''] = /^( *)(- )?/.exec(line)?.slice(1) ?? [];
  const hanging = indent + ' '.repeat(mark.length);
  const lines: string[] = [];
  let current = indent + mark;
  let used = current.length;
  let isFirst = true;
  for (const word of wordsOf(line.slice(used))) {
    const size = widthOf(word.replace(PAINT, ''));
    if (!isFirst && used + 1 + size > width) {
      lines.push(current.trimEnd());
      current = hanging + word;
      used = hanging.length + size;
    } else {
      current += isFirst ? word : ` ${word}`;
      used += size + (isFirst ? 0 : 1);
    }
    isFirst = false;
  }
  return [...lines, current].join('\n');
}

function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const word of line.split(' ')) {
    const before = words.at(-1) ?? '';
    if (word !== '' && UNIT.test(word) && /^[(±+−-]?[\d.,]*\d$/.test(before.replace(PAINT, '')))
      words[words.length - 1] = `${before} ${word}`;
    else words.push(word);
  }
  return words;
}
