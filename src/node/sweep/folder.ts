import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchmeterError } from '../../core/errors.js';
import { Front } from '../../core/sweep/index.js';
import { writeAtomically } from '../write-atomically.js';
import { type OpenSweep, openSweep, type SweepSettings } from './open-space.js';
import { type PartManifest, partName, readManifest } from './part.js';

const SETTINGS = 'sweep.json';

/** A part of a folder as it stands. */
export interface PartState {
  readonly shard: number;
  /** `stale`: computed from another space, model, option or version. */
  readonly state: 'done' | 'missing' | 'stale';
  readonly manifest: PartManifest | undefined;
}

/**
 * Writes the settings into a folder, where any machine finds them.
 *
 * @throws ArchmeterError where another sweep stands there and `force` is not given
 */
export async function prepareFolder(folder: string, sweep: OpenSweep, force: boolean): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new ArchmeterError(`the folder cannot be made (${error.code})`, 'Choose another one.', { file: folder });
  });
  const standing = await readFile(join(folder, SETTINGS), 'utf8').catch(() => undefined);
  const text = `${JSON.stringify(sweep.settings, null, 1)}\n`;
  if (standing === text) return;
  if (standing !== undefined && !force) {
    throw new ArchmeterError(
      'another sweep stands in this folder: its space, model, options or version of archmeter differ',
      'Choose another folder, or give --force to compute its parts anew.',
      { file: folder },
    );
  }
  await writeAtomically(join(folder, SETTINGS), text, { force: true });
}

/** The sweep that a folder holds. Throws ArchmeterError where it holds none. */
export async function openFolder(folder: string): Promise<OpenSweep> {
  let settings: SweepSettings;
  try {
    settings = JSON.parse(await readFile(join(folder, SETTINGS), 'utf8')) as SweepSettings;
  } catch {
    throw new ArchmeterError('this folder holds no sweep', "Make one with 'archmeter sweep SPACE --output FOLDER'.", {
      file: folder,
    });
  }
  if (settings.schema !== 'archmeter/sweep@1') {
    throw new ArchmeterError(`${SETTINGS} is of another version of archmeter`, 'Run the sweep anew.', { file: folder });
  }
  return openSweep(settings);
}

/** Every part of a sweep: done, missing or stale. */
export async function partStates(folder: string, sweep: OpenSweep): Promise<PartState[]> {
  const { shards } = sweep.settings;
  const states: PartState[] = [];
  for (let shard = 0; shard < shards; shard++) {
    const manifest = await readManifest(folder, shard, shards);
    const state = manifest === undefined ? 'missing' : manifest.sweep === sweep.hash ? 'done' : 'stale';
    states.push({ shard, state, manifest });
  }
  return states;
}

/** The front over all parts. Throws ArchmeterError where one is missing or stale. */
export async function mergedFront(folder: string, sweep: OpenSweep): Promise<Front> {
  const states = await partStates(folder, sweep);
  const open = states.filter(({ state }) => state !== 'done');
  if (open.length > 0) {
    const names = open.slice(0, 3).map(({ shard, state }) => `${partName(shard, states.length)} (${state})`);
    throw new ArchmeterError(
      `${open.length} of ${states.length} parts are not there: ${names.join(', ')}${open.length > 3 ? ' …' : ''}`,
      `Run 'archmeter sweep' with this folder again; it computes what is missing.`,
      { file: folder },
    );
  }
  const front = new Front(sweep.space.objectives.map(({ direction }) => direction));
  const fronts = states.flatMap(({ manifest }) => (manifest as PartManifest).front);
  front.merge(fronts.map(({ index, costs }) => ({ index, costs: Float64Array.from(costs) })));
  return front;
}
