/** Longest name or text cell. */
const LONGEST = 120;

/** Text as Markdown shows it: nothing in it becomes markup, a mention, a link, a formula or a table border. */
export function escapeMarkdown(text: string): string {
  const short = text.length > LONGEST * 8 ? `${text.slice(0, LONGEST * 8)}…` : text;
  return short
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/[\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]|~]/g, '\\$&')
    .replace(/[@#$]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll('://', ':&#47;&#47;')
    .replace(/www\./gi, 'www&#46;');
}

/** Escaped and cut to what a table bears. */
export function escapeName(name: string): string {
  return escapeMarkdown(name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name);
}

export function code(text: string): string {
  return `<code>${escapeName(text)}</code>`;
}
