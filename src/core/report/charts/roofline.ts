import type { AnalysisResult, LayerAnalysis } from '../../analysis/result.js';
import { CONTRACTION_KINDS } from '../../ops/define-op.js';
import type { DeviceCeilings } from '../define-reporter.js';
import { formatFigure, shortFigure, significant } from '../number-format.js';
import type { ReportModel, ReportView } from '../view.js';
import { type AnyDataset, type ChartContext, type ChartPoint, defineChart } from './define-chart.js';
import { isProfiled } from './drawing/layer-shares.js';
import { layerTimes } from './drawing/layer-timing.js';
import { axis, baseOptions, drawing, layerPoints, logLimits, selectionRing } from './drawing/style.js';

/** How a point's rate is known; `attainable` is the roof itself. */
type Source = 'measured' | 'estimated' | 'attainable';

interface RooflinePoint extends ChartPoint {
  readonly source: Source;
  /** 0 where it is not known. */
  readonly latencyMs: number;
}

/** Every layer by arithmetic intensity and rate, under the roofs of a device. */
export default defineChart({
  id: 'roofline',
  section: 'cost',
  perLayer: true,
  title(view, variant) {
    if (deviceOf(view, variant) !== undefined) return 'Roofline';
    return isTimed(view) ? 'Rate of every layer by arithmetic intensity' : 'Arithmetic intensity of every layer';
  },
  caption(view, variant) {
    const device = deviceOf(view, variant);
    if (device === undefined) {
      const shown = isTimed(view) ? 'Measured layers alone: those to' : 'Layers to';
      return `${shown} the left move more bytes for each operation. The ceilings of the device are not known: --on names one, and the chart draws its roof.`;
    }
    const points = view.models.flatMap((model) => pointsOf(view, model, device));
    const known = new Set(points.map(({ source }) => source));
    const above = points.some(({ x, y }) => y > ABOVE * Math.min(device.flopsPerSecond, device.bytesPerSecond * x));
    const cache = above
      ? ' Points above the roof find their data in a cache: the roof is that of the memory behind it.'
      : '';
    const foreign = timedElsewhere(view, device);
    const kinds = [
      known.has('measured') ? 'Filled points are measured' : '',
      known.has('estimated') ? `${known.has('measured') ? 'hollow ones' : 'Points are'} estimated` : '',
      known.has('attainable')
        ? `${known.size > 1 ? 'those on the roof have no timing' : 'Nothing was timed, so each point lies on the roof: the most the device could do'}`
        : '',
    ].filter((kind) => kind !== '');
    return `${isFused(view) ? 'Fused kernels' : 'Layers'} under the ceilings of ${device.name}${device.verified ? '' : ' (unverified figures)'}. ${kinds.join(', ')}.${points.some(({ latencyMs }) => latencyMs > 0) ? ' The larger a mark, the longer it takes.' : ''}${cache}${foreign}`;
  },
  variants: ({ document }) => {
    const devices = document.devices ?? [];
    return devices.length < 2 ? [] : devices.map(({ name }) => ({ id: name, label: name }));
  },
  height: () => 380,
  applies: (view) => view.models.some((model) => pointsOf(view, model, deviceOf(view, null)).length > 0),
  build(context) {
    const { view } = context;
    const device = deviceOf(view, context.variant);
    const points = view.models.map((model) => pointsOf(view, model, device));
    const all = points.flat();
    const xs = all.map(({ x }) => x);
    const ys = all.map(({ y }) => y);
    const ridge = device === undefined ? [] : [(device.flopsPerSecond / device.bytesPerSecond) * 4];
    const left = 10 ** Math.floor(Math.log10(Math.min(...xs)));
    const right = 10 ** Math.ceil(Math.log10(Math.max(...xs, ...ridge)));
    const slowest = Math.max(0, ...all.map(({ latencyMs }) => latencyMs));
    const rate = device === undefined && !isTimed(view) ? 'FLOPs of the layer' : 'FLOP/s';
    return {
      type: 'scatter',
      data: {
        datasets: [
          ...selectionRing(context, all),
          ...view.models.flatMap((model) =>
            layerPoints(
              context,
              model,
              points[model.index] ?? [],
              (point) => device === undefined || (point as RooflinePoint).source === 'measured',
              (point) => radiusOf((point as RooflinePoint).latencyMs, slowest),
            ),
          ),
          ...(device === undefined ? [] : [roof(context, device, left, right)]),
        ],
      },
      options: {
        ...baseOptions(context),
        scales: {
          x: axis(context, {
            title: 'Arithmetic intensity (FLOPs per byte)',
            type: 'logarithmic',
            min: left,
            max: right,
          }),
          y: axis(context, {
            title: rate,
            type: 'logarithmic',
            tick: (value) => shortFigure(value, 'ops'),
            ...(device === undefined ? logLimits(ys) : { min: logLimits(ys).min, max: device.flopsPerSecond * 2.5 }),
          }),
        },
      },
      plugins: device === undefined ? [] : [roofLabels(context, device)],
    };
  },
  table(view, variant) {
    const device = deviceOf(view, variant);
    return {
      headings: [
        'Model',
        'Layer',
        'FLOPs per byte',
        device === undefined && !isTimed(view) ? 'FLOPs' : 'FLOP/s',
        'Known as',
      ],
      rows: view.models.flatMap((model) =>
        pointsOf(view, model, device).map(({ layer, x, y, source }) => [
          model.name,
          layer ?? null,
          x,
          y,
          device === undefined && !isTimed(view) ? 'counted' : source,
        ]),
      ),
    };
  },
});

