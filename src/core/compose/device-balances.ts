import { DEVICES } from '../analysis/devices/index.js';
import type { Precision } from '../analysis/latency/index.js';
import { ceilingsOf } from './on-devices.js';

/** A known device's machine balance, FLOP/byte by its data sheet. */
export interface DeviceBalance {
  readonly device: string;
  readonly balance: number;
}

/** Peak rate over memory bandwidth of every known device, ascending. */
export function deviceBalances(precision: Precision): DeviceBalance[] {
  return DEVICES.map((device) => {
    const { flopsPerSecond, bytesPerSecond } = ceilingsOf({ device }, precision);
    return { device: device.name, balance: flopsPerSecond / bytesPerSecond };
  }).sort((a, b) => a.balance - b.balance);
}
