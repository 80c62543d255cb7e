import type { Device } from './device.js';

/**
 * Watts for each TFLOP/s and nanometre of process (the energy of an operation shrinks with the process) below which a board
 * holds its base clock alone, and above which it holds boost under matrix products without end. The T4 (0.72) reaches 0.42
 * of its rate at boost on NeuSight's long products, its base clock 0.37; the V100 (1.5), A100 (1.8) and RTX 4090 (1.1) are
 * not short of power. The line between is an assumption.
 */
const AT_BASE = 0.69;
const AT_BOOST = 1.1;

/**
 * Part of the data sheet's rates, which are stated at boost clock, that a board sustains at its power: 1 where it is not
 * short of power, or where its clocks or power are unknown.
 */
export function sustainedFraction(device: Device): number {
  const { baseClockMhz, boostClockMhz, tdpWatts, processNm, float32Tflops } = device;
  if (device.kind !== 'gpu' || !baseClockMhz || !boostClockMhz || !tdpWatts || !processNm) return 1;
  const power = tdpWatts / (float32Tflops * processNm);
  const share = Math.min(1, Math.max(0, (power - AT_BASE) / (AT_BOOST - AT_BASE)));
  return (baseClockMhz + share * (boostClockMhz - baseClockMhz)) / boostClockMhz;
}

/** Where less than this is sustained, the clock under load is anybody's guess between base and boost. */
const SHORT = 0.9;

/** Whether its power holds a board well below the clock of its data sheet. */
export function isShortOfPower(device: Device): boolean {
  return sustainedFraction(device) < SHORT;
}
