import { ArchmeterError } from '../../core/errors.js';
import { MEASUREMENT_SCHEMA, type Measurement } from '../../core/measurement.js';
import type { Arguments, Streams } from '../define-command.js';
import { writeFileSafely } from '../output.js';

/** Where a measurement is kept. */
export interface MeasurementFile {
  /** Writes what is known so far; left out where the path is a pipe, which takes one measurement only. */
  readonly save?: (measurement: Measurement) => Promise<void>;
  /** Writes the whole; where that fails the measurement lives on, with a warning. */
  finish(measurement: Measurement): Promise<Measurement>;
}

/** @throws ArchmeterError before anything is timed where nothing can be written */
export async function openMeasurementFile(path: string, args: Arguments, streams: Streams): Promise<MeasurementFile> {
  const { isStream, refuseToReplace } = await import('../../node/write-atomically.js');
  await refuseToReplace(path, `{"schema":"${MEASUREMENT_SCHEMA}"`, { force: args['force'] === true });
  const save = (measurement: Measurement) =>
    writeFileSafely(path, `${JSON.stringify(measurement, null, 2)}\n`, args, streams, true);
  return {
    ...((await isStream(path)) ? {} : { save }),
    async finish(measurement) {
      try {
        await save(measurement);
        streams.err(`wrote ${path}\n`);
        return measurement;
      } catch (error) {
        if (!(error instanceof ArchmeterError)) throw error;
        return { ...measurement, warnings: [...measurement.warnings, { id: NOT_WRITTEN, text: error.message }] };
      }
    },
  };
}

const NOT_WRITTEN = 'not-written';

/** 1 where an arm failed or the file could not be written, else 0. */
export function timingExitCode(measurement: Measurement | undefined): number {
  if (measurement === undefined) return 0;
  const { arms, warnings } = measurement;
  return arms.some(({ status }) => status === 'failed') || warnings.some(({ id }) => id === NOT_WRITTEN) ? 1 : 0;
}
