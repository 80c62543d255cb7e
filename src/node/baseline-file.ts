import { open, readFile, rm, stat } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { BASELINE_SCHEMA, type Baseline, formatBaseline } from '../core/compare/baseline.js';
import { ArchmeterError } from '../core/errors.js';

const LOCK_STALE_MS = 60_000;
const LOCK_WAIT_MS = 30_000;

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
  const value = parse(text, path);
  if (value.schema !== BASELINE_SCHEMA || typeof value.models !== 'object' || value.models === null) {
    throw new ArchmeterError(
      `this is not a baseline of this version (${BASELINE_SCHEMA})`,
      "Write it anew with 'archmeter baseline update'.",
      { file: path },
    );
  }
  for (const [name, model] of Object.entries(value.models)) {
    if (typeof model?.metrics === 'object' && typeof model.layers === 'object' && typeof model.setup === 'string')
      continue;
    throw new ArchmeterError(
      `the entry of model '${name}' is damaged`,
      "Write it anew with 'archmeter baseline update'.",
      {
        file: path,
      },
    );
  }
  return value;
}

function parse(text: string, path: string): Baseline {
  if (/^(<{7}|>{7}|={7}) ?/m.test(text)) {
    throw new ArchmeterError('the baseline holds merge conflicts', 'Resolve them, or take either side and update it.', {
      file: path,
    });
  }
  try {
    return JSON.parse(text) as Baseline;
  } catch (error) {
    throw new ArchmeterError(
      `not valid JSON: ${(error as Error).message}`,
      "Write it anew with 'archmeter baseline update'.",
      { file: path },
    );
  }
}

/** Reads, changes and writes a baseline; of two at once the second waits and sees what the first wrote. */
export async function updateBaseline(path: string, change: (baseline: Baseline) => Baseline): Promise<Baseline> {
  return locked(path, async () => {
    const changed = change((await readBaseline(path)) ?? { schema: BASELINE_SCHEMA, models: {} });
    await writeFileAtomic(path, formatBaseline(changed));
    return changed;
  });
}

async function locked<T>(path: string, body: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  const began = Date.now();
  for (;;) {
    try {
      await (await open(lock, 'wx')).close();
      break;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'EEXIST')
        throw new ArchmeterError(`the baseline cannot be written (${code ?? message})`, undefined, { file: path });
    }
    const age = await stat(lock).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > LOCK_STALE_MS) await rm(lock, { force: true });
    else if (Date.now() - began > LOCK_WAIT_MS) {
      throw new ArchmeterError(
        'another update has held the baseline for half a minute',
        `If none is running, delete ${lock}.`,
        { file: path },
      );
    }
    await new Promise((done) => setTimeout(done, 20));
  }
  try {
    return await body();
  } finally {
    await rm(lock, { force: true });
  }
}
