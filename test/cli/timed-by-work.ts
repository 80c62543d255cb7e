import type { BenchmarkArm } from '../../src/bench/harness/options.js';
import { analyze } from '../../src/core/analysis/analyze.js';
import { timedMeasurement } from '../core/compare/timed-measurement.js';

/** In place of a timing: every arm takes as long as its work suggests. */
export async function timedByWork(arms: readonly BenchmarkArm[]) {
  const timed = arms.map(({ name, graph }) => {
    const { madds, readBytes, writeBytes } = analyze(graph).totals;
    return { name, madds, medianMs: 0.05 + madds / 5e7 + (readBytes + writeBytes) / 1e7 };
  });
  const [first] = timed;
  const ratios = timed.slice(1).map(({ name, medianMs }) => ({
    name,
    baseline: first?.name ?? '',
    ratio: medianMs / (first?.medianMs ?? 1),
  }));
  return timedMeasurement(timed, ratios, { floor: 1.005 });
}
