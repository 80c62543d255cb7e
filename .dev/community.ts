// `npm run community [FILE …]`: whether measurements may stand in reports/community; without files, those that do.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { communityFileName, communityProblems } from '../src/core/compose/community.js';
import type { Measurement } from '../src/core/measurement.js';
import { measurementSchema } from '../src/core/schemas/measurement.schema.js';

export const COMMUNITY = fileURLToPath(new URL('../reports/community', import.meta.url));
const MOST_BYTES = 256 * 1024;

/** What is wrong with a file, in words. */
export async function problemsOfFile(path: string): Promise<string[]> {
  const text = readFileSync(path, 'utf8');
  if (text.length > MOST_BYTES) return [`it is larger than ${MOST_BYTES} bytes`];
  let measurement: Measurement;
  try {
    measurement = JSON.parse(text) as Measurement;
  } catch (error) {
    return [`it is no JSON: ${(error as Error).message}`];
  }
  const ajv = new Ajv({ allowUnionTypes: true });
  if (!ajv.validate(measurementSchema, measurement)) return [`it is no measurement: ${ajv.errorsText()}`];
  const name = communityFileName(measurement);
  const isNamed = basename(path).startsWith(name.replace(/\.json$/, ''));
  return [...(isNamed ? [] : [`its name does not begin with ${name}`]), ...(await communityProblems(measurement))];
}

export const communityFiles = (): string[] =>
  existsSync(COMMUNITY)
    ? readdirSync(COMMUNITY)
        .filter((name) => name.endsWith('.json'))
        .map((name) => join(COMMUNITY, name))
    : [];

async function main(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const problems = await problemsOfFile(path);
    console.log(problems.length === 0 ? `${path}: may stand in the table` : `${path}:\n  ${problems.join('\n  ')}`);
    if (problems.length > 0) process.exitCode = 1;
  }
  if (paths.length === 0) console.log('reports/community holds no measurement yet');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const given = process.argv.slice(2);
  void main(given.length > 0 ? given : communityFiles());
}
