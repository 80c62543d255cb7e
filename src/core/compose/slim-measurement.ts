import type { Measurement } from '../measurement.js';

/** A measurement to be sent around: without the calls before any arithmetic, five digits a number. */
export function slimMeasurement({ arms, ...measurement }: Measurement): Measurement {
  const plain = arms.map(({ raw: _, ...arm }) => arm);
  const isExact = new Set(['madds', 'flops', 'fusedBytes', 'seed', 'flushBytes', 'memoryBytes']);
  return JSON.parse(
    JSON.stringify({ ...measurement, arms: plain }, (key, value) =>
      typeof value === 'number' && !isExact.has(key) ? Number(value.toPrecision(5)) : value,
    ),
  ) as Measurement;
}
