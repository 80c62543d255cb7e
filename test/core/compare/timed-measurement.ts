import type { ArmMeasurement, Energy, Measurement } from '../../../src/core/measurement.js';

export interface TimedArm {
  readonly name: string;
  readonly medianMs: number;
  readonly madds?: number;
  readonly energy?: Energy;
  readonly status?: ArmMeasurement['status'];
  readonly message?: string;
}

export interface TimedRatio {
  readonly name: string;
  readonly baseline: string;
  readonly ratio: number;
  /** Half-width of the interval, as a fraction. */
  readonly width?: number;
}

/** A measurement with stated medians and ratios: what the gate reads of one. */
export function timedMeasurement(
  arms: readonly TimedArm[],
  ratios: readonly TimedRatio[],
  options: { readonly floor?: number; readonly tolerance?: number } = {},
): Measurement {
  return {
    schema: 'archmeter/measurement@1',
    archmeter: '0.0.0',
    startedAt: '2026-01-01T00:00:00.000Z',
    command: 'archmeter check --time',
    runtime: { name: 'synthetic', details: {} },
    device: { kind: 'cpu', name: 'virtual' },
    dtype: 'float32',
    settings: {
      clock: 'wall',
      clockQuantumMs: 0,
      precision: 0.005,
      tolerance: options.tolerance ?? 0.01,
      timeBudgetSeconds: 60,
      seed: 1,
      stoppedBy: 'precision',
      rounds: 16,
    },
    arms: arms.map(({ name, medianMs, madds = 1e6, energy, status = 'ok', message }) => ({
      name,
      batch: 1,
      status,
      ...(message === undefined ? {} : { message }),
      madds,
      flops: 2 * madds,
      fusedBytes: 1,
      energy: energy ?? { status: 'unavailable', reason: 'no meter' },
      wall: {
        hot: {
          medianMs,
          lowMs: medianMs * 0.99,
          highMs: medianMs * 1.01,
          confidence: 0.95,
          p5Ms: medianMs,
          p95Ms: medianMs,
          p99Ms: medianMs,
          samplesMs: [medianMs],
        },
      },
    })),
    ...(options.floor === undefined
      ? {}
      : { control: { floor: options.floor, deviation: 0.01, copies: 8, confidence: 0.95 } }),
    comparisons: ratios.map(({ name, baseline, ratio, width = 0.005 }) => ({
      name,
      baseline,
      ratio,
      low: ratio * (1 - width),
      high: ratio * (1 + width),
      pValue: 0.5,
      verdict: 'inconclusive',
    })),
    environment: {},
    warnings: [],
  };
}
