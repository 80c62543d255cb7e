import type { OpenSweep } from '../../node/sweep/open-space.js';
import type { Arguments, Streams } from '../define-command.js';
import { batchOf } from '../options/several-models.js';
import { measurementTable } from '../tables/measurement.js';
import { timeArms } from '../timing/timing.js';
import type { FrontRow } from './front.js';

/** Times designs of a front against each other on this machine, and prints them, the fastest first. */
export async function timeDesigns(
  sweep: OpenSweep,
  rows: readonly FrontRow[],
  args: Arguments,
  streams: Streams,
): Promise<void> {
  const { designGraph } = await import('../../node/sweep/design-graph.js');
  const graphs = rows.map(({ design, parameters }) => designGraph(sweep, parameters, `design ${design}`));
  const arms = graphs.map((graph) => ({ name: graph.name, graph, batch: batchOf(graph) }));
  const measurement = await timeArms(arms, args, streams, args['save-measurement'] as string | undefined);
  const latency = (arm: (typeof measurement.arms)[number]) =>
    arm[measurement.settings.clock]?.hot?.medianMs ?? Infinity;
  const ranked = { ...measurement, arms: [...measurement.arms].sort((a, b) => latency(a) - latency(b)) };
  streams.out(`\n${measurementTable(ranked, streams)}\n`);
}
