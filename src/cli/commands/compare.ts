import { comparisonTable } from '../comparison-table.js';
import { defineCommand } from '../define-command.js';
import { analyzeModel, EXECUTION_OPTION, MODEL_OPTIONS } from '../model-options.js';
import { commandLine, deliver, OUTPUT_OPTIONS, writeReports } from '../output.js';

export default defineCommand({
  usage: 'compare <models..>',
  summary: 'Models side by side, with ratios to the first',
  positionals: {
    models: { type: 'string', describe: 'Zoo names, spec files, model files; the first is the baseline' },
  },
  options: { ...MODEL_OPTIONS, ...EXECUTION_OPTION, ...OUTPUT_OPTIONS },
  examples: [
    ['compare resnet50 densenet201 vovnet39 --resolution 320', "the paper's Table 4 backbones"],
    ['compare resnet50.onnx resnet50.pt2 resnet50', 'two files and the zoo'],
    ['compare vovnet39 densenet121 --report compare.html --report compare.png', 'with reports'],
  ],
  async run(args, streams) {
    const names = (args.models as string[]).map(String);
    const models: Awaited<ReturnType<typeof analyzeModel>>[] = [];
    for (const name of names) models.push(await analyzeModel(name, args));
    const analyses = models.map(({ result }, i) => ({
      ...result,
      model: {
        ...result.model,
        name: uniqueName(
          names,
          models.map((m) => m.result.model.name),
          i,
        ),
      },
    }));
    const graphs = models.map(({ graph }, i) => ({ ...graph, name: analyses[i]?.model.name as string }));
    const input = {
      title: analyses.map(({ model }) => model.name).join(' · '),
      command: commandLine(),
      analyses,
      graphs,
      measurements: [],
    };
    const format = String(args.format);
    if (format === 'table') await deliver(comparisonTable(analyses, streams), args, streams);
    else {
      const { renderReport } = await import('../../core/report/index.js');
      await deliver(String(await renderReport(format as 'csv' | 'json' | 'markdown', input)), args, streams);
    }
    await writeReports(input, args, streams);
    return 0;
  },
});

/** A model's own name, or what was typed where two models have the same. */
function uniqueName(typed: readonly string[], names: readonly string[], index: number): string {
  const name = names[index] as string;
  if (names.filter((other) => other === name).length === 1) return name;
  const same = typed.slice(0, index).filter((other) => other === typed[index]).length;
  return same === 0 ? (typed[index] as string) : `${typed[index]} (${same + 1})`;
}
