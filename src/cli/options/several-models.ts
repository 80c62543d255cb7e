import type { BenchmarkArm } from '../../bench/harness/options.js';
import { batchOf, uniqueName } from '../../core/compose/names.js';
import type { Measurement } from '../../core/measurement.js';
import type { Arguments, Streams } from '../define-command.js';
import type { ReportedModel } from '../inputs/report-input.js';
import { fileToTime } from '../timing/timed-file.js';
import { timeArms } from '../timing/timing.js';
import { analyzeModel } from './model.js';

/** Loads and analyses the models named, each under a name of its own. */
export async function loadModels(references: readonly string[], args: Arguments): Promise<ReportedModel[]> {
  const models: ReportedModel[] = [];
  for (const reference of references) models.push({ reference, ...(await analyzeModel(reference, args)) });
  const names = models.map(({ graph }) => graph.name);
  return models.map(({ reference, graph, result }, i) => {
    const name = uniqueName(references, names, i);
    return { reference, graph: { ...graph, name }, result: { ...result, model: { ...result.model, name } } };
  });
}

/** Times models against each other; what is known so far stands in the `--save-measurement` file at any moment. */
export async function timeModels(
  models: readonly ReportedModel[],
  args: Arguments,
  streams: Streams,
): Promise<Measurement> {
  const arms: BenchmarkArm[] = [];
  for (const { reference, graph } of models) {
    const file = await fileToTime(reference, graph, args);
    arms.push({ name: graph.name, graph, batch: batchOf(graph), ...(file === undefined ? {} : { file }) });
  }
  return timeArms(arms, args, streams, args['save-measurement'] as string | undefined);
}

export { batchOf };
