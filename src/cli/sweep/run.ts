import { availableParallelism } from 'node:os';
import { isMainThread } from 'node:worker_threads';
import { DEFAULT_PRECISION } from '../../core/analysis/latency/precision.js';
import { ArchmeterError } from '../../core/errors.js';
import type { OpenSweep } from '../../node/sweep/open-space.js';
import type { Arguments, Streams } from '../define-command.js';
import { wholeNumber } from '../options/model.js';
import { precisionOption } from '../options/precision.js';
import { outputFolder } from '../output.js';
import { showFront } from './front.js';
import { sweepProgress } from './progress.js';
import { chosenShards } from './shards.js';
import { ownThread, type SweepThread, startThreads, tellWalked } from './workers.js';

/** Runs a space file into a folder: what is missing of it, or the shards that were asked for. */
export async function runSweep(path: string, args: Arguments, streams: Streams): Promise<number> {
  const { newRun, openSpace } = await import('../../node/sweep/open-space.js');
  const { partStates, prepareFolder } = await import('../../node/sweep/folder.js');
  const { runShard } = await import('../../node/sweep/part.js');
  const asked = chosenShards(args);
  const sweep = await openSpace(path, {
    precision: precisionOption(args) ?? DEFAULT_PRECISION,
    batch: wholeNumber(args['batch'], '--batch'),
    shards: asked?.of ?? wholeNumber(args['shards'], '--shards'),
  });
  if (args['search'] !== undefined) return runSearch(sweep, args, streams);
  const folder = (args['output'] as string | undefined) ?? sweep.space.name;
  const runShards = async (thread: SweepThread, onWalked: (walked: number) => void) => {
    const run = newRun(sweep, thread.exchange);
    try {
      for (const shard of thread.shards()) await runShard(sweep, folder, shard, run, onWalked);
    } finally {
      thread.close();
    }
  };
  if (!isMainThread) {
    await runShards(ownThread(), tellWalked);
    return 0;
  }
  await outputFolder(folder, 'Results as one file: sweep front FOLDER --format csv.');
  await prepareFolder(folder, sweep, args['force'] === true);
  const states = await partStates(folder, sweep);
  const wanted = asked?.shards ?? states.map(({ shard }) => shard);
  const missing = wanted.filter((shard) => states[shard]?.state !== 'done');
  const jobs = Math.min(missing.length, wholeNumber(args['jobs'], '--jobs') ?? availableParallelism());
  const progress = sweepProgress(streams, {
    total: (sweep.length / sweep.settings.shards) * missing.length,
    parts: missing.length,
  });
  try {
    const { settings } = sweep;
    const { own, others } = startThreads(missing, jobs, { space: path, folder, settings }, progress.add);
    await runShards(own, progress.add);
    await others;
  } finally {
    progress.stop();
  }
  streams.err(
    missing.length === 0
      ? `all parts are in ${folder} already\n`
      : `wrote ${missing.length} of ${sweep.settings.shards} parts to ${folder}\n`,
  );
  const done = (await partStates(folder, sweep)).every(({ state }) => state === 'done');
  return done ? showFront(folder, { ...args, output: undefined }, streams) : 0;
}

async function runSearch(sweep: OpenSweep, args: Arguments, streams: Streams): Promise<number> {
  const { newRun } = await import('../../node/sweep/open-space.js');
  const { search } = await import('../../core/sweep/index.js');
  const { showDesigns } = await import('./front.js');
  const generations = wholeNumber(args['search'], '--search') as number;
  const population = wholeNumber(args['population'], '--population') as number;
  if (population < 4) throw new ArchmeterError('--population must be at least 4');
  const run = newRun(sweep);
  const progress = sweepProgress(streams, { total: generations * population, parts: 1 });
  const evaluated = search(run, {
    generations,
    population,
    seed: wholeNumber(args['seed'], '--seed') ?? 1,
    onGeneration: () => progress.add(population),
  });
  progress.stop();
  streams.err(
    `NSGA-II, ${generations} generations of ${population}: ${evaluated} designs evaluated of ${run.designs.size}; the front is the best that it found\n`,
  );
  return showDesigns(sweep, run.front.sorted(), args, streams);
}
