import { explainLayer } from '../../core/analysis/explain.js';
import type { AnalysisResult, LayerAnalysis } from '../../core/analysis/result.js';
import { ArchmeterError } from '../../core/errors.js';
import { formatExact } from '../../core/report/number-format.js';
import { METRICS } from '../../core/units.js';
import { defineCommand, type Streams } from '../define-command.js';
import { analyzeModel, EXECUTION_OPTION, MODEL_OPTIONS } from '../options/model.js';
import { deliver, OUTPUT_OPTIONS } from '../output.js';
import { setupOf } from '../tables/setup.js';
import { paint } from '../tables/table.js';

export default defineCommand({
  usage: 'explain <model> [layer]',
  summary: "The formula of each figure with a layer's numbers put in, and where it comes from",
  positionals: {
    model: { type: 'string', describe: 'Zoo name, spec file or model file' },
    layer: { type: 'string', describe: "A layer's name, or a part of it; default: every layer with a formula" },
  },
  options: { ...MODEL_OPTIONS, ...EXECUTION_OPTION, output: OUTPUT_OPTIONS.output, force: OUTPUT_OPTIONS.force },
  examples: [
    ['explain vovnet39 stages.0.blocks.0.conv_concat.conv', 'one layer'],
    ['explain resnet50 layer1.0.conv2', 'check a convolution by hand'],
  ],
  async run(args, streams) {
    const { graph, result } = await analyzeModel(String(args.model), args);
    const wanted = args.layer as string | undefined;
    const layers =
      wanted === undefined
        ? result.layers.filter(({ flops, params }) => flops > 0 || params > 0)
        : await match(result, wanted);
    const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
    const parts = layers.map((layer) => layerText(layer, explainLayer(graph, layer, nodes.get(layer.name)), streams));
    await deliver(
      [heading(result, streams), ...parts, ...(wanted === undefined ? [totalsText(result, streams)] : [])].join('\n\n'),
      args,
      streams,
    );
    return 0;
  },
});

function heading(result: AnalysisResult, streams: Streams): string {
  return `${paint(result.model.name, 'strong', streams.color)}  ${paint(setupOf(result), 'dim', streams.color)}`;
}

async function match(result: AnalysisResult, wanted: string): Promise<readonly LayerAnalysis[]> {
  const exact = result.layers.filter(({ name }) => name === wanted);
  if (exact.length > 0) return exact;
  const inside = result.layers.filter(({ name }) => name.includes(wanted));
  if (inside.length > 0) return inside;
  const { nearest } = await import('../../core/nearest.js');
  const near = nearest(
    wanted,
    result.layers.map(({ name }) => name),
  );
  throw new ArchmeterError(
    `model '${result.model.name}' has no layer '${wanted}'`,
    near ? `Did you mean '${near}'?` : `'archmeter analyze' lists them.`,
  );
}

function layerText(layer: LayerAnalysis, explanations: ReturnType<typeof explainLayer>, streams: Streams): string {
  const shapes = `${layer.inputShapes.map((shape) => shape.join('x')).join(', ')} → ${layer.outputShapes.map((shape) => shape.join('x')).join(', ')}`;
  const lines = explanations.map(({ figure, value, formula, substituted, source }) => {
    const head = `  ${paint(figure, 'strong', streams.color)} = ${formatExact(Number(value.toFixed(2)))}`;
    const body =
      formula === '' ? [] : [`    = ${formula}`, ...(substituted === formula ? [] : [`    = ${substituted}`])];
    return [head, ...body, `    ${paint(source, 'dim', streams.color)}`].join('\n');
  });
  return [`${paint(layer.name, 'strong', streams.color)}  ${layer.op}  ${shapes}`, ...lines].join('\n');
}

function totalsText(result: AnalysisResult, streams: Streams): string {
  const figures = [
    'params',
    'madds',
    'flops',
    'memoryAccessCost',
    'paperMemoryAccessCost',
    'activations',
    'peakActivationBytes',
  ] as const;
  return [
    paint('Whole model', 'strong', streams.color),
    ...figures.map(
      (id) =>
        `  ${paint(id, 'strong', streams.color)} = ${formatExact(result.totals[id])}\n    ${paint(METRICS[id].definition, 'dim', streams.color)}`,
    ),
  ].join('\n');
}
