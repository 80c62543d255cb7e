import { distance } from 'fastest-levenshtein';
import { ArchmeterError } from '../../errors.js';
import { AMD } from './amd.js';
import { APPLE } from './apple.js';
import { CPUS } from './cpus.js';
import type { Device, DeviceField, DevicePart } from './device.js';
import { NVIDIA_DESKTOP } from './nvidia-desktop.js';
import { NVIDIA_JETSON } from './nvidia-jetson.js';
import { NVIDIA_SERVER } from './nvidia-server.js';

export { architectureOf } from './architecture.js';
export type { Device, DeviceField, DevicePart } from './device.js';
export { DEVICE_FIELDS } from './device.js';
export { isShortOfPower, sustainedFraction } from './sustained.js';

/** Every device archmeter knows. */
export const DEVICES: readonly Device[] = [
  ...of('desktop', NVIDIA_DESKTOP),
  ...of('server', NVIDIA_SERVER),
  ...of('embedded', NVIDIA_JETSON),
  ...AMD.map((device) => ({
    ...device,
    part: device.name.startsWith('Radeon') ? ('desktop' as const) : ('server' as const),
  })),
  ...of('embedded', APPLE),
  ...CPUS,
];

function of(part: DevicePart, devices: readonly Device[]): Device[] {
  return devices.map((device) => ({ ...device, part }));
}

/**
 * A known device by id, name or alias; case, spaces, dashes and the maker's name do not matter.
 *
 * @throws ArchmeterError naming the nearest ids where there is none
 */
export async function findDevice(typed: string, devices: readonly Device[] = DEVICES): Promise<Device> {
  const found = matchDevice(typed, devices);
  if (found !== undefined) return found;
  const wanted = plain(typed);
  const nearest = devices
    .map((device) => ({
      id: device.id,
      changes: Math.min(...spellings(device).map((spelling) => distance(wanted, spelling))),
    }))
    .filter(({ id, changes }) => changes <= Math.max(2, Math.ceil(plain(id).length / 2)))
    .sort((a, b) => a.changes - b.changes)
    .slice(0, 3);
  throw new ArchmeterError(
    `there is no device named '${typed}'`,
    nearest.length > 0
      ? `Did you mean ${nearest.map(({ id }) => id).join(', ')}? 'archmeter devices --known' lists them; a YAML file adds one.`
      : "'archmeter devices --known' lists them; a YAML file adds one.",
  );
}

/** The same, undefined where there is none. */
export function matchDevice(typed: string, devices: readonly Device[] = DEVICES): Device | undefined {
  const wanted = plain(typed);
  return devices.find((device) => spellings(device).includes(wanted));
}

/** Fields among those given that no source confirmed. */
export function unverifiedFields(device: Device, used: readonly DeviceField[]): DeviceField[] {
  return used.filter((field) => device.unverified.includes(field) && device[field] != null);
}

function spellings(device: Device): string[] {
  return [device.id, device.name, ...device.aliases].map(plain);
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/\b(nvidia|geforce|tesla|quadro|amd|apple|intel|core|radeon|instinct)\b/g, '')
    .replace(/\([^)]*\)/g, (part) => (/pascal/.test(part) ? part : ''))
    .replace(/[^a-z0-9]/g, '');
}
