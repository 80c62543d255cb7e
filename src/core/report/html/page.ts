import { DARK, LIGHT, type Theme } from '../palette.js';
import type { ReportAssets } from './assets.js';
import { dataBlock } from './data-block.js';
import { html, Markup } from './escape.js';

/**
 * The whole file. Script and style are allowed by their hashes and nothing else is: no network, no inline handlers,
 * no style attributes.
 */
export async function page(title: string, body: Markup, data: unknown, assets: ReportAssets): Promise<string> {
  const style = `${themeVariables()}${assets.style}`;
  const policy = [
    "default-src 'none'",
    `script-src '${await hash(assets.script)}'`,
    `style-src '${await hash(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="archmeter">
<title>${title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
${body}
${dataBlock(data)}
<script>${new Markup(assets.script)}</script>
</body>
</html>
`.text;
}

/** A CSP source of a block's text, e.g. `sha256-…`. */
async function hash(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return `sha256-${btoa(String.fromCharCode(...digest))}`;
}

/** The palette as CSS variables: dark where the reader's system or the reader says so, never on paper. */
export function themeVariables(): string {
  const declare = ({ models, name, ...colours }: Theme) => {
    const own = Object.entries(colours).map(
      ([key, value]) => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}:${value};`,
    );
    return [`color-scheme:${name};`, ...own, ...models.map((colour, i) => `--m${i}:${colour};`)].join('');
  };
  return (
    `:root{${declare(LIGHT)}}` +
    `@media screen{:root[data-theme=dark]{${declare(DARK)}}}` +
    `@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){${declare(DARK)}}}`
  );
}
