import type { Measurement } from '../../measurement.js';
import { figureTicks, formatFigure, shortFigure, significant } from '../number-format.js';
import { modelColour } from '../palette.js';
import { distributionOf, type ModelTiming, type ReportModel, type ReportView } from '../view.js';
import { type AnyDataset, type ChartContext, type ChartPoint, type ChartVariant, defineChart } from './define-chart.js';
import { axis, baseOptions, drawing, fade, rowAxis } from './drawing/style.js';

/** Samples drawn of one arm; more are thinned evenly. */
const DRAWN = 400;

/** Every sample of every arm, with median, interval and the floor below which the harness cannot see. */
export default defineChart({
  id: 'latency',
  section: 'measured',
  title: (_view, variant) => (isSpread(variant) ? 'Latency samples around their median' : 'Latency samples'),
  caption(view, variant) {
    const measurement = measurementOf(view, variant);
    if (measurement === undefined) return '';
    const band = floorOf(measurement) === null ? '' : ' Grey: the A/A floor, within which a difference is noise.';
    return `One dot a sample, ${measurement.settings.clock} clock. Bar: 5th to 95th percentile; tick: median and its interval.${band}`;
  },
  notes(view, variant) {
    const rows = rowsOf(view, variant);
    const { max } = domainOf(rows);
    const beyond = rows.reduce((sum, { samples }) => sum + samples.filter((sample) => sample > max).length, 0);
    return beyond === 0 ? [] : [`${beyond} sample${beyond === 1 ? ' lies' : 's lie'} beyond the right edge.`];
  },
  variants: ({ measurements }): ChartVariant[] =>
    measurements.flatMap(({ runtime, device }, i) => {
      const place = measurements.length < 2 ? '' : `, ${runtime.name} on ${device.name}`;
      return [
        { id: `${i}`, label: `Time${place}` },
        { id: `${i}:spread`, label: `Spread${place}` },
      ];
    }),
  namesModels: () => true,
  height: (view, variant) => 88 + rowsOf(view, variant).length * 44,
  applies: (view) => rowsOf(view, null).length > 0,
  build(context) {
    const rows = rowsOf(context.view, context.variant);
    const spread = isSpread(context.variant);
    const { min, max } = domainOf(rows);
    const logarithmic = !spread && max / min > 12;
    const tick = spread
      ? (value: number) => `${value > 0 ? '+' : ''}${significant(value)} %`
      : logarithmic
        ? (value: number) => shortFigure(value, 'ms')
        : figureTicks(max, 'ms');
    const title = spread ? 'Distance from the own median' : 'Time of one batch';
    return {
      type: 'scatter',
      data: { datasets: rows.map((row, place) => dots(context, row, place)) },
      options: {
        ...baseOptions(context),
        scales: {
          x: axis(context, { title, type: logarithmic ? 'logarithmic' : 'linear', min, max, tick }),
          y: {
            type: 'linear',
            min: -0.85,
            max: rows.length - 0.4,
            reverse: true,
            grid: { display: false },
            border: { display: false },
            afterBuildTicks: (scale) => {
              scale.ticks = rows.map((_, value) => ({ value }));
            },
            ticks: {
              ...rowAxis(
                context,
                rows.map(({ model }) => model.name),
              ).ticks,
            },
          },
        },
      },
      plugins: [floorBand(context, rows), summaries(context, rows)],
    };
  },
  table(view, variant) {
    return {
      headings: ['Model', 'Median ms', 'Low ms', 'High ms', 'p5 ms', 'p95 ms', 'p99 ms', 'Samples'],
      rows: rowsOf(view, variant).flatMap(({ model, timing }) => {
        const distribution = distributionOf(timing);
        if (distribution === null) return [];
        const { medianMs, lowMs, highMs, p5Ms, p95Ms, p99Ms, samplesMs } = distribution;
        return [[model.name, medianMs, lowMs ?? null, highMs ?? null, p5Ms, p95Ms, p99Ms, samplesMs.length]];
      }),
    };
  },
});

/** One arm as drawn: in ms, or in percent from its own median. */
interface Row {
  readonly model: ReportModel;
  readonly timing: ModelTiming;
  readonly samples: readonly number[];
  readonly median: number;
  readonly interval: readonly [number, number];
  readonly bulk: readonly [number, number];
  readonly p99: number;
  /** The A/A floor around this arm's median; null where it is not drawn. */
  readonly floor: readonly [number, number] | null;
}

const isSpread = (variant: string | null): boolean => variant?.endsWith(':spread') ?? false;

function measurementOf({ measurements }: ReportView, variant: string | null): Measurement | undefined {
  return measurements[Number.parseInt(variant ?? '0', 10)];
}

function rowsOf(view: ReportView, variant: string | null): Row[] {
  const measurement = measurementOf(view, variant);
  const spread = isSpread(variant);
  const floor = measurement === undefined ? null : floorOf(measurement);
  return view.models.flatMap((model) => {
    const timing = model.timings.find((candidate) => candidate.measurement === measurement);
    const distribution = timing === undefined ? null : distributionOf(timing);
    if (timing === undefined || distribution === null) return [];
    const { medianMs, lowMs, highMs, p5Ms, p95Ms, p99Ms, samplesMs } = distribution;
    const place = (ms: number) => (spread ? 100 * (ms / medianMs - 1) : ms);
    const isBaseline = timing.comparison === null;
    return [
      {
        model,
        timing,
        samples: samplesMs.map(place),
        median: place(medianMs),
        interval: [place(lowMs ?? medianMs), place(highMs ?? medianMs)],
        bulk: [place(p5Ms), place(p95Ms)],
        p99: place(p99Ms),
        floor: floor === null || !(spread || isBaseline) ? null : [place(medianMs / floor), place(medianMs * floor)],
      },
    ];
  });
}

