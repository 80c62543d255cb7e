import { LAYER_COLUMNS } from '../../core/report/columns.js';
import { defineCommand } from '../define-command.js';
import { estimatesText } from '../inputs/on-devices.js';
import { analyzeModel, EXECUTION_OPTION, MODEL_OPTIONS, wholeNumber } from '../options/model.js';
import { deliver, OUTPUT_OPTIONS, REPORT_INPUT_OPTIONS, writeReports } from '../output.js';
import { analysisTable } from '../tables/analysis.js';

export default defineCommand({
  usage: 'analyze <model>',
  summary: 'Exact costs of every layer of a model',
  positionals: {
    model: {
      type: 'string',
      describe: 'Zoo name, spec file, or model file (.onnx .pt2 .keras .h5 .tflite model.json); - for stdin',
    },
  },
  options: {
    ...MODEL_OPTIONS,
    ...EXECUTION_OPTION,
    sort: {
      choices: LAYER_COLUMNS.map(({ id }) => id),
      describe: 'Order layers by a column, largest first',
      requiresArg: true,
    },
    columns: {
      type: 'string',
      describe: `Columns, separated by commas: ${LAYER_COLUMNS.map(({ id }) => id).join(', ')}`,
      requiresArg: true,
    },
    top: { type: 'number', describe: 'Show only so many layers', requiresArg: true },
    depth: { type: 'number', describe: 'Group layers by module, this many levels deep', requiresArg: true },
    ...OUTPUT_OPTIONS,
    ...REPORT_INPUT_OPTIONS,
  },
  examples: [
    ['analyze resnet50', 'per-layer table and totals'],
    ['analyze vovnet39 --depth 1', 'one row per stage'],
    ['analyze model.onnx --input 1x3x320x320 --sort memoryAccessCost --top 10', 'the costliest layers of a file'],
    ['analyze densenet121 --execution fused --report report.html', 'with a report'],
  ],
  async run(args, streams) {
    const reference = String(args['model']);
    const { graph, result } = await analyzeModel(reference, args);
    const report = async () => {
      const { reportInput } = await import('../inputs/report-input.js');
      return reportInput([{ reference, graph, result }], args);
    };
    const format = String(args['format']);
    if (format === 'json') {
      await deliver(JSON.stringify(result, null, 2), args, streams);
    } else if (format === 'table') {
      const view = {
        sort: args.sort as string | undefined,
        columns: args.columns as string | undefined,
        top: wholeNumber(args.top, '--top'),
        depth: args.depth as number | undefined,
      };
      const estimates = args['on'] === undefined ? '' : await estimatesText([{ graph, result }], args, streams);
      await deliver(analysisTable(result, view, streams) + estimates, args, streams);
    } else {
      const { renderReport } = await import('../../core/report/index.js');
      await deliver(String(await renderReport(format as 'csv' | 'markdown', await report())), args, streams);
    }
    if (args['report'] !== undefined) await writeReports(await report(), args, streams);
    return 0;
  },
});
