import type { ReportDevice } from '../../core/compose/on-devices.js';
import type { Arguments } from '../define-command.js';

/** Devices of `--on`: names, YAML files, `machine` or a calibration's file. */
export async function reportDevices(args: Arguments): Promise<ReportDevice[]> {
  const references = (args['on'] as string[] | undefined) ?? [];
  const [{ loadDevice }, { loadCalibration }] = await Promise.all([
    import('../../node/device-file.js'),
    import('../../node/calibration-file.js'),
  ]);
  return Promise.all(
    references.map(async (reference) =>
      reference === 'machine' || /\.json$/i.test(reference)
        ? loadCalibration(reference)
        : { device: await loadDevice(reference) },
    ),
  );
}
