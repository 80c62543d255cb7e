import { cleanText } from '../../clean-text.js';

/** Longest name or text cell. */
const LONGEST = 120;
/** A space of no width, which stands between the characters that would make a mention, a reference or a link. */
const APART = '&#8203;';

/**
 * Text as Markdown shows it, on GitHub and GitLab too: nothing in it becomes markup, a mention, a reference to an issue,
 * a link, an image, a formula or a table border.
 */
export function escapeMarkdown(text: string): string {
  const clean = cleanText(text.length > LONGEST * 8 ? `${text.slice(0, LONGEST * 8)}…` : text);
  return clean
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]~]/g, '\\$&')
    .replaceAll('|', '&#124;')
    .replaceAll('$', '&#36;')
    .replace(/@(?=[\p{L}\p{N}])/gu, `@${APART}`)
    .replace(/(?<!&)#(?=[\p{L}\p{N}])/gu, `#${APART}`)
    .replace(/^[#=]|^[+-](?=[ +-]|$)|^\d+(?=[.)] )/, (mark) =>
      /^\d/.test(mark) ? `${mark}${APART}` : `&#${mark.charCodeAt(0)};`,
    )
    .replaceAll('://', `:${APART}//`)
    .replace(/\b(www|mailto|xmpp)([.:])/gi, `$1${APART}$2`);
}

/** Escaped and cut to what a table bears. */
export function escapeName(name: string): string {
  return escapeMarkdown(name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name);
}

export function code(text: string): string {
  return `<code>${escapeName(text)}</code>`;
}
