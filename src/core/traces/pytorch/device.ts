import type { DeviceInfo } from '../../measurement.js';
import { numberOf, recordOf, textOr } from '../shared/json-events.js';

/** The device that the trace's kernels ran on; the processor where there were none. */
export function deviceOf(members: ReadonlyMap<string, unknown>, hasKernels: boolean): DeviceInfo {
  if (!hasKernels) return { kind: 'cpu', name: 'CPU (its name is not in the trace)' };
  const list = members.get('deviceProperties');
  const name = textOr(recordOf(Array.isArray(list) ? list[0] : undefined)['name']).trim();
  if (name === '') return { kind: 'gpu', name: 'GPU (its name is not in the trace)' };
  const isAmd = members.has('hip_runtime_version') || members.has('roctracer_version') || /\bAMD\b/.test(name);
  return { kind: 'gpu', name, vendor: isAmd ? 'AMD' : 'NVIDIA' };
}

/** Versions that the profiler wrote down. */
export function softwareOf(members: ReadonlyMap<string, unknown>): Record<string, string> {
  const told: Record<string, string> = {};
  const add = (label: string, member: string, read: (value: number) => string) => {
    const value = numberOf(members.get(member));
    if (value !== undefined && value > 0) told[label] = read(value);
  };
  // e.g. 12040 is 12.4, and of HIP 60443483 is 6.4.43483.
  const cuda = (value: number) => `${Math.floor(value / 1000)}.${Math.floor((value % 1000) / 10)}`;
  const hip = (value: number) => `${Math.floor(value / 1e7)}.${Math.floor((value % 1e7) / 1e5)}.${value % 1e5}`;
  add('CUDA', 'cuda_runtime_version', cuda);
  add('driver', 'cuda_driver_version', cuda);
  add('HIP', 'hip_runtime_version', hip);
  add('CUPTI', 'cupti_version', String);
  return told;
}

/** When the trace began; undefined where it does not say. */
export function startOf(members: ReadonlyMap<string, unknown>, originMicroseconds: number): string | undefined {
  const base = numberOf(members.get('baseTimeNanoseconds')) ?? 0;
  const date = new Date(base / 1e6 + originMicroseconds / 1000);
  const year = date.getUTCFullYear();
  return year >= 2015 && year < 2100 ? date.toISOString() : undefined;
}