/** From the lowest sample to a little beyond the highest 99th percentile. */
function domainOf(rows: readonly Row[]): { min: number; max: number } {
  const low = Math.min(...rows.flatMap(({ samples, bulk }) => [bulk[0], ...samples]));
  const high = Math.max(...rows.map(({ p99 }) => p99));
  const margin = (high - low || Math.abs(high) || 1) * 0.05;
  // On the right there is room for the median in figures.
  return { min: low > 0 ? Math.max(low - margin, low * 0.9) : low - margin, max: high + 4 * margin };
}

function dots({ theme, hidden }: ChartContext, { model, samples, timing }: Row, place: number): AnyDataset {
  const times = distributionOf(timing)?.samplesMs ?? [];
  const step = Math.max(1, Math.ceil(samples.length / DRAWN));
  const data = samples.flatMap((x, i): ChartPoint[] => {
    if (i % step !== 0) return [];
    const lines = [`${model.name}: sample ${i + 1} of ${samples.length}`, formatFigure(times[i] ?? 0, 'ms')];
    return [{ x, y: place + jitter(i), model: model.index, lines }];
  });
  return {
    type: 'scatter',
    label: model.name,
    data,
    hidden: hidden.has(model.index),
    pointRadius: 1.75,
    pointHoverRadius: 4,
    pointBackgroundColor: fade(modelColour(theme, model.style), 0.38),
    pointBorderWidth: 0,
  };
}

/** Spread evenly without chance: the golden-ratio sequence in ±0.22. */
function jitter(i: number): number {
  return (((i * 0.618034) % 1) - 0.5) * 0.44;
}

/** Largest ratio between copies of one model; null where it is not known. */
function floorOf({ control }: Measurement): number | null {
  return control?.floor ?? null;
}

function floorBand({ theme, font }: ChartContext, rows: readonly Row[]) {
  return drawing('floor', 'beforeDatasetsDraw', (chart, canvas) => {
    const { x } = chart.scales;
    const floor = rows.find((row) => row.floor !== null)?.floor;
    if (x === undefined || floor == null) return;
    const { top, bottom, left: start, right: edge } = chart.chartArea;
    const left = Math.max(start, x.getPixelForValue(floor[0]));
    const right = Math.min(edge, x.getPixelForValue(floor[1]));
    canvas.fillStyle = fade(theme.mutedText, 0.22);
    canvas.fillRect(left, top, Math.max(right - left, 1.5), bottom - top);
    canvas.fillStyle = theme.mutedText;
    canvas.font = `${font.size - 2}px ${font.family}`;
    canvas.textBaseline = 'top';
    // Beside the band where there is room, else in it.
    const [room, inside] = [60, right - left > edge - start - 120];
    const beside = right + room <= edge ? right + 5 : left - room >= start ? left - 5 : left + 5;
    canvas.textAlign = !inside && beside < left ? 'right' : 'left';
    canvas.fillText('A/A floor', inside ? left + 5 : beside, top + 1);
  });
}

/** Percentile bar, interval and median over each row of dots, and the median in figures. */
function summaries({ theme, font, hidden }: ChartContext, rows: readonly Row[]) {
  return drawing('summaries', 'afterDatasetsDraw', (chart, canvas) => {
    const { x, y } = chart.scales;
    if (x === undefined || y === undefined) return;
    rows.forEach(({ model, timing, samples, median, interval, bulk }, place) => {
      if (hidden.has(model.index)) return;
      const colour = modelColour(theme, model.style);
      const middle = y.getPixelForValue(place);
      const at = (value: number) => x.getPixelForValue(value);
      canvas.fillStyle = fade(colour, 0.35);
      canvas.fillRect(at(bulk[0]), middle - 3, at(bulk[1]) - at(bulk[0]), 6);
      canvas.fillStyle = colour;
      canvas.globalAlpha = 0.55;
      canvas.fillRect(at(interval[0]), middle - 7, at(interval[1]) - at(interval[0]), 14);
      canvas.globalAlpha = 1;
      canvas.fillRect(at(median) - 1.5, middle - 12, 3, 24);
      canvas.fillStyle = theme.text;
      canvas.font = `600 ${font.size - 1}px ${font.family}`;
      canvas.textBaseline = 'middle';
      const text = formatFigure(distributionOf(timing)?.medianMs ?? median, 'ms');
      const last = Math.max(interval[1], bulk[1], ...samples.filter((sample) => sample <= x.max));
      const right = at(last) + 10;
      const fits = right + canvas.measureText(text).width < chart.chartArea.right;
      canvas.textAlign = fits ? 'left' : 'right';
      canvas.fillText(text, fits ? right : at(Math.min(interval[0], bulk[0], ...samples)) - 10, middle);
    });
  });
}
