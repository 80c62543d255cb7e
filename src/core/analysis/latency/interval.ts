import { architectureOf, type Device, isShortOfPower } from '../devices/index.js';
import type { ExecutionModel } from '../result.js';
import { arithmeticOf, type Precision } from './precision.js';
import type { ErrorInterval, LatencyProfile, LogInterval } from './profile.js';

export interface Asked {
  readonly device: Device;
  readonly precision: Precision;
  readonly execution: ExecutionModel;
  /** Of the time of all layers, each layer's. */
  readonly fractions: readonly number[];
}

/** Few layers that take all the time stray as single ones do: errors of many cancel. */
const FEW = 6;

/**
 * Where nine of ten times lay: the wider, the further what is asked for lies from what was timed. Causes are taken as
 * independent, so that their half-widths join by squares.
 */
export function errorInterval(
  profile: LatencyProfile,
  { device, precision, execution, fractions }: Asked,
): LogInterval {
  const { heldOut } = profile;
  const near = ofDevice(profile, device);
  const concentration = fractions.reduce((sum, fraction) => sum + fraction ** 2, 0);
  const { logLow, logHigh } = near.layer !== undefined && concentration > 1 / FEW ? near.layer : near;
  const added = Math.hypot(
    isTimedArithmetic(profile, precision) ? 0 : (heldOut.otherArithmetic ?? 0),
    profile.execution === execution ? 0 : (heldOut.otherExecution ?? 0),
  );
  return added === 0
    ? { logLow, logHigh }
    : { logLow: -Math.hypot(logLow, added), logHigh: Math.hypot(logHigh, added) };
}

function ofDevice({ device: timed, architectures, heldOut }: LatencyProfile, device: Device): ErrorInterval {
  if (timed !== null || heldOut.further === undefined) return heldOut;
  const { architecture, power, both } = heldOut.further;
  const short = isShortOfPower(device);
  if (isKnownArchitecture(architectures, device)) return short ? power : heldOut;
  return short ? both : architecture;
}

export function isKnownArchitecture(architectures: LatencyProfile['architectures'], device: Device): boolean {
  return architectures === undefined || architectures.includes(architectureOf(device));
}

/** Whether products were timed as this precision computes them; its other kernels differ in bytes alone. */
function isTimedArithmetic({ precision, precisions = [] }: LatencyProfile, asked: Precision): boolean {
  const productsOf = (one: Precision) => arithmeticOf(one, one === 'float32' ? 32 : 16);
  return [precision, ...precisions].some((timed) => productsOf(timed) === productsOf(asked));
}
