import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeviceInfo } from '../../core/measurement.js';
import { namesIn, textOf } from '../host/sysfs.js';
import { type Match, matchByBusId } from './pci.js';

/** A GPU with the folder of its sensors. */
export interface GpuSensors {
  readonly busId: string;
  readonly folder: string;
}

/** Finds the GPU whose kernel driver is one of `drivers` under `sysfs`/class/drm. */
export function findGpuSensors(
  sysfs: string,
  drivers: readonly string[],
  what: string,
  device: DeviceInfo | undefined,
): Match<GpuSensors> {
  const cards = namesIn(join(sysfs, 'class/drm')).filter((name) => /^card\d+$/.test(name));
  const found = cards.flatMap((card): GpuSensors[] => {
    const root = join(sysfs, 'class/drm', card, 'device');
    const busId = /^PCI_SLOT_NAME=(.*)$/m.exec(textOf(join(root, 'uevent')) ?? '')?.[1];
    if (busId === undefined) return [];
    return namesIn(join(root, 'hwmon'))
      .map((name) => join(root, 'hwmon', name))
      .filter((folder) => drivers.includes(textOf(join(folder, 'name')) ?? ''))
      .map((folder) => ({ busId, folder }));
  });
  return matchByBusId(found, device, what);
}

/** The first of the files that is there. */
export function firstFile(folder: string, names: readonly string[]): string | undefined {
  return names.map((name) => join(folder, name)).find((file) => existsSync(file));
}

/** Why a file cannot be read as a number; undefined where it can. */
export function unreadable(file: string): string | undefined {
  try {
    const value = readFileSync(file, 'utf8');
    return value.trim() !== '' && Number.isFinite(Number(value)) ? undefined : `${file} holds no number`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES'
      ? `${file} is readable by root only`
      : `${file}: ${error}`;
  }
}
