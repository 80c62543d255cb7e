import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { ArchmeterError } from '../../core/errors.js';
import type { DType } from '../../core/ir/tensor.js';
import type { DeviceInfo } from '../../core/measurement.js';

/** The host's processor. */
export function cpuInfo(): DeviceInfo {
  const model = cpus()[0]?.model.trim();
  return { kind: 'cpu', name: model || 'unknown', architecture: process.arch };
}

const require = createRequire(import.meta.url);

/** Version of an installed package, read from its package.json; nothing else of it is loaded. */
function packageVersion(name: string): string | undefined {
  try {
    return (require(`${name}/package.json`) as { version: string }).version;
  } catch {
    return undefined;
  }
}

/** Versions of the packages that are installed, by name. */
export function packageVersions(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const version = packageVersion(name);
      return version === undefined ? [] : [[name, version]];
    }),
  );
}

export function requireFloat32(dtype: DType, runtime: string, reason: string): void {
  if (dtype !== 'float32') {
    throw new ArchmeterError(`${runtime} cannot run ${dtype}: ${reason}`, 'Use --dtype float32.');
  }
}

export function requireDevice(device: string | undefined, known: readonly string[], runtime: string): void {
  if (device !== undefined && !known.includes(device)) {
    const list = known.map((id) => `'${id}'`).join(', ') || 'none';
    throw new ArchmeterError(`${runtime} has no device '${device}'`, `Devices: ${list}.`);
  }
}
