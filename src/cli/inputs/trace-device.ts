import type { Device } from '../../core/analysis/devices/index.js';
import { ArchmeterError } from '../../core/errors.js';

/**
 * The device of a trace, by the name in it or as `--on` says where that tells more: a file with its own figures, or a
 * device that the trace does not name.
 *
 * @throws ArchmeterError where `--on` names another known device than the trace: no time stands under another's roof
 */
export async function deviceOfTrace(name: string, asked: string | undefined): Promise<Device | undefined> {
  const [{ deviceOfDriver }, { loadDevice }] = await Promise.all([
    import('../../core/analysis/devices/driver-name.js'),
    import('../../node/device-file.js'),
  ]);
  const known = deviceOfDriver(name);
  if (asked === undefined) return known;
  const device = await loadDevice(asked);
  const isFile = /\.ya?ml$/i.test(asked);
  if (known !== undefined && known.id !== device.id && !isFile) {
    throw new ArchmeterError(
      `the trace is of ${name} (${known.id}), and --on names ${device.id}: measured times are held against their own device alone`,
      'Leave out --on, or name a YAML file with the figures of this device.',
    );
  }
  return device;
}
