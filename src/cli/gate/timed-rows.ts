import type { CheckOptions } from '../../core/compare/check.js';
import type { Arguments, Streams } from '../define-command.js';
import { writeFileSafely } from '../output.js';
import type { Base } from './base.js';
import type { GateSession, SessionModel } from './session.js';
import type { TimedCheck } from './time.js';

/** Rows of measured metrics: timed now, looked at in a measurement taken earlier, or said to be untimed. */
export async function timedRows(
  models: readonly SessionModel[],
  base: Base,
  { config }: GateSession,
  options: CheckOptions,
  args: Arguments,
  streams: Streams,
): Promise<TimedCheck> {
  const { checkByTiming, untimedRows } = await import('./time.js');
  if (args['time'] !== true) return { rows: untimedRows(models, config), measurements: [] };
  let timed: TimedCheck;
  if (args['against'] !== undefined) timed = await checkByTiming(models, base, config, options, args, streams);
  else {
    const { checkAgainstStored, readMeasurement } = await import('./stored.js');
    const path = args['measurement'] as string | undefined;
    const stored = path === undefined ? undefined : await readMeasurement(path);
    timed = await checkAgainstStored(models, stored, config, args, streams);
  }
  const save = args['save-measurement'] as string | undefined;
  if (save !== undefined && timed.measurements[0] !== undefined)
    await writeFileSafely(save, `${JSON.stringify(timed.measurements[0], null, 2)}\n`, args, streams);
  return timed;
}
