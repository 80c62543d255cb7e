import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { knownPapers, reproduce } from '../../src/core/reproduce/index.js';
import { reproductionMarkdown } from '../../src/core/reproduce/markdown.js';
import { registry } from '../../src/core/reproduce/papers/registry.js';

/** Every paper with a file of its own; of the families that only print figures, how far ours lie from theirs. */
export async function writeReproduce(target: string): Promise<void> {
  const parts: string[] = [];
  const families: string[] = [];
  let [figures, within] = [0, 0];
  for (const name of await knownPapers()) {
    const found = await reproduce(name);
    if (Object.hasOwn(registry, name)) {
      const printed = found.figures.filter(({ where }) => !/imgclsmob|timm|torchvision/.test(where));
      parts.push(reproductionMarkdown({ ...found, figures: printed }));
      continue;
    }
    families.push(name);
    for (const { theirs, ours } of found.figures) {
      figures++;
      if (theirs !== undefined && Math.abs(ours / theirs - 1) <= 0.01) within++;
    }
  }
  const text = [
    '# Papers reproduced',
    '',
    '`archmeter reproduce --all --format markdown`: theirs, ours, difference. Counts are exact; what is estimated or ranked says so.',
    '',
    ...parts,
    '## Families of the zoo',
    '',
    `Of ${figures} params and multiply-adds that authors or libraries print of ${families.length} more families (${families.join(', ')}), ${within} are met within 1 %; \`archmeter reproduce FAMILY\` shows each.`,
    '',
  ].join('\n');
  writeFileSync(join(target, 'reports', 'reproduce.md'), text);
}
