import { expect, it } from 'vitest';
import { blockTable } from '../../../src/cli/tables/block.js';
import { analyze } from '../../../src/core/analysis/analyze.js';
import type { BlockGroup } from '../../../src/core/compose/matched-groups.js';
import type { Measurement } from '../../../src/core/measurement.js';
import { sampleGraphs, sampleMeasurement } from '../../core/report/sample-report.js';

const graphs = sampleGraphs();
const analyses = graphs.map((graph) => analyze(graph));
const group = {
  title: 'Blocks',
  note: '',
  arms: graphs.map((graph, i) => ({ name: graph.name, architecture: 'osa', graph, result: analyses[i], timed: true })),
} as unknown as BlockGroup;
const streams = { color: false, columns: 400, out() {}, err() {} } as unknown as Parameters<typeof blockTable>[2];

it('blocks timed by the device clock have their wall time beside it', () => {
  const wall = sampleMeasurement(analyses, [3.1, 6.4, 3.9]);
  const byWall = blockTable(group, wall, streams);
  expect(byWall).toMatch(/Latency\s+MAdd\/s/);
  expect(byWall).not.toContain('Wall time');
  const arms = wall.arms.map((arm) => ({ ...arm, device: { hot: { ...arm.wall?.hot, medianMs: 1.25 } } }));
  const device = { ...wall, arms, settings: { ...wall.settings, clock: 'device' } } as Measurement;
  const byDevice = blockTable(group, device, streams);
  expect(byDevice).toMatch(/Device time\s+Wall time\s+MAdd\/s/);
  expect(byDevice).toMatch(/1\.25 ms ±\S+ %\s+3\.1\d* ms/);
});
