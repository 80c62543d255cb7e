// Writes src/docs as pages beside the page: `dist/app/manual`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Marked } from 'marked';
import { gfmHeadingId } from 'marked-gfm-heading-id';

const PAGES = { tutorial: 'Tutorial', spec: 'Spec files', method: 'Method', zoo: 'Zoo', api: 'Library' };

/** What is wider than the screen is scrolled by itself, by keyboard too. */
const WIDE = [
  [/<pre>/g, '<pre tabindex="0">'],
  [/<table>/g, '<div class="scroll" role="group" aria-label="Table" tabindex="0"><table>'],
  [/<\/table>/g, '</table></div>'],
];

/**
 * @param {string} docs folder of Markdown
 * @param {string} out folder to write
 * @param {string} policy of content, as in the page
 */
export async function writeManual(docs, out, policy) {
  mkdirSync(out, { recursive: true });
  const marked = new Marked(gfmHeadingId());
  for (const [name, title] of Object.entries(PAGES)) {
    const body = await marked.parse(readFileSync(join(docs, `${name}.md`), 'utf8'));
    const links = Object.entries(PAGES).map(([other, text]) => {
      const current = other === name ? ' aria-current="page"' : '';
      return `<a href="${other}.html"${current}>${text}</a>`;
    });
    const text = WIDE.reduce((html, [tag, wide]) => html.replace(tag, wide), body);
    writeFileSync(
      join(out, `${name}.html`),
      `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>archmeter: ${title}</title>
<link rel="icon" href="../icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="../app.css">
</head>
<body>
<header class="bar"><div class="bar-inner"><a class="wordmark" href="../">archmeter</a></div></header>
<main class="manual">
<nav aria-label="Manual">${links.join('')}</nav>
${text}</main>
</body>
</html>
`,
    );
  }
}
