/**
 * What moves a cursor, ends a line, turns the direction of writing or cannot be seen: control characters (C0, C1),
 * separators of lines, directional marks, characters of no width, tags, and halves of surrogate pairs.
 */
const UNSAFE =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: each stands for itself
  /[\p{Cc}\u00ad\u061c\u115f\u1160\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}]|\p{Surrogate}/gu;
/** Most text: looked at without the classes of Unicode. */
const PLAIN = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027]*$/;

/**
 * Text from a file or a configuration as one line that is safe to show anywhere: a terminal, a log, a page, a file for
 * other programs. Line ends and tabs become spaces, everything else that is unsafe U+FFFD.
 *
 * Each form of output escapes its own markup besides: `escapeMarkdown`, `escapeCell`, `xml`, `escapeHtml`.
 */
export function cleanText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(/\r\n|[\n\r\t\u2028\u2029]/g, ' ').replace(UNSAFE, '\ufffd');
}

/** As `cleanText`, for a text whose line ends (`\n`, `\r\n`) are its own. */
export function cleanLines(text: string): string {
  return text.split('\r\n').map(withLines).join('\r\n');
}

function withLines(text: string): string {
  return text.replace(UNSAFE, (character) => (character === '\n' ? character : '\ufffd'));
}

/** As one line in which everything unsafe is written as JSON would: `\n`, `\u001b`. For messages and JSON itself. */
export function spelledOut(text: string): string {
  return PLAIN.test(text) ? text : text.replace(UNSAFE, spelling);
}

/** JSON on a terminal: what is unsafe in its strings is written out, its own lines stay. */
export function spelledOutJson(json: string): string {
  return json.replace(UNSAFE, (character) => (character === '\n' ? character : spelling(character)));
}

function spelling(character: string): string {
  const written = JSON.stringify(character).slice(1, -1);
  if (written !== character) return written;
  return Array.from({ length: character.length }, (_, i) => {
    return `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  }).join('');
}

/** Plain data with every text in it clean, names of fields too; the same object where all were. */
export function cleanTexts<T>(data: T): T {
  return cleaned(data) as T;
}

function cleaned(data: unknown): unknown {
  if (typeof data === 'string') return cleanText(data);
  if (typeof data !== 'object' || data === null || ArrayBuffer.isView(data)) return data;
  if (Array.isArray(data)) {
    if (typeof data[0] === 'number') return data;
    const items = data.map(cleaned);
    return items.some((item, i) => item !== data[i]) ? items : data;
  }
  const entries = Object.entries(data);
  const fresh = entries.map(([key, value]) => [cleanText(key), cleaned(value)] as const);
  const isSame = fresh.every(([key, value], i) => key === entries[i]?.[0] && value === entries[i]?.[1]);
  return isSame ? data : Object.fromEntries(fresh);
}
