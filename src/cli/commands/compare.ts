import { defineCommand } from '../define-command.js';
import { estimatesText } from '../inputs/on-devices.js';
import { EXECUTION_OPTION, MODEL_OPTIONS } from '../options/model.js';
import { TIMING_OPTIONS } from '../options/timing.js';
import { deliver, OUTPUT_OPTIONS, REPORT_INPUT_OPTIONS, writeReports } from '../output.js';
import { comparisonTable } from '../tables/comparison.js';
import { timingExitCode } from '../timing/measurement-file.js';

export default defineCommand({
  usage: 'compare <models..>',
  summary: 'Models side by side, with ratios to the first',
  positionals: {
    models: { type: 'string', describe: 'Zoo names, spec files, model files; the first is the baseline' },
  },
  options: {
    ...MODEL_OPTIONS,
    ...EXECUTION_OPTION,
    ...OUTPUT_OPTIONS,
    ...REPORT_INPUT_OPTIONS,
    time: { type: 'boolean', describe: 'Time the models too' },
    ...TIMING_OPTIONS,
  },
  examples: [
    ['compare resnet50 densenet201 vovnet39 --resolution 320', "the paper's Table 4 backbones"],
    ['compare resnet50.onnx resnet50.pt2 resnet50', 'two files and the zoo'],
    ['compare vovnet39 densenet121 --time --report compare.html', 'timed, with a report'],
    ['compare vovnet39 densenet121 --sweep batch=1,4,16 --on rtx-4090 --report compare.html', 'scaling and a roofline'],
  ],
  async run(args, streams) {
    const { loadModels, timeModels } = await import('../options/several-models.js');
    const models = await loadModels((args['models'] as string[]).map(String), args);
    const measurement = args['time'] === true ? await timeModels(models, args, streams) : undefined;
    const report = async () => {
      const { reportInput } = await import('../inputs/report-input.js');
      return reportInput(models, args, measurement === undefined ? {} : { measurement });
    };
    const format = String(args['format']);
    if (format === 'table') {
      const costs = comparisonTable(
        models.map(({ result }) => result),
        streams,
      );
      const { measurementTable } = await import('../tables/measurement.js');
      const times = measurement === undefined ? '' : `\n${measurementTable(measurement, streams)}`;
      const estimates = args['on'] === undefined ? '' : await estimatesText(models, args, streams);
      await deliver(costs + estimates + times, args, streams);
    } else {
      const { renderReport } = await import('../../core/report/index.js');
      await deliver(String(await renderReport(format as 'csv' | 'json' | 'markdown', await report())), args, streams);
    }
    if (args['report'] !== undefined) await writeReports(await report(), args, streams);
    return timingExitCode(measurement);
  },
});
