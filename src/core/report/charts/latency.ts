import type { Measurement } from '../../measurement.js';
import { formatFigure, shortFigure, significant } from '../number-format.js';
import { modelColour } from '../palette.js';
import { describeRig, distributionOf, type ModelTiming, type ReportModel, type ReportView } from '../view.js';
import { type AnyDataset, type ChartContext, type ChartPoint, defineChart } from './define-chart.js';
import { axis, baseOptions, drawing, fade, rowAxis } from './style.js';

/** Samples drawn of one arm; more are thinned evenly. */
const DRAWN = 400;

/** Every sample of every arm, with median, interval and the floor below which the harness cannot see. */
export default defineChart({
  id: 'latency',
  section: 'measured',
  title: () => 'Latency samples',
  caption(view, variant) {
    const measurement = measurementOf(view, variant);
    if (measurement === undefined) return '';
    const band =
      floorOf(measurement) === null
        ? ''
        : ' The band around the baseline is the A/A floor: differences inside it are noise of the harness.';
    return `One dot for each sample, ${describeRig(measurement)}, ${measurement.settings.clock} clock. Bar: 5th to 95th percentile; tick: median with its interval.${band}`;
  },
  notes(view, variant) {
    const timings = timingsOf(view, variant);
    const [, max] = domainOf(timings);
    const beyond = timings.reduce((sum, timing) => sum + samplesOf(timing).filter((sample) => sample > max).length, 0);
    return beyond === 0 ? [] : [`${beyond} sample${beyond === 1 ? ' lies' : 's lie'} beyond the right edge.`];
  },
  variants: ({ document }) =>
    document.measurements.length < 2
      ? []
      : document.measurements.map((measurement, i) => ({
          id: String(i),
          label: `${measurement.runtime.name}, ${measurement.device.name}`,
        })),
  height: (view, variant) => 70 + timingsOf(view, variant).length * 52,
  applies: (view) => timingsOf(view, null).length > 0,
  build(context) {
    const timings = timingsOf(context.view, context.variant);
    const [min, max] = domainOf(timings);
    const logarithmic = max / min > 12;
    const models = timings.map(({ model }) => model);
    return {
      type: 'scatter',
      data: { datasets: timings.map((timing, row) => samples(context, timing, row)) },
      options: {
        ...baseOptions(context),
        scales: {
          x: axis(context, {
            title: 'Time of one batch',
            type: logarithmic ? 'logarithmic' : 'linear',
            min,
            max,
            tick: (value) => shortFigure(value, 'ms'),
          }),
          y: {
            type: 'linear',
            min: -0.5,
            max: timings.length - 0.5,
            reverse: true,
            grid: { display: false },
            border: { display: false },
            afterBuildTicks: (scale) => {
              scale.ticks = models.map((_, value) => ({ value }));
            },
            ticks: {
              ...rowAxis(
                context,
                models.map(({ name }) => name),
              ).ticks,
            },
          },
        },
      },
      plugins: [floorBand(context, measurementOf(context.view, context.variant), timings), summaries(context, timings)],
    };
  },
  table(view, variant) {
    return {
      headings: ['Model', 'Median ms', 'Low ms', 'High ms', 'p5 ms', 'p95 ms', 'p99 ms', 'Samples'],
      rows: timingsOf(view, variant).flatMap((timing) => {
        const distribution = distributionOf(timing);
        if (distribution === null) return [];
        const { medianMs, lowMs, highMs, p5Ms, p95Ms, p99Ms, samplesMs } = distribution;
        return [[timing.model.name, medianMs, lowMs, highMs, p5Ms, p95Ms, p99Ms, samplesMs.length]];
      }),
    };
  },
});

interface Row extends ModelTiming {
  readonly model: ReportModel;
}

function measurementOf({ document }: ReportView, variant: string | null): Measurement | undefined {
  return document.measurements[Number(variant ?? 0)];
}

function timingsOf(view: ReportView, variant: string | null): Row[] {
  const measurement = measurementOf(view, variant);
  return view.models.flatMap((model) =>
    model.timings
      .filter((timing) => timing.measurement === measurement && distributionOf(timing) !== null)
      .map((timing) => ({ ...timing, model })),
  );
}

function samplesOf(timing: ModelTiming): readonly number[] {
  return distributionOf(timing)?.samplesMs ?? [];
}

