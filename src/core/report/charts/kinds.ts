import type { LayerAnalysis } from '../../analysis/result.js';
import type { OpKind } from '../../ops/define-op.js';
import { figureTicks, formatFigure } from '../number-format.js';
import type { ReportModel, ReportView } from '../view.js';
import { type ChartPoint, type ChartVariant, defineChart } from './define-chart.js';
import { layerTimes } from './layer-timing.js';
import { axis, barColours, baseOptions, rowAxis } from './style.js';

interface Share {
  readonly label: string;
  readonly unit: 'bytes' | 'elements' | 'ops' | 'ms';
  of(layer: LayerAnalysis, model: ReportModel, time: number): number;
}

const SHARES: Readonly<Record<string, Share>> = {
  bytes: { label: 'Bytes moved', unit: 'bytes', of: ({ readBytes, writeBytes }) => readBytes + writeBytes },
  memoryAccessCost: { label: 'Memory access cost', unit: 'elements', of: ({ memoryAccessCost }) => memoryAccessCost },
  flops: { label: 'FLOPs', unit: 'ops', of: ({ flops }) => flops },
  time: { label: 'Time', unit: 'ms', of: (_layer, _model, time) => time },
};

/** Where a model's cost lies, by what its layers do: the traffic that a sum over convolutions leaves out. */
export default defineChart({
  id: 'kinds',
  section: 'cost',
  title: (_view, variant) => `${shareOf(variant).label} by kind of layer`,
  caption(view, variant) {
    if (variant === 'time')
      return 'Sum over the layers of each kind, measured where it was measured, estimated otherwise.';
    const execution = new Set(view.models.flatMap(({ analysis }) => analysis?.options.execution ?? []));
    return variant === 'bytes' || variant === null
      ? `Read and written under the ${[...execution].join(' and ')} execution model. The paper's figure counts convolutions alone.`
      : 'Sum over the layers of each kind.';
  },
  variants: (view): ChartVariant[] =>
    Object.entries(SHARES)
      .filter(
        ([id]) => id !== 'time' || view.models.some((model) => layerTimes(model, view.document.devices?.[0]).size > 0),
      )
      .map(([id, { label }]) => ({ id, label })),
  height: (view, variant) => 64 + kindsOf(view, variant).length * (16 + 13 * analysed(view).length),
  applies: (view) => kindsOf(view, null).length > 0,
  build(context) {
    const { view } = context;
    const share = shareOf(context.variant);
    const kinds = kindsOf(view, context.variant);
    const largest = Math.max(...analysed(view).flatMap((model) => [...sumsOf(view, model, share).values()]));
    return {
      type: 'bar',
      data: {
        labels: kinds,
        datasets: analysed(view).map((model) => {
          const sums = sumsOf(view, model, share);
          return {
            label: model.name,
            hidden: context.hidden.has(model.index),
            data: kinds.map((kind, y): ChartPoint => {
              const x = sums.get(kind) ?? 0;
              const total = [...sums.values()].reduce((sum, value) => sum + value, 0);
              const percent = total === 0 ? 0 : Math.round((100 * x) / total);
              return {
                x,
                y,
                model: model.index,
                lines: [`${model.name}: ${kind}`, `${formatFigure(x, share.unit)}, ${percent} % of the model`],
              };
            }),
            parsing: { xAxisKey: 'x', yAxisKey: 'y' },
            ...barColours(context, model),
            barPercentage: 0.88,
            categoryPercentage: 0.78,
          };
        }),
      },
      options: {
        ...baseOptions(context),
        indexAxis: 'y',
        scales: {
          x: {
            ...axis(context, { type: 'linear', min: 0, tick: figureTicks(largest, share.unit) }),
            border: { display: false },
          },
          y: rowAxis(context, kinds),
        },
      },
    };
  },
  table(view, variant) {
    const share = shareOf(variant);
    const models = analysed(view);
    const sums = models.map((model) => sumsOf(view, model, share));
    return {
      headings: ['Kind', ...models.map(({ name }) => name)],
      rows: kindsOf(view, variant).map((kind) => [kind, ...sums.map((own) => own.get(kind) ?? 0)]),
    };
  },
});

const analysed = ({ models }: ReportView) => models.filter(({ analysis }) => analysis !== null);

const shareOf = (variant: string | null): Share => SHARES[variant ?? 'bytes'] ?? (SHARES['bytes'] as Share);

function sumsOf(view: ReportView, model: ReportModel, share: Share): Map<OpKind, number> {
  const times = layerTimes(model, view.document.devices?.[0]);
  const sums = new Map<OpKind, number>();
  for (const layer of model.analysis?.layers ?? []) {
    sums.set(layer.kind, (sums.get(layer.kind) ?? 0) + share.of(layer, model, times.get(layer.name)?.latencyMs ?? 0));
  }
  return sums;
}

/** Kinds with any cost, the most expensive first. */
function kindsOf(view: ReportView, variant: string | null): OpKind[] {
  const largest = new Map<OpKind, number>();
  for (const model of analysed(view)) {
    for (const [kind, sum] of sumsOf(view, model, shareOf(variant)))
      largest.set(kind, Math.max(largest.get(kind) ?? 0, sum));
  }
  return [...largest]
    .filter(([, sum]) => sum > 0)
    .sort((a, b) => b[1] - a[1])
    .map(([kind]) => kind);
}
