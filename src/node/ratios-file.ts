import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { cleanTexts } from '../core/clean-text.js';
import { type Ratios, ratiosSchema } from '../core/compare/ratios.js';
import { ArchmeterError } from '../core/errors.js';

const ajv = new Ajv({ strict: false, strictNumbers: true });
const REMEDY = 'Run the benchmark that writes it.';

/**
 * Ratios that a benchmark wrote.
 *
 * @throws ArchmeterError where there is no such file or it holds something else
 */
export async function readRatios(path: string, file: string): Promise<Ratios> {
  const text = await readFile(path, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
    const problem = code === 'ENOENT' ? 'there is no such file of ratios' : `it cannot be read (${code})`;
    throw new ArchmeterError(problem, REMEDY, { file });
  });
  let value: unknown;
  try {
    value = cleanTexts(JSON.parse(text));
  } catch (error) {
    throw new ArchmeterError(`not valid JSON: ${(error as Error).message}`, REMEDY, { file });
  }
  const validate = ajv.compile<Ratios>(ratiosSchema);
  if (validate(value)) return value;
  const { instancePath = '', message = '' } = validate.errors?.[0] ?? {};
  throw new ArchmeterError(`no file of ratios: ${instancePath.slice(1) || 'it'} ${message}`, REMEDY, { file });
}
