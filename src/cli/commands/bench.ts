import { defineCommand } from '../define-command.js';
import { MODEL_OPTIONS } from '../options/model.js';
import { TIMING_OPTIONS } from '../options/timing.js';
import { deliver, OUTPUT_OPTIONS, REPORT_INPUT_OPTIONS, writeReports } from '../output.js';
import { measurementTable } from '../tables/measurement.js';
import { timingExitCode } from '../timing/measurement-file.js';

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
    format: { choices: ['table', 'json'], default: 'table', describe: 'Form of the output' },
    output: OUTPUT_OPTIONS.output,
    report: OUTPUT_OPTIONS.report,
    force: OUTPUT_OPTIONS.force,
    ...REPORT_INPUT_OPTIONS,
  },
  examples: [
    ['bench vovnet39 densenet121 resnet50', 'three backbones'],
    ['bench resnet50 --runtime onnxruntime --batch 8', 'one runtime, a batch of 8'],
    ['bench vovnet39 --per-layer --save-measurement vovnet39.json', 'each layer, kept for later'],
  ],
  async run(args, streams) {
    const { loadModels, timeModels } = await import('../options/several-models.js');
    const models = await loadModels((args['models'] as string[]).map(String), args);
    const measurement = await timeModels(models, args, streams);
    const text =
      args['format'] === 'json' ? JSON.stringify(measurement, null, 2) : measurementTable(measurement, streams);
    await deliver(text, args, streams);
    if (args['report'] !== undefined) {
      const { reportInput } = await import('../inputs/report-input.js');
      await writeReports(await reportInput(models, args, { measurement }), args, streams);
    }
    return timingExitCode(measurement);
  },
});
