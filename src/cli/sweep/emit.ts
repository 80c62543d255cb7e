import { basename } from 'node:path';
import { DEFAULT_PRECISION } from '../../core/analysis/latency/precision.js';
import { ArchmeterError } from '../../core/errors.js';
import { JOB_FORMATS } from '../../core/sweep/jobs/index.js';
import { wholeNumber } from '../options/model.js';
import { DTYPE_OF_PRECISION, precisionOption } from '../options/precision.js';
import { deliver } from '../output.js';
import type { SweepAction } from './actions.js';

/** `sweep emit ENGINE SPACE`: a job file by which an existing engine runs every part of a sweep. */
export const emit: SweepAction = async ([engine, space], args, streams) => {
  const known = Object.keys(JOB_FORMATS);
  const format = Object.hasOwn(JOB_FORMATS, engine ?? '') ? JOB_FORMATS[engine ?? ''] : undefined;
  if (engine === undefined || space === undefined || format === undefined) {
    throw new ArchmeterError(
      engine !== undefined && !known.includes(engine)
        ? `no engine is named '${engine}'`
        : 'an engine and a space file are needed',
      `Write 'archmeter sweep emit ${known.join('|')} SPACE'.`,
    );
  }
  const { openSpace } = await import('../../node/sweep/open-space.js');
  const precision = precisionOption(args) ?? DEFAULT_PRECISION;
  const batch = wholeNumber(args['batch'], '--batch');
  const sweep = await openSpace(space, { precision, batch, shards: wholeNumber(args['shards'], '--shards') });
  const text = format({
    name: sweep.space.name,
    space: basename(space),
    shards: sweep.settings.shards,
    version: sweep.settings.archmeter,
    options: ['--dtype', DTYPE_OF_PRECISION[precision], ...(batch === undefined ? [] : ['--batch', String(batch)])],
  });
  await deliver(text, args, streams);
  return 0;
};
