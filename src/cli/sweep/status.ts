import { ArchmeterError } from '../../core/errors.js';
import type { SweepAction } from './actions.js';

/** `sweep status FOLDER`: exit 0 where all parts are there, 1 where not. */
export const status: SweepAction = async ([folder], args, streams) => {
  if (folder === undefined) throw new ArchmeterError('the folder is missing', "Write 'archmeter sweep status FOLDER'.");
  const { openFolder, partStates } = await import('../../node/sweep/folder.js');
  const { partName } = await import('../../node/sweep/part.js');
  const sweep = await openFolder(folder);
  const states = await partStates(folder, sweep);
  const of = (wanted: string) => states.filter(({ state }) => state === wanted);
  const sum = (key: 'designs' | 'kept' | 'impossible') =>
    of('done').reduce((total, { manifest }) => total + (manifest?.counts[key] ?? 0), 0);
  if (args['format'] === 'json') {
    const parts = states.map(({ shard, state }) => ({ part: partName(shard, states.length), state }));
    streams.out(`${JSON.stringify({ sweep: sweep.hash, parts }, null, 2)}\n`);
  } else {
    const open = states.filter(({ state }) => state !== 'done');
    streams.out(
      `${sweep.space.name}: ${of('done').length} of ${states.length} parts done, ${of('missing').length} missing, ${of('stale').length} stale\n`,
    );
    streams.out(
      `${sum('designs')} designs evaluated, ${sum('kept')} within the constraints, ${sum('impossible')} cannot be built\n`,
    );
    for (const example of of('done')
      .flatMap(({ manifest }) => manifest?.counts.examples ?? [])
      .slice(0, 3)) {
      streams.out(`  ${example}\n`);
    }
    if (open.length > 0) {
      streams.out(`to compute: --shard ${open.map(({ shard }) => shard).join(',')}/${states.length}\n`);
    }
  }
  return of('done').length === states.length ? 0 : 1;
};
