import { analyze } from '../../core/analysis/analyze.js';
import { formatExact } from '../../core/report/number-format.js';
import { defineCommand } from '../define-command.js';
import { dtypeOption, loadOptions, MODEL_OPTIONS, wholeNumber } from '../options/model.js';
import { OUTPUT_OPTIONS, writeFileSafely } from '../output.js';

export default defineCommand({
  usage: 'export <model>',
  summary: 'Write a model as an ONNX file, with random or zero weights',
  positionals: { model: { type: 'string', describe: 'Zoo name, spec file or model file' } },
  options: {
    ...MODEL_OPTIONS,
    output: { ...OUTPUT_OPTIONS.output, demandOption: true, describe: 'The .onnx file to write' },
    weights: { choices: ['random', 'zero'], default: 'random', describe: 'Contents of the weights' },
    seed: { type: 'number', default: 1, describe: 'Seed of random weights', requiresArg: true },
    force: OUTPUT_OPTIONS.force,
  },
  examples: [
    ['export vovnet39 -o vovnet39.onnx', 'for any runtime that reads ONNX'],
    ['export design.yaml -o design.onnx --weights zero', 'a spec file'],
  ],
  async run(args, streams) {
    const [{ loadModel }, { exportOnnx }] = await Promise.all([
      import('../../node/load-model.js'),
      import('../../core/export/onnx/index.js'),
    ]);
    const graph = await loadModel(String(args['model']), { ...loadOptions(args), dtype: dtypeOption(args) });
    const bytes = exportOnnx(graph, {
      weights: args['weights'] as 'random' | 'zero',
      seed: wholeNumber(args['seed'], '--seed') ?? 1,
    });
    const path = String(args['output']);
    await writeFileSafely(path, bytes, args, streams, true);
    const { totals, options } = analyze(graph);
    streams.err(
      `wrote ${path}: ${formatExact(totals.params)} parameters, ${args['weights']} weights, ${options.dtype}\n`,
    );
    return 0;
  },
});
