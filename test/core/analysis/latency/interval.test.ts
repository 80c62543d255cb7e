import { describe, expect, it } from 'vitest';
import { conformalOverDevices, halfWidth, scaleOf } from '../../../../.dev/latency/intervals.js';
import { architectureOf, DEVICES, type Device, matchDevice } from '../../../../src/core/analysis/devices/index.js';
import { PROFILES } from '../../../../src/core/analysis/latency/index.js';
import { errorInterval } from '../../../../src/core/analysis/latency/interval.js';
import type { LatencyProfile } from '../../../../src/core/analysis/latency/profile.js';

const device = (id: string) => matchDevice(id) as Device;
const many = Array.from({ length: 100 }, () => 0.01);

const profile = {
  schema: 'archmeter/latency-profile@1',
  id: 'test',
  device: null,
  kind: 'gpu',
  architectures: ['Ampere', 'Ampere (computing)', 'Turing'],
  runtime: 'test',
  precision: 'amp',
  execution: 'eager',
  source: 'test',
  batches: [1, 64],
  parameters: {},
  heldOut: {
    held: 'test',
    observations: 1,
    median: 0,
    p90: 0,
    spearman: 1,
    logLow: -0.3,
    logHigh: 0.2,
    layer: { logLow: -0.6, logHigh: 0.5 },
    further: {
      architecture: { logLow: -0.4, logHigh: 0.3 },
      power: { logLow: -0.5, logHigh: 0.4 },
      both: { logLow: -0.8, logHigh: 0.7 },
    },
    otherArithmetic: 0.4,
    otherExecution: 0.1,
  },
} as const satisfies LatencyProfile;

const asked = { precision: 'amp', execution: 'eager', fractions: many } as const;

describe('the interval of an estimate', () => {
  it.each([
    ['a10', 'power'],
    ['rtx-3090', 'near'],
    ['h100', 'architecture'],
    ['t4', 'power'],
    ['l4', 'both'],
  ] as const)('of the %s is that of its distance: %s', (id, distance) => {
    const { heldOut } = profile;
    const { logLow, logHigh } = distance === 'near' ? heldOut : heldOut.further[distance];
    expect(errorInterval(profile, { ...asked, device: device(id) })).toEqual({ logLow, logHigh });
  });

  it('of few layers is that of single ones', () => {
    expect(errorInterval(profile, { ...asked, device: device('rtx-3090'), fractions: [0.9, 0.1] })).toEqual({
      logLow: -0.6,
      logHigh: 0.5,
    });
  });

  it('grows by squares with an arithmetic and an execution that were not timed', () => {
    const at = (over: object) => errorInterval(profile, { ...asked, device: device('rtx-3090'), ...over });
    expect(at({ precision: 'bfloat16' })).toEqual({ logLow: -0.3, logHigh: 0.2 });
    expect(at({ precision: 'float8' }).logLow).toBeCloseTo(-0.5, 12);
    expect(at({ execution: 'fused' }).logHigh).toBeCloseTo(Math.hypot(0.2, 0.1), 12);
    expect(at({ precision: 'float32', execution: 'fused' }).logHigh).toBeCloseTo(Math.hypot(0.2, 0.4, 0.1), 12);
  });

  it('never narrows with distance, in any profile that ships', () => {
    const far = PROFILES.filter(({ heldOut }) => heldOut.further !== undefined);
    expect(far.length).toBeGreaterThan(2);
    for (const { heldOut } of far) {
      const width = ({ logLow, logHigh }: { logLow: number; logHigh: number }) => logHigh - logLow;
      const { architecture, power, both } = heldOut.further as NonNullable<typeof heldOut.further>;
      expect(width(architecture)).toBeGreaterThanOrEqual(width(heldOut));
      expect(width(power)).toBeGreaterThanOrEqual(width(heldOut));
      expect(width(both)).toBeGreaterThanOrEqual(Math.max(width(architecture), width(power)));
    }
  });
});

describe('architectures', () => {
  it('are generations, dies for computing apart', () => {
    const of = (id: string) => architectureOf(device(id));
    expect(of('rtx-3090')).toBe(of('a40'));
    expect(of('l40s')).toBe(of('rtx-4090'));
    expect(of('a100')).not.toBe(of('a40'));
    expect(of('b200')).not.toBe(of('rtx-5090'));
    expect(of('mi210')).toBe(of('mi250'));
    expect(new Set(DEVICES.map(architectureOf)).size).toBeGreaterThan(12);
  });
});

describe('conformal intervals over devices', () => {
  const bias = (value: number, architecture = false, power = false) => ({ value, architecture, power });
  const near = { architecture: false, power: false };

  it('scale biases by what distance made of those that are known', () => {
    const scale = scaleOf([
      bias(0.1),
      bias(-0.1),
      bias(0.2, true),
      bias(0.2, true),
      bias(-0.6, true, true),
      bias(0.6, true, true),
    ]);
    expect(scale(near)).toBe(1);
    expect(scale({ architecture: true, power: false })).toBeCloseTo(2, 12);
    expect(scale({ architecture: false, power: true })).toBeCloseTo(3, 12);
    expect(scale({ architecture: true, power: true })).toBeCloseTo(6, 12);
  });

  it('never take a distance for a narrower one', () => {
    expect(scaleOf([bias(0.3), bias(0.3), bias(0.1, true), bias(0.1, true)])({ architecture: true, power: true })).toBe(
      1,
    );
  });

  it('hold nine of ten residuals of one device more, of few devices and of many', () => {
    // Biases and deviations of known normal distributions, on a grid of their quantiles.
    const normal = (n: number, deviation: number) =>
      Array.from({ length: n }, (_, i) => deviation * probit((i + 0.5) / n));
    const biases = normal(60, 0.1).map((value) => bias(value));
    const deviations = [normal(60, 0.08)];
    const { logLow, logHigh } = conformalOverDevices(biases, deviations, () => 1, near);
    // 1.645·√(0.1² + 0.08²) = 0.2107, and what sixty devices leave unknown.
    expect(logHigh).toBeGreaterThan(0.205);
    expect(logHigh).toBeLessThan(0.235);
    expect(logLow).toBeCloseTo(-logHigh, 2);
    const few = conformalOverDevices(biases.slice(0, 1), deviations, () => 1, near);
    expect(few.logHigh).toBeGreaterThan(3 * 0.1);
  });

  it('join the half-widths of one cause by Student', () => {
    // t of one degree at 5 % is 6.3138.
    expect(halfWidth([0.1])).toBeCloseTo(0.63138, 4);
    expect(halfWidth([])).toBe(0);
  });
});

/** Quantile of the normal distribution by bisection of its error function (Abramowitz and Stegun 7.1.26). */
function probit(p: number): number {
  const cdf = (x: number) => {
    const t = 1 / (1 + (0.3275911 * Math.abs(x)) / Math.SQRT2);
    const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    const erf = 1 - poly * Math.exp((-x * x) / 2);
    return x > 0 ? (1 + erf) / 2 : (1 - erf) / 2;
  };
  let [low, high] = [-8, 8];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (cdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