/** From the fastest sample to a little beyond the slowest arm's 99th percentile. */
function domainOf(timings: readonly Row[]): [number, number] {
  const distributions = timings.flatMap((timing) => distributionOf(timing) ?? []);
  const min = Math.min(...distributions.map(({ samplesMs, p5Ms }) => Math.min(p5Ms, ...samplesMs)));
  const max = Math.max(...distributions.map(({ p99Ms }) => p99Ms));
  const margin = (max - min || max) * 0.04;
  return [Math.max(min - margin, min * 0.9), max + margin];
}

function samples({ theme, hidden }: ChartContext, timing: Row, row: number): AnyDataset {
  const all = samplesOf(timing);
  const step = Math.max(1, Math.ceil(all.length / DRAWN));
  const data = all.flatMap((x, i): ChartPoint[] => {
    if (i % step !== 0) return [];
    const lines = [`${timing.model.name}: sample ${i + 1} of ${all.length}`, formatFigure(x, 'ms')];
    return [{ x, y: row + jitter(i), model: timing.model.index, lines }];
  });
  return {
    type: 'scatter',
    label: timing.model.name,
    data,
    hidden: hidden.has(timing.model.index),
    pointRadius: 1.75,
    pointHoverRadius: 4,
    pointBackgroundColor: fade(modelColour(theme, timing.model.index), 0.4),
    pointBorderWidth: 0,
  };
}

/** Spread evenly without chance: the golden-ratio sequence in ±0.3. */
function jitter(i: number): number {
  return (((i * 0.618034) % 1) - 0.5) * 0.6;
}

/** Largest ratio between two timings of the same arm; null where there was no control. */
function floorOf({ control }: Measurement): number | null {
  if (control === undefined) return null;
  return control.floor ?? Math.max(control.high, 1 / control.low);
}

function floorBand({ theme, font }: ChartContext, measurement: Measurement | undefined, timings: readonly Row[]) {
  return drawing('floor', 'beforeDatasetsDraw', (chart, canvas) => {
    const { x } = chart.scales;
    const [first] = timings;
    const floor = measurement === undefined ? null : floorOf(measurement);
    const median = first === undefined ? undefined : distributionOf(first)?.medianMs;
    if (x === undefined || floor === null || median === undefined) return;
    const { top, bottom } = chart.chartArea;
    const [left, right] = [x.getPixelForValue(median / floor), x.getPixelForValue(median * floor)];
    canvas.fillStyle = fade(theme.mutedText, 0.2);
    canvas.fillRect(left, top, Math.max(right - left, 1), bottom - top);
    canvas.fillStyle = theme.mutedText;
    canvas.font = `${font.size - 2}px ${font.family}`;
    canvas.textBaseline = 'bottom';
    const beside = right + 150 > chart.chartArea.right;
    canvas.textAlign = beside ? 'right' : 'left';
    canvas.fillText(`A/A floor ±${significant((floor - 1) * 100, 2)} %`, beside ? left - 5 : right + 5, bottom - 3);
  });
}

/** Percentile bar, interval and median over each row of dots. */
function summaries({ theme, font, hidden }: ChartContext, timings: readonly Row[]) {
  return drawing('summaries', 'afterDatasetsDraw', (chart, canvas) => {
    const { x, y } = chart.scales;
    if (x === undefined || y === undefined) return;
    timings.forEach((timing, row) => {
      const distribution = distributionOf(timing);
      if (distribution === null || hidden.has(timing.model.index)) return;
      const colour = modelColour(theme, timing.model.index);
      const middle = y.getPixelForValue(row);
      const at = (value: number) => x.getPixelForValue(value);
      canvas.fillStyle = fade(colour, 0.35);
      canvas.fillRect(at(distribution.p5Ms), middle - 3, at(distribution.p95Ms) - at(distribution.p5Ms), 6);
      canvas.fillStyle = colour;
      const width = Math.max(at(distribution.highMs) - at(distribution.lowMs), 2);
      canvas.fillRect(at(distribution.medianMs) - width / 2, middle - 9, width, 18);
      canvas.fillStyle = theme.text;
      canvas.font = `600 ${font.size - 1}px ${font.family}`;
      canvas.textBaseline = 'bottom';
      const right = at(distribution.medianMs) + 70 > chart.chartArea.right;
      canvas.textAlign = right ? 'right' : 'left';
      canvas.fillText(
        formatFigure(distribution.medianMs, 'ms'),
        at(distribution.medianMs) + (right ? 0 : -1),
        middle - 11,
      );
    });
  });
}
