// Names, licences and licence texts of the packages whose code the build puts into dist/.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const LICENSE_FILE = /^(licen[cs]e|copying|notice)(\.|-|$)/i;

/**
 * @param {readonly string[]} inputs files that were bundled, relative to the repository
 * @returns {string} Markdown
 */
export function thirdPartyNotices(inputs) {
  const folders = new Set(
    inputs.flatMap((file) => /^node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? []),
  );
  const sections = [...folders].map(packageNotice).sort();
  const fonts = readFileSync(join(root, 'src/node/png/fonts/LICENSE.txt'), 'utf8').trim();
  sections.push(`## IBM Plex Sans\n\nOFL-1.1\n\n\`\`\`\n${fonts}\n\`\`\`\n`);
  return `# Third-party notices\n\nThe code of these packages is part of the files beside this one.\n\n${sections.join('\n')}`;
}

function packageNotice(folder) {
  const at = join(root, folder);
  const { name, version, license } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8'));
  if (typeof license !== 'string') throw new Error(`${folder} states no licence`);
  const text = licenceText(at, license);
  if (text === undefined) throw new Error(`${folder} has no licence file`);
  return `## ${name} ${version}\n\n${license}\n\n\`\`\`\n${text}\n\`\`\`\n`;
}

/** The package's own file; for one that names a licence and leaves its text out, the licence's text. */
function licenceText(folder, license) {
  const files = readdirSync(folder).filter((file) => LICENSE_FILE.test(file));
  if (files.length > 0) return files.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n');
  if (license === 'Apache-2.0') return readFileSync(join(root, 'LICENSE'), 'utf8').trim();
  const readme = readdirSync(folder).find((file) => /^readme(\.|$)/i.test(file));
  const text = readme === undefined ? '' : readFileSync(join(folder, readme), 'utf8');
  return /^.*\bMIT\b[\s\S]*?Permission is hereby granted[\s\S]*?(?=\n#|\n---|$)/m.exec(text)?.[0].trim();
}
