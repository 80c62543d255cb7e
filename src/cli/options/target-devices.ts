import type { Device } from '../../core/analysis/devices/index.js';
import type { EnergyProfile } from '../../core/analysis/energy/index.js';
import type { LatencyProfile } from '../../core/analysis/latency/index.js';
import { ArchmeterError } from '../../core/errors.js';

/** A device to estimate for, with the constants of its calibration where it has one. */
export interface TargetDevice {
  readonly device: Device;
  readonly profile?: LatencyProfile | undefined;
  readonly energy?: EnergyProfile | undefined;
}

/**
 * Devices that `--on` names, each option a list separated by commas: known devices, YAML files, `machine` or the file of
 * a calibration.
 */
export async function namedDevices(named: unknown): Promise<TargetDevice[]> {
  const references = ((named as readonly string[] | undefined) ?? [])
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter(Boolean);
  const [{ loadDevice }, { loadCalibration }] = await Promise.all([
    import('../../node/device-file.js'),
    import('../../node/calibration-file.js'),
  ]);
  return Promise.all(
    [...new Set(references)].map(async (reference) =>
      reference === 'machine' || /\.json$/i.test(reference)
        ? loadCalibration(reference)
        : { device: await loadDevice(reference) },
    ),
  );
}

/**
 * The same where one at least has to be named.
 *
 * @throws ArchmeterError where none is
 */
export async function targetsOf(named: readonly string[] | undefined): Promise<TargetDevice[]> {
  const devices = await namedDevices(named);
  if (devices.length > 0) return devices;
  throw new ArchmeterError(
    'no device is named',
    "Name one with --on, e.g. --on rtx-4090; 'archmeter devices --known' lists them.",
  );
}
