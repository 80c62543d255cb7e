import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { cleanTexts } from '../core/clean-text.js';
import { BASELINE_SCHEMA, type Baseline, EMPTY_BASELINE, formatBaseline } from '../core/compare/baseline.js';
import { ArchmeterError } from '../core/errors.js';
import { baselineSchema } from '../core/schemas/baseline.schema.js';
import { withFileLock } from './file-lock.js';
import { writeAtomically } from './write-atomically.js';

const WRITE_ANEW = "Write it anew with 'archmeter baseline update'.";

/**
 * The baseline in a file; undefined where there is no file.
 *
 * @throws ArchmeterError where it is not a baseline
 */
export async function readBaseline(path: string): Promise<Baseline | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new ArchmeterError(`the baseline cannot be read (${code})`, undefined, { file: path });
  }
  return parse(text, path);
}

const ajv = new Ajv({ strict: false, strictNumbers: true });

function parse(text: string, path: string): Baseline {
  if (/^(<{7}|>{7}|={7})( |$)/m.test(text)) {
    throw new ArchmeterError('the baseline holds merge conflicts', 'Resolve them, or take either side and update it.', {
      file: path,
    });
  }
  let value: unknown;
  try {
    value = cleanTexts(JSON.parse(text));
  } catch (error) {
    throw new ArchmeterError(`not valid JSON: ${(error as Error).message}`, WRITE_ANEW, { file: path });
  }
  if ((value as Baseline | null)?.schema !== BASELINE_SCHEMA) {
    throw new ArchmeterError(`this is not a baseline of this version (${BASELINE_SCHEMA})`, WRITE_ANEW, { file: path });
  }
  const validate = ajv.compile<Baseline>(baselineSchema);
  if (validate(value)) return value;
  const { instancePath = '', message = '' } = validate.errors?.[0] ?? {};
  throw new ArchmeterError(`the baseline is damaged: ${instancePath.slice(1) || 'it'} ${message}`, WRITE_ANEW, {
    file: path,
  });
}

/** Reads, changes and writes a baseline; of two at once the second waits and sees what the first wrote. */
export async function updateBaseline(path: string, change: (baseline: Baseline) => Baseline): Promise<Baseline> {
  return withFileLock(path, async () => {
    const changed = change((await readBaseline(path)) ?? EMPTY_BASELINE);
    await writeAtomically(path, formatBaseline(changed), { force: true });
    return changed;
  });
}