const SMALLEST = 2.5;
const LARGEST = 11;

/** Area by time; what has none is drawn as other layers are. */
function radiusOf(latencyMs: number, slowest: number): number | undefined {
  if (slowest === 0 || latencyMs === 0) return undefined;
  return Math.max(SMALLEST, LARGEST * Math.sqrt(latencyMs / slowest));
}

/** Beyond rounding. */
const ABOVE = 1.02;

/** Measured layers of other devices are not drawn under these roofs: that is said. */
function timedElsewhere({ models }: ReportView, device: DeviceCeilings): string {
  const timed = models.flatMap(({ timings }) =>
    timings.flatMap(({ arm, measurement }) => (arm.layers === undefined ? [] : [measurement.device.name])),
  );
  const others = [...new Set(timed)].filter((name) => name !== device.name && name !== device.timedAs);
  return others.length === 0 ? '' : ` Layers timed on ${others.join(' and ')} are not drawn here.`;
}

function deviceOf({ document }: ReportView, variant: string | null): DeviceCeilings | undefined {
  return document.devices?.find(({ name }) => name === variant) ?? document.devices?.[0];
}

const isFused = ({ models }: ReportView) => models.some(({ analysis }) => analysis?.options.execution === 'fused');

/** Work that runs and moves memory as one: a layer, or under the fused execution model a kernel. */
interface Work {
  readonly layer: LayerAnalysis;
  readonly members: readonly LayerAnalysis[];
}

function workOf({ layers, options }: AnalysisResult): Work[] {
  if (options.execution === 'eager') return layers.map((layer) => ({ layer, members: [layer] }));
  const kernels = new Map<number, LayerAnalysis[]>();
  for (const layer of layers)
    if (layer.kernel >= 0) kernels.set(layer.kernel, [...(kernels.get(layer.kernel) ?? []), layer]);
  return [...kernels.values()].map((members) => ({
    layer: members.find(({ kind }) => CONTRACTION_KINDS.has(kind)) ?? (members[0] as LayerAnalysis),
    members,
  }));
}

/** Whether layers were timed: without a roof, only those have a rate. */
function isTimed({ models }: ReportView): boolean {
  return models.some(({ timings }) => timings.some(({ arm }) => arm.layers !== undefined));
}

