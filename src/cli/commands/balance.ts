import { balanceCurve, boundAt } from '../../core/analysis/balance.js';
import { deviceBalances } from '../../core/compose/device-balances.js';
import { precisionOf } from '../../core/compose/on-devices.js';
import { defineCommand } from '../define-command.js';
import { EXECUTION_OPTION, MODEL_OPTIONS } from '../options/model.js';
import { DTYPE_OF_PRECISION } from '../options/precision.js';
import { deliver, OUTPUT_OPTIONS, REPORT_INPUT_OPTIONS, writeReports } from '../output.js';
import { BALANCES, balanceText, overtakings } from '../tables/balance.js';

export default defineCommand({
  usage: 'balance <models..>',
  summary: 'Which model is the fastest at which machine balance (FLOP/byte), and where the order flips',
  positionals: {
    models: { type: 'string', describe: 'Zoo names, spec files, model files; the first is the baseline' },
  },
  options: {
    ...MODEL_OPTIONS,
    ...EXECUTION_OPTION,
    ...OUTPUT_OPTIONS,
    ...REPORT_INPUT_OPTIONS,
    format: { choices: ['table', 'json'], default: 'table', describe: 'Form of the output' },
  },
  examples: [
    ['balance vovnet39 densenet121 resnet50', 'time bound from 0 to 1,000 FLOP/byte'],
    [
      'balance mobilenet-v4-conv-medium resnet50 --execution fused --on rtx-4090 --report balance.html',
      'drawn, with devices on the axis',
    ],
  ],
  async run(args, streams) {
    const { loadModels } = await import('../options/several-models.js');
    const models = await loadModels((args['models'] as string[]).map(String), args);
    const curves = models.map(({ result }) => balanceCurve(result));
    const [first] = models;
    const { dtype, execution } = (first as (typeof models)[number]).result.options;
    const precision = precisionOf(dtype);
    const devices = deviceBalances(precision);
    const text =
      args['format'] === 'json'
        ? JSON.stringify(
            {
              schema: 'archmeter/balance@1',
              dtype,
              execution,
              models: curves.map((curve) => ({
                model: curve.model,
                bounds: BALANCES.map((balance) => ({ balance, bound: boundAt(curve, balance) })),
              })),
              overtakings: overtakings(curves),
              devices,
            },
            null,
            2,
          )
        : balanceText(curves, devices, `${execution}, ${DTYPE_OF_PRECISION[precision]}`, streams);
    await deliver(text, args, streams);
    if (args['report'] !== undefined) {
      const { reportInput } = await import('../inputs/report-input.js');
      await writeReports(await reportInput(models, args), args, streams);
    }
    return 0;
  },
});
