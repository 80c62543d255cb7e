import { expect, it } from 'vitest';
import { runBenchmark } from '../../../src/bench/harness/run-benchmark.js';
import type { Experiment } from '../../../src/core/reproduce/define-paper.js';
import { experimentsOf } from '../../../src/core/reproduce/index.js';
import { armName, timedExperiments } from '../../../src/core/reproduce/timed.js';
import { CALM } from '../../bench/harness/helpers.js';
import { syntheticArm, syntheticMachine } from '../../bench/simulation/synthetic-runtime.js';

const graph = syntheticArm('any', 1).graph;

const EXPERIMENT: Experiment = {
  where: 'table 1 (widths)',
  timedOn: 'a card of theirs',
  variants: [
    { what: 'even', rate: 100, graph },
    { what: 'uneven', rate: 80, graph },
    { what: 'forgotten', rate: 60, graph },
  ],
};

/** On a virtual clock; the last variant is not timed. */
async function timed() {
  const { session, now } = syntheticMachine(CALM, 1);
  const [even, uneven] = EXPERIMENT.variants;
  const baseline = armName(EXPERIMENT, even);
  const arms = [
    { ...syntheticArm(baseline, 5), baseline },
    { ...syntheticArm(armName(EXPERIMENT, uneven as typeof even), 6.25), baseline },
  ];
  const measurement = await runBenchmark(session, arms, { timeBudgetSeconds: 30, cold: false }, { now });
  return { ...timedExperiments([EXPERIMENT], measurement), measurement };
}

it('sets the ratios of speed that were timed beside the paper’s, with their intervals', async () => {
  const { figures, missing, findings, measurement } = await timed();
  expect(figures).toHaveLength(1);
  const [figure] = figures;
  expect(figure).toMatchObject({ what: 'uneven: speed over even, timed', where: 'table 1 (widths)', theirs: 0.8 });
  expect(Math.abs((figure?.ours ?? 0) / 0.8 - 1)).toBeLessThan(0.01);
  const [low, high] = (/^([\d.]+) to ([\d.]+)$/.exec(figure?.note ?? '') ?? []).slice(1).map(Number);
  expect(low).toBeLessThanOrEqual(0.8);
  expect(high).toBeGreaterThanOrEqual(0.8);
  expect(missing).toEqual(['forgotten, table 1: it, or what it is held against, was not timed.']);
  expect(findings[0]).toContain(
    `Timed here: ${measurement.runtime.name} on ${measurement.device.name}, float32, ${measurement.settings.clock} clock, `,
  );
  expect(findings[0]).toMatch(/intervals of 95 %\. The paper's speeds are of a card of theirs\.$/);
});

it('takes the four guidelines of ShuffleNetV2 as arms of different names', async () => {
  const experiments = await experimentsOf('shufflenet-v2');
  expect(experiments.map(({ where }) => where.slice(0, 12))).toEqual([1, 2, 3, 4].map((i) => `table ${i} (G${i}:`));
  const names = experiments.flatMap((experiment) => experiment.variants.map((variant) => armName(experiment, variant)));
  expect(new Set(names).size).toBe(names.length);
  expect(await experimentsOf('squeezenet')).toEqual([]);
});
