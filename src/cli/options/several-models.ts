import type { BenchmarkArm } from '../../bench/harness/options.js';
import type { Graph } from '../../core/ir/graph.js';
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

/** A model's own name, or what was typed where two models have the same. */
function uniqueName(typed: readonly string[], names: readonly string[], index: number): string {
  const name = names[index] as string;
  if (names.filter((other) => other === name).length === 1) return name;
  const same = typed.slice(0, index).filter((other) => other === typed[index]).length;
  return same === 0 ? (typed[index] as string) : `${typed[index]} (${same + 1})`;
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

/** Images in one run of a graph: the first axis of its first input. */
export function batchOf(graph: Graph): number {
  return graph.values[graph.inputs[0] as number]?.shape[0] ?? 1;
}
