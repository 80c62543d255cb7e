import { ArchmeterError } from '../../core/errors.js';
import type { CalibratedProfile } from '../../core/profile/calibration.js';
import { formatFigure } from '../../core/report/number-format.js';
import type { Arguments, Streams } from '../define-command.js';
import { readProfile } from '../inputs/read-profile.js';
import { writeFileSafely } from '../output.js';
import { paint, renderTable } from '../tables/table.js';

/** `calibrate --from-profile`: the constants of the device that the traces are of, into the file of `--output`. */
export async function calibrateFromTraces(
  paths: readonly string[],
  args: Arguments,
  streams: Streams,
): Promise<number> {
  const path = args['output'] as string | undefined;
  if (path === undefined) {
    throw new ArchmeterError(
      '--from-profile needs a file to write: calibrations that are kept are of this machine',
      'Add e.g. -o gpu.json, and estimate with --on gpu.json.',
    );
  }
  const [{ CALIBRATION_SCHEMA }, { calibrateFromProfiles }, { refuseToReplace }] = await Promise.all([
    import('../../core/analysis/latency/index.js'),
    import('../../core/profile/calibration.js'),
    import('../../node/write-atomically.js'),
  ]);
  await refuseToReplace(path, `{"schema":"${CALIBRATION_SCHEMA}"`, { force: args['force'] === true });
  const profiles: CalibratedProfile[] = [];
  for (const trace of paths) {
    const { name, profile, device } = await readProfile(trace, args);
    profiles.push({ name, profile, device });
  }
  const { calibration, works, notes } = calibrateFromProfiles(profiles);
  const { device, profile } = calibration;
  await writeFileSafely(path, `${JSON.stringify(calibration, null, 2)}\n`, args, streams);
  const errorOf = (estimated: number, measured: number) => `${(100 * (estimated / measured - 1)).toFixed(1)} %`;
  const table = renderTable(
    [
      { heading: 'Rows of equal work', align: 'left', shrinkable: true },
      { heading: 'Rows', align: 'right' },
      { heading: 'Measured', align: 'right' },
      { heading: 'Fitted', align: 'right' },
      { heading: 'Error', align: 'right' },
      { heading: 'Held out', align: 'right' },
    ],
    works.map(({ name, rows, measuredMs, estimatedMs, heldOutMs }) => [
      name,
      String(rows),
      formatFigure(measuredMs, 'ms'),
      formatFigure(estimatedMs, 'ms'),
      errorOf(estimatedMs, measuredMs),
      errorOf(heldOutMs, measuredMs),
    ]),
    streams,
  );
  const { median, p90, spearman, held } = profile.heldOut;
  streams.out(
    [
      table,
      '',
      `${paint(device.name, 'strong', streams.color)}: ${profile.runtime}`,
      profile.source,
      `Held out (${held}): median error ${(100 * median).toFixed(1)} %, 90th percentile ${(100 * p90).toFixed(1)} %, Spearman ${spearman.toFixed(3)}`,
      ...notes,
      '',
    ].join('\n'),
  );
  return 0;
}
