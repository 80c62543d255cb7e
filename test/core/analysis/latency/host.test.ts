import { expect, it } from 'vitest';
import { hostTime } from '../../../../src/core/analysis/latency/host.js';
import { quantile } from '../../../../src/core/statistics/quantile.js';
import { reference } from '../../../reference.js';

it("hosts start eager kernels as NeuSight's do: median, 5th and 95th percentile of least times", () => {
  const [, ...lines] = reference.text('latency/neusight-hosts.csv').trim().split('\n');
  const times = lines.map((line) => Number(line.split(',')[2]));
  expect(times).toHaveLength(91);
  const { median, low, high } = hostTime('eager', 'host');
  expect([0.5, 0.05, 0.95].map((p) => Math.round(quantile(times, p)))).toEqual([median, low, high]);
});

it('compiled programs start them faster, and a replayed graph costs the host nothing', () => {
  expect(hostTime('fused', 'host').median).toBeLessThan(hostTime('eager', 'host').median);
  expect(hostTime('fused', 'host').high).toBeGreaterThan(hostTime('fused', 'host').low);
  expect(hostTime('eager', 'graph')).toEqual({ median: 0, low: 0, high: 0 });
});
