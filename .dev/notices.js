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
  const texts = readdirSync(at).filter((file) => LICENSE_FILE.test(file));
  if (texts.length === 0) throw new Error(`${folder} has no licence file`);
  const text = texts.map((file) => readFileSync(join(at, file), 'utf8').trim()).join('\n\n');
  return `## ${name} ${version}\n\n${license}\n\n\`\`\`\n${text}\n\`\`\`\n`;
}
