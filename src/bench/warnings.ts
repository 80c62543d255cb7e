import type { Measurement } from '../core/measurement.js';

/** What is wrong with a measurement, the likely cause and what to do. */
export function warningsOf(_measurement: Measurement): Measurement['warnings'] {
  return [];
}