function pointsOf(view: ReportView, model: ReportModel, device: DeviceCeilings | undefined): RooflinePoint[] {
  const needsTime = device === undefined && isTimed(view);
  const times = layerTimes(model, device);
  // Layers that a profile timed with another are that one's.
  const within = new Set([...times.values()].flatMap(({ members = [] }) => members.slice(1)));
  const works = model.analysis === null ? [] : workOf(model.analysis).filter(({ layer }) => !within.has(layer.name));
  return works.flatMap(({ layer, members }) => {
    const timed = times.get(layer.name)?.work;
    const flops = timed?.flops ?? members.reduce((sum, member) => sum + member.flops, 0);
    const bytes = timed?.bytes ?? members.reduce((sum, member) => sum + member.readBytes + member.writeBytes, 0);
    if (flops === 0 || bytes === 0) return [];
    const x = flops / bytes;
    const known = members.flatMap(({ name }) => times.get(name) ?? []);
    const latencyMs = known.reduce((sum, time) => sum + time.latencyMs, 0);
    const source: Source =
      known.length === 0 ? 'attainable' : known.every((time) => time.source === 'measured') ? 'measured' : 'estimated';
    // Layers of a profile that no time was found for are no points of it.
    if ((needsTime || isProfiled(model)) && latencyMs === 0) return [];
    const attainable = device === undefined ? flops : Math.min(device.flopsPerSecond, device.bytesPerSecond * x);
    const y = (device === undefined && !needsTime) || latencyMs === 0 ? attainable : flops / (latencyMs / 1000);
    const lines = [
      `${model.name}: ${layer.name}`,
      `${members.map(({ op }) => op).join(' + ')}, ${formatFigure(flops, 'ops')} FLOPs, ${significant(x)} per byte`,
      ...(device === undefined
        ? needsTime
          ? [`${formatFigure(y, 'ops')}FLOP/s measured`]
          : []
        : [`${formatFigure(y, 'ops')}FLOP/s ${source}, ${significant((y / attainable) * 100)} % of the roof`]),
      ...known.flatMap(({ bound }) => (bound === undefined ? [] : [`bound by ${bound} in the estimate`])).slice(0, 1),
    ];
    return [
      {
        x,
        y,
        model: model.index,
        layer: layer.name,
        members: times.get(layer.name)?.members ?? members.map(({ name }) => name),
        source,
        latencyMs,
        lines,
      },
    ];
  });
}

function roof({ theme }: ChartContext, device: DeviceCeilings, left: number, right: number): AnyDataset {
  const ridge = device.flopsPerSecond / device.bytesPerSecond;
  const point = (x: number): ChartPoint => ({
    x,
    y: Math.min(device.flopsPerSecond, device.bytesPerSecond * x),
    model: -1,
    lines: [],
  });
  return {
    type: 'line',
    label: device.name,
    data: [left, Math.max(left, Math.min(ridge, right)), right].map(point),
    borderColor: theme.text,
    borderWidth: 1.5,
    pointRadius: 0,
    pointHitRadius: 0,
  };
}

/** Names of the two ceilings, along them. */
function roofLabels({ theme, font }: ChartContext, device: DeviceCeilings) {
  return drawing('roof-labels', 'afterDatasetsDraw', (chart, canvas) => {
    const { x, y } = chart.scales;
    if (x === undefined || y === undefined) return;
    canvas.font = `${font.size - 1}px ${font.family}`;
    canvas.fillStyle = theme.mutedText;
    canvas.textBaseline = 'bottom';
    canvas.textAlign = 'right';
    canvas.fillText(
      `${formatFigure(device.flopsPerSecond, 'ops')}FLOP/s ${device.dtype}`,
      x.right - 4,
      y.getPixelForValue(device.flopsPerSecond) - 4,
    );
    const ridge = device.flopsPerSecond / device.bytesPerSecond;
    const start = Math.max(x.min, (y.min / device.bytesPerSecond) * 1.3);
    if (start >= ridge) return;
    const [x0, y0] = [x.getPixelForValue(start), y.getPixelForValue(start * device.bytesPerSecond)];
    const [x1, y1] = [x.getPixelForValue(ridge), y.getPixelForValue(device.flopsPerSecond)];
    canvas.translate(x0, y0);
    canvas.rotate(Math.atan2(y1 - y0, x1 - x0));
    canvas.textAlign = 'left';
    canvas.fillText(formatFigure(device.bytesPerSecond, 'byte/s'), 12, -4);
  });
}
