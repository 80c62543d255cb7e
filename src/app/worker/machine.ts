import { type Environment, type Host, UNKNOWN_HOST } from '../../bench/harness/host.js';
import type { DeviceInfo } from '../../core/measurement.js';

interface Brands {
  readonly userAgentData?: {
    readonly brands?: readonly { readonly brand: string; readonly version: string }[];
    readonly platform?: string;
  };
  readonly deviceMemory?: number;
}

const told = navigator as Navigator & Brands;

/** Browsers do not tell which processor they run on. */
export function processor(): DeviceInfo {
  const system = told.userAgentData?.platform || /\(([^;)]+)/.exec(navigator.userAgent)?.[1] || 'unknown system';
  return { kind: 'cpu', name: `processor (${system}, ${navigator.hardwareConcurrency ?? '?'} threads)` };
}

/** What a browser tells of the machine it runs on. */
export const BROWSER_HOST: Host = {
  ...UNKNOWN_HOST,
  async environment(): Promise<Environment> {
    const brands = told.userAgentData?.brands ?? [];
    const named = brands.find(({ brand }) => !/not.?a.?brand|^chromium$/i.test(brand)) ?? brands[0];
    return {
      browser: named === undefined ? navigator.userAgent : `${named.brand} ${named.version}`,
      platform: told.userAgentData?.platform || null,
      cpuCount: navigator.hardwareConcurrency ?? null,
      memoryGigabytesAtLeast: told.deviceMemory ?? null,
      crossOriginIsolated: String(globalThis.crossOriginIsolated === true),
    };
  },
};

/** Browsers tell the maker and the architecture, seldom the model. */
export function adapterName({ device, description, vendor, architecture }: GPUAdapterInfo): string {
  return device || description || [vendor, architecture].filter(Boolean).join(' ');
}
