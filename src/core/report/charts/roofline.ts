import type { LayerAnalysis } from '../../analysis/result.js';
import type { DeviceCeilings } from '../define-reporter.js';
import { formatFigure, significant } from '../number-format.js';
import { modelColour, modelMarker } from '../palette.js';
import type { ReportModel } from '../view.js';
import { type ChartPoint, defineChart } from './define-chart.js';
import { axis, baseOptions, fade } from './style.js';

/** How a point's rate is known. */
type Source = 'measured' | 'estimated' | 'attainable';

interface RooflinePoint extends ChartPoint {
  readonly source: Source;
}

/** Every layer by arithmetic intensity and rate, under the roofs of a device. */
export default defineChart({
  id: 'roofline',
  title: 'Roofline',
  caption(view) {
    const device = view.document.devices?.[0];
    if (device === undefined) {
      return 'Operations of every layer against its arithmetic intensity. No device is given, so there is no roof; layers further left need more bytes for each operation.';
    }
    return `Every layer under the ceilings of ${device.name}${device.verified ? '' : ' (unverified figures)'}. Filled points are measured, hollow ones estimated or, where nothing better is known, set at the roof: the most that the device could do.`;
  },
  height: () => 360,
  build(context) {
    const { view, theme, selection } = context;
    const device = view.document.devices?.[0];
    const points = view.models.map((model) => pointsOf(model, device));
    const all = points.flat();
    if (all.length === 0) return null;
    const xs = all.map(({ x }) => x);
    const left = 10 ** Math.floor(Math.log10(Math.min(...xs)));
    const ridge = device === undefined ? 1 : device.flopsPerSecond / device.bytesPerSecond;
    const right = 10 ** Math.ceil(Math.log10(Math.max(...xs, ridge * 2)));
    return {
      type: 'scatter',
      data: {
        datasets: [
          ...view.models.map(({ name, index }) => {
            const own = points[index] as RooflinePoint[];
            const chosen = ({ layer }: ChartPoint) => selection?.model === index && selection.layer === layer;
            const colour = modelColour(theme, index);
            return {
              label: name,
              data: own,
              pointStyle: modelMarker(index),
              pointRadius: own.map((point) => (chosen(point) ? 8 : 3.5)),
              pointHoverRadius: 7,
              pointBackgroundColor: own.map((point) =>
                point.source === 'measured' || device === undefined ? fade(colour, 0.75) : fade(colour, 0.12),
              ),
              pointBorderColor: own.map((point) => (chosen(point) ? theme.text : colour)),
              pointBorderWidth: own.map((point) => (chosen(point) ? 2 : 1)),
            };
          }),
          ...(device === undefined ? [] : [roof(device, left, right, theme.mutedText)]),
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
            tick: significant,
          }),
          y: axis(context, {
            title: device === undefined ? 'FLOPs' : 'FLOP/s',
            type: 'logarithmic',
            tick: (value) => formatFigure(value, device === undefined ? 'ops' : 'op/s'),
          }),
        },
      },
    };
  },
  table(view) {
    const device = view.document.devices?.[0];
    return {
      headings: ['Model', 'Layer', 'FLOPs per byte', device === undefined ? 'FLOPs' : 'FLOP/s', 'Known as'],
      rows: view.models.flatMap((model) =>
        pointsOf(model, device).map(({ layer, x, y, source }) => [
          model.name,
          layer ?? '',
          x,
          y,
          device === undefined ? 'counted' : source,
        ]),
      ),
    };
  },
});

function pointsOf(model: ReportModel, device: DeviceCeilings | undefined): RooflinePoint[] {
  const layers = model.analysis?.layers ?? [];
  const measured = new Map(
    model.timings[0]?.arm.layers?.timings.map(({ name, latencyMs }) => [name, latencyMs] as const),
  );
  const estimate = model.estimates.find((candidate) => candidate.device === device?.name);
  const estimated = new Map(estimate?.layers?.map(({ name, latencyMs }) => [name, latencyMs] as const));
  return layers.flatMap((layer) => {
    const { arithmeticIntensity: x, flops, name } = layer;
    if (x === null || x === 0 || flops === 0) return [];
    const latency = measured.get(name) ?? estimated.get(name);
    const source: Source = measured.has(name) ? 'measured' : estimated.has(name) ? 'estimated' : 'attainable';
    const y =
      device === undefined
        ? flops
        : latency === undefined
          ? Math.min(device.flopsPerSecond, device.bytesPerSecond * x)
          : flops / (latency / 1000);
    return [{ x, y, model: model.index, layer: name, source, lines: describe(model, layer, y, source, device) }];
  });
}

function describe(
  model: ReportModel,
  layer: LayerAnalysis,
  y: number,
  source: Source,
  device: DeviceCeilings | undefined,
): string[] {
  const rate = device === undefined ? [] : [`${formatFigure(y, 'op/s')} ${source}`];
  return [
    `${model.name}: ${layer.name}`,
    `${layer.op}, ${formatFigure(layer.flops, 'ops')} FLOPs, ${significant(layer.arithmeticIntensity ?? 0)} per byte`,
    ...rate,
  ];
}

function roof(device: DeviceCeilings, left: number, right: number, colour: string) {
  const ridge = device.flopsPerSecond / device.bytesPerSecond;
  const point = (x: number): ChartPoint => ({
    x,
    y: Math.min(device.flopsPerSecond, device.bytesPerSecond * x),
    model: -1,
    lines: [
      device.name,
      `${formatFigure(device.flopsPerSecond, 'op/s')} ${device.dtype}, ${formatFigure(device.bytesPerSecond, 'byte/s')}`,
    ],
  });
  return {
    label: device.name,
    data: [left, Math.max(left, Math.min(ridge, right)), right].map(point),
    showLine: true,
    borderColor: colour,
    borderWidth: 1.5,
    pointRadius: 0,
    pointHitRadius: 6,
  };
}
