import type { DeviceInfo } from '../../core/measurement.js';

/**
 * A PCI bus id in Linux's form, `0000:0a:00.0`: tools write its domain with four or eight digits, in either case, or
 * leave it out. Undefined for what is none.
 */
export function normalizedBusId(text: string): string | undefined {
  const [, domain = '0', bus, device, fn = '0'] =
    /^\s*(?:([0-9a-f]{1,8}):)?([0-9a-f]{1,2}):([0-9a-f]{1,2})(?:\.([0-7]))?\s*$/i.exec(text) ?? [];
  if (bus === undefined || device === undefined) return undefined;
  const hex = (digits: string, width: number): string => Number.parseInt(digits, 16).toString(16).padStart(width, '0');
  return `${hex(domain, 4)}:${hex(bus, 2)}:${hex(device, 2)}.${fn}`;
}

/** The one of several devices that is meant, or why none is. */
export type Match<T> = { readonly found: T } | { readonly reason: string };

/**
 * Finds the device by its PCI bus id. A runtime that tells none is believed to mean the only device that there is;
 * of several none is guessed.
 */
export function matchByBusId<T extends { readonly busId: string }>(
  candidates: readonly T[],
  device: DeviceInfo | undefined,
  what: string,
): Match<T> {
  const [only] = candidates;
  if (only === undefined) return { reason: `no ${what} found` };
  const wanted = device?.pciBusId === undefined ? undefined : normalizedBusId(device.pciBusId);
  if (wanted !== undefined) {
    const found = candidates.find(({ busId }) => normalizedBusId(busId) === wanted);
    return found === undefined ? { reason: `no ${what} at PCI bus id ${wanted}` } : { found };
  }
  if (device === undefined || candidates.length === 1) return { found: only };
  return {
    reason: `there are ${candidates.length} of ${what}, and the runtime does not tell the PCI bus id of its own`,
  };
}
