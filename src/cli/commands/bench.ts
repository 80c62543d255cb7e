import type { BenchmarkArm } from '../../bench/harness/options.js';
import type { Graph } from '../../core/ir/graph.js';
import type { Measurement } from '../../core/measurement.js';
import { defineCommand } from '../define-command.js';
import { measurementTable } from '../measurement-table.js';
import { analyzeModel, MODEL_OPTIONS } from '../model-options.js';
import { commandLine, deliver, OUTPUT_OPTIONS, writeFileSafely, writeReports } from '../output.js';
import { TIMING_OPTIONS, timeArms } from '../timing.js';

export default defineCommand({
  usage: 'bench <models..>',
  summary: 'Time models against each other on this machine',
  positionals: {
    models: {
      type: 'string',
      describe: 'Zoo names, spec files, model files or block:NAME:options@shape; the first is the baseline',
    },
  },
  options: {
    ...MODEL_OPTIONS,
    ...TIMING_OPTIONS,
    json: {
      type: 'string',
      describe: 'Write the measurement (and, while timing, what is known so far) to this file',
      requiresArg: true,
    },
    format: { choices: ['table', 'json'], default: 'table', describe: 'Form of the output' },
    output: OUTPUT_OPTIONS.output,
    report: OUTPUT_OPTIONS.report,
    force: OUTPUT_OPTIONS.force,
  },
  examples: [
    ['bench vovnet39 densenet121 resnet50', 'three backbones'],
    ['bench resnet50 --runtime onnxruntime --batch 8', 'one runtime, a batch of 8'],
    ['bench vovnet39 --per-layer --json vovnet39.json', 'each layer, kept for later'],
  ],
  async run(args, streams) {
    const references = (args['models'] as string[]).map(String);
    const models: Awaited<ReturnType<typeof analyzeModel>>[] = [];
    for (const reference of references) models.push(await analyzeModel(reference, args));
    const names = uniqueNames(models.map(({ graph }) => graph.name));
    const arms: BenchmarkArm[] = models.map(({ graph }, i) => ({
      name: names[i] as string,
      graph,
      batch: batchOf(graph),
    }));
    const path = args['json'] as string | undefined;
    const save = async (measurement: Measurement) => {
      if (path !== undefined)
        await writeFileSafely(path, `${JSON.stringify(measurement, null, 2)}\n`, args, streams, true);
    };
    const measurement = await timeArms(arms, args, streams, save);
    await save(measurement);
    if (path !== undefined) streams.err(`wrote ${path}\n`);
    const analyses = models.map(({ result }, i) => ({
      ...result,
      model: { ...result.model, name: names[i] as string },
    }));
    const graphs = models.map(({ graph }, i) => ({ ...graph, name: names[i] as string }));
    if (args['format'] === 'json') await deliver(JSON.stringify(measurement, null, 2), args, streams);
    else await deliver(measurementTable(measurement, streams), args, streams);
    const input = {
      title: names.join(' · '),
      command: commandLine(),
      createdAt: measurement.startedAt,
      analyses,
      graphs,
      measurements: [measurement],
    };
    await writeReports(input, args, streams);
    return measurement.arms.some(({ status }) => status === 'failed') ? 1 : 0;
  },
});

export function batchOf(graph: Graph): number {
  return graph.values[graph.inputs[0] as number]?.shape[0] ?? 1;
}

/** Names made distinct by counting repeats. */
export function uniqueNames(names: readonly string[]): string[] {
  return names.map((name, i) => {
    const before = names.slice(0, i).filter((other) => other === name).length;
    return before === 0 ? name : `${name} (${before + 1})`;
  });
}
