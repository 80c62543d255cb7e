import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What installs a package where this archmeter finds it: in the project that has it, globally beside it, in the same call
 * of npx, or in a checkout.
 *
 * @param options further options of npm
 * @param own a file of archmeter
 */
export function installCommand(name: string, options = '', own = fileURLToPath(import.meta.url)): string {
  const more = options === '' ? '' : ` ${options}`;
  const parts = /^(.*)[\\/]node_modules[\\/]archmeter[\\/]/.exec(own);
  const root = parts?.[1];
  if (root === undefined) return `npm install --no-save ${name}${more}`;
  // npx keeps each set of packages in a folder of its own; options of npm do not reach it.
  if (/[\\/]_npx[\\/]/.test(own)) {
    return options === ''
      ? `npx --package archmeter --package ${name} archmeter`
      : `npm install archmeter ${name}${more}, then npx archmeter in that folder`;
  }
  const isProject = existsSync(join(root, 'package.json'));
  return `npm install ${isProject ? '' : '--global '}${name}${more}`;
}
