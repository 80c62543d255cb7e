/** Where in a spec file the cursor stands: what completion goes by. The text may be half typed, and no YAML yet. */
export interface Place {
  /** A key of a mapping, a value, or the start of a list's item, which may become either. */
  readonly kind: 'key' | 'value' | 'item';
  /** The nearest key whose contents these are: `layers`; undefined at the top. */
  readonly parent: string | undefined;
  /** Of a value. */
  readonly key: string | undefined;
  /** What the mapping holds that the cursor stands in. */
  readonly siblings: ReadonlyMap<string, string>;
  /** Where the word begins that is being typed. */
  readonly from: number;
  /** Whether the word stands between braces or brackets, where a comma ends it. */
  readonly isFlow: boolean;
}

const PAIR = /^\s*["']?([\w$-]+)["']?\s*:(?:\s+|$)(.*)$/;

export function placeAt(text: string, position: number): Place {
  const start = text.lastIndexOf('\n', position - 1) + 1;
  const end = text.indexOf('\n', position);
  const line = text.slice(start, end < 0 ? text.length : end);
  const before = text.slice(start, position);
  const from = position - (/[\w$./-]*$/.exec(before) as RegExpExecArray)[0].length;
  return flowPlace(text, start, line, before, from) ?? blockPlace(text, start, before, from);
}

function flowPlace(text: string, start: number, line: string, before: string, from: number): Place | undefined {
  const open = openBrackets(before);
  const inner = open.at(-1);
  if (inner === undefined) return undefined;
  const brace = before[inner] === '{' ? inner : open.findLast((at) => before[at] === '{');
  const parent =
    brace === undefined || open[0] !== brace
      ? parentOf(text, start, before.slice(0, open[0]))
      : parentOf(text, start, before.slice(0, brace));
  const siblings = brace === undefined ? new Map<string, string>() : pairsOf(line.slice(brace + 1));
  const segment = partsOf(before.slice(inner + 1)).at(-1) ?? '';
  const pair = PAIR.exec(before[inner] === '[' ? before.slice(lastKeyStart(before, inner), inner) : segment);
  if (before[inner] === '[') return { kind: 'value', parent, key: pair?.[1], siblings, from, isFlow: true };
  return { kind: pair === null ? 'key' : 'value', parent, key: pair?.[1], siblings, from, isFlow: true };
}

function blockPlace(text: string, start: number, before: string, from: number): Place {
  const [, lead = '', rest = ''] = /^(\s*(?:- +)*)(.*)$/.exec(before) as RegExpExecArray;
  const pair = PAIR.exec(rest);
  const parent = parentOf(text, start, lead);
  const siblings = blockPairs(text, start, lead.length);
  if (pair !== null) return { kind: 'value', parent, key: pair[1], siblings, from, isFlow: false };
  return { kind: lead.includes('-') ? 'item' : 'key', parent, key: undefined, siblings, from, isFlow: false };
}

/** Places of the braces and brackets that are open at the end of a text. */
function openBrackets(text: string): number[] {
  const open: number[] = [];
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const character = text[i] as string;
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === '#' && /\s/.test(text[i - 1] ?? ' ')) break;
    else if (character === '{' || character === '[') open.push(i);
    else if (character === '}' || character === ']') open.pop();
  }
  return open;
}

/** A flow collection's contents, cut at its own commas, up to where it ends. */
function partsOf(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if ('{['.includes(character)) depth++;
    if (')]}'.includes(character) && --depth < 0) break;
    if (character === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

function pairsOf(text: string): Map<string, string> {
  const pairs = partsOf(text).map((part) => PAIR.exec(part));
  return new Map(pairs.flatMap((pair) => (pair === null ? [] : [[pair[1] as string, (pair[2] as string).trim()]])));
}

const lastKeyStart = (text: string, end: number) =>
  Math.max(...['{', ',', '- '].map((mark) => text.lastIndexOf(mark, end - 1) + mark.trimEnd().length), 0);

const indentOf = (line: string) => (/^\s*(?:- +)*/.exec(line) as RegExpExecArray)[0].length;
const isBlank = (line: string) => /^\s*(#.*)?$/.test(line);

/** The key below which something lies that begins with `lead` on the line at `start`. */
function parentOf(text: string, start: number, lead: string): string | undefined {
  const own = PAIR.exec(lead.replace(/^\s*(?:- +)*/, ''));
  if (own !== null) return own[1];
  let isItem = lead.includes('-');
  let indent = isItem ? lead.indexOf('-') : lead.length;
  const lines = text.slice(0, start).split('\n').slice(0, -1).reverse();
  for (const line of lines) {
    if (isBlank(line)) continue;
    const dash = line.indexOf('-');
    const keyAt = indentOf(line);
    // A list may begin in the column of the key that holds it.
    if (keyAt < indent || (isItem && keyAt === indent && !/^\s*-/.test(line))) {
      const pair = PAIR.exec(line.slice(keyAt));
      if (pair !== null) return pair[1];
    }
    // The first key of the item that the mapping is: its list lies further out.
    if (!isItem && /^\s*-/.test(line) && keyAt === indent) {
      isItem = true;
      indent = dash;
    }
  }
  return undefined;
}

/** Keys and values of the block mapping that has its keys in this column. */
function blockPairs(text: string, start: number, column: number): Map<string, string> {
  const pairs = new Map<string, string>();
  const take = (line: string) => {
    const pair = PAIR.exec(line.slice(column));
    if (pair !== null && indentOf(line) === column) pairs.set(pair[1] as string, (pair[2] as string).trim());
  };
  const isItem = (line: string) => /^\s*-/.test(line) && indentOf(line) === column;
  const [own = '', ...below] = text.slice(start).split('\n');
  take(own);
  if (!isItem(own)) {
    for (const line of text.slice(0, start).split('\n').slice(0, -1).reverse()) {
      if (isBlank(line)) continue;
      if (indentOf(line) < column) break;
      take(line);
      if (isItem(line)) break;
    }
  }
  for (const line of below) {
    if (isBlank(line)) continue;
    if (indentOf(line) < column || isItem(line)) break;
    take(line);
  }
  return pairs;
}
