import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listModels, type ZooEntry } from '../../src/core/zoo/index.js';

const PAGE = 'src/docs/zoo.md';

/** The page that lists every model of the zoo. */
export async function writeZooPage(target: string): Promise<void> {
  const families = await modelsByFamily();
  const sections = families.flatMap(([title, models]) => [
    `## ${title}`,
    '',
    papersOf(models),
    '',
    '| model | image | other names |',
    '|---|--:|---|',
    ...models.map(({ name, resolution, aliases }) => `| \`${name}\` | ${resolution} | ${spelt(aliases)} |`),
    '',
  ]);
  const text = [
    '# The zoo',
    '',
    `${countOf(families)}, by \`npm run reports\`. Case, \`-\` and \`_\` do not matter in a name; \`archmeter zoo --sort top1\` lists them with figures and published accuracy.`,
    '',
    ...sections,
  ].join('\n');
  writeFileSync(join(target, PAGE), text);
}

/** README's list: families, and how many models of each. */
export async function zooFamilies(): Promise<string> {
  const families = await modelsByFamily();
  const list = families.map(([title, models]) => (models.length > 1 ? `${title} (${models.length})` : title));
  return `${countOf(families)}, each by name and in [a list](${PAGE}): ${list.join(', ')}.`;
}

async function modelsByFamily(): Promise<[title: string, models: ZooEntry[]][]> {
  const families = new Map<string, ZooEntry[]>();
  for (const entry of await listModels()) {
    families.set(entry.familyTitle, [...(families.get(entry.familyTitle) ?? []), entry]);
  }
  return [...families].sort(([a], [b]) => a.localeCompare(b, 'en', { sensitivity: 'base' }));
}

const countOf = (families: readonly [string, readonly ZooEntry[]][]) =>
  `${families.reduce((sum, [, models]) => sum + models.length, 0)} models of ${families.length} families`;

const spelt = (aliases: readonly string[]) => aliases.map((alias) => `\`${alias}\``).join(', ');

function papersOf(models: readonly ZooEntry[]): string {
  const papers = new Map(models.map(({ paper }) => [paper.url, paper]));
  return [...papers.values()].map(({ title, url, year }) => `[${title}](${url}), ${year}`).join('; ');
}
