import type { Chart } from 'chart.js';
import type { Unit } from '../../../units.js';
import { formatChange, formatFigure, formatInterval, shortFigure } from '../../number-format.js';
import { modelColour, modelFill, modelMarker } from '../../palette.js';
import type { ReportModel } from '../../view.js';
import type { AnyChart, AnyDataset, ChartContext, ChartPoint } from '../define-chart.js';
import { axis, baseOptions, drawing, fade, rowAxis } from './style.js';

/** One figure of many models: a column of marks. */
export interface DotPanel {
  readonly title: string;
  readonly unit: Unit;
  /** Hollow marks. */
  readonly estimated: boolean;
  /** Ratios by default, where all values are above 0; `linear` from 0. */
  readonly scale: 'logarithmic' | 'linear';
  /** End of a linear scale, where panels share it. */
  readonly most?: number;
  /** By model index. */
  readonly cells: readonly DotCell[];
}

export interface DotCell {
  readonly value: number | null;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
}

/** Height of a model's row. */
const ROW = 26;

export const dotHeight = (models: number): number => 66 + models * ROW;

/** A row a model, in the order given; as many panels beside each other as the width has room for. */
export function dotPanels(context: ChartContext, all: readonly DotPanel[], ordered: readonly ReportModel[]): AnyChart {
  const panels = all.slice(0, panelsAt(context.width));
  const models = ordered.filter(({ index }) => !context.hidden.has(index));
  return {
    type: 'scatter',
    data: { datasets: panels.map((panel, i) => marks(context, panel, models, `x${i}`)) },
    options: {
      ...baseOptions(context),
      scales: {
        // Stacked axes stand from right to left in the order of their definition.
        ...Object.fromEntries(
          panels.map((panel, i) => [`x${i}`, panelAxis(context, panel, panels.length)] as const).reverse(),
        ),
        y: {
          type: 'linear',
          min: -0.5,
          max: Math.max(models.length - 0.5, 0.5),
          reverse: true,
          grid: { display: true, color: context.theme.gridLine, drawTicks: false },
          border: { display: false },
          afterBuildTicks: (scale) => {
            scale.ticks = models.map((_, value) => ({ value }));
          },
          ticks: rowAxis(
            context,
            models.map(({ name }) => name),
          ).ticks,
        },
      },
    },
    plugins: [panelLines(context, panels, models)],
  };
}

const panelsAt = (width: number): number => (width < 480 ? 1 : width < 700 ? 3 : width < 980 ? 4 : 6);

const isDrawn = (value: number | null, { scale }: DotPanel): value is number =>
  value !== null && (scale === 'linear' || value > 0);

function panelAxis(context: ChartContext, panel: DotPanel, count: number) {
  const values = panel.cells.flatMap(({ value }) => (isDrawn(value, panel) ? [value] : []));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = Math.max(high / low, 2);
  // On the right there is room for the figure beside the last mark.
  const limits =
    panel.scale === 'linear'
      ? { min: 0, max: (panel.most ?? high) * 1.45 || 1 }
      : { min: low / span ** 0.12, max: high * span ** 0.5 };
  const ticks = ticksOf(panel.scale, limits, (context.width * 0.75) / count);
  const plain = axis(context, {
    type: panel.scale,
    title: panel.title,
    ...limits,
    tick: (value) => shortFigure(value, panel.unit),
  });
  return {
    ...plain,
    afterBuildTicks: (scale: { ticks: { value: number }[] }) => {
      scale.ticks = ticks.map((value) => ({ value }));
    },
    position: 'top' as const,
    stack: 'panels',
    stackWeight: 1,
    title: { ...plain.title, color: context.theme.text },
    ticks: {
      ...plain.ticks,
      autoSkip: false,
      callback: (value: number | string) => (Number(value) === 0 ? '0' : shortFigure(Number(value), panel.unit)),
    },
  };
}

/** Width of a tick's text, in pixels. */
const TICK = 52;

/** Round values whose texts have room in a panel of `width` pixels: of a linear axis 0 and about half. */
function ticksOf(scale: DotPanel['scale'], { min, max }: { min: number; max: number }, width: number): number[] {
  const round = [-12, -9, -6, -3, 0, 3, 6, 9, 12, 15].flatMap((power) =>
    [0, 1, 2].flatMap((more) => [1, 2, 5].map((digit) => digit * 10 ** (power + more))),
  );
  if (scale === 'linear') return [0, ...round.filter((value) => value <= 0.6 * max).slice(-1)];
  // Half a text on either side of its tick: the next panel's begins where this one ends.
  const margin = Math.min(0.3, TICK / 2 / width) * Math.log(max / min);
  const inside = round.filter((value) => Math.log(value / min) > margin && Math.log(max / value) > margin);
  const tens = inside.filter((value) => String(value / 10 ** Math.floor(Math.log10(value) + 1e-9)).startsWith('1'));
  const chosen = tens.length >= 2 ? tens : inside;
  const apart = (Math.log(max / min) * TICK) / width;
  const kept: number[] = [];
  for (const value of chosen) {
    const last = kept.at(-1);
    if (last === undefined || Math.log(value / last) >= apart) kept.push(value);
  }
  // Between two round values there is none: some value is still a scale.
  return kept.length > 0 ? kept : [Number(Math.sqrt(min * max).toPrecision(2))];
}

function marks({ theme }: ChartContext, panel: DotPanel, models: readonly ReportModel[], xAxisID: string): AnyDataset {
  const { title, unit, cells, estimated } = panel;
  const baseline = cells[0]?.value ?? 0;
  const known = models.flatMap((model, y): { model: ReportModel; mark: ChartPoint }[] => {
    const { value = null, low, high } = cells[model.index] ?? {};
    if (!isDrawn(value, panel)) return [];
    const interval = low === undefined || high === undefined ? [] : [formatInterval(low, high, unit)];
    const change = model.index === 0 || baseline === 0 ? '' : `, ${formatChange(value / baseline)}`;
    const lines = [`${model.name}: ${title}`, `${formatFigure(value, unit)}${change}`, ...interval];
    return [{ model, mark: { x: value, y, model: model.index, lines } }];
  });
  const colours = known.map(({ model: { style } }) => modelColour(theme, style));
  return {
    type: 'scatter',
    label: title,
    xAxisID,
    data: known.map(({ mark }) => mark),
    pointStyle: known.map(({ model }) => modelMarker(model.style)),
    pointRadius: 5,
    pointHoverRadius: 7,
    pointBackgroundColor: known.map(({ model: { style } }, i) =>
      estimated ? fade(colours[i] ?? theme.text, 0.15) : modelFill(theme, style),
    ),
    pointBorderColor: colours,
    pointBorderWidth: 1.5,
    clip: 12,
  };
}

/** Edges of the panels, the baseline, intervals, and the figure beside each mark. */
function panelLines(context: ChartContext, panels: readonly DotPanel[], models: readonly ReportModel[]) {
  const { theme, font } = context;
  return drawing('panels', 'beforeDatasetsDraw', (chart: Chart, canvas) => {
    const { y } = chart.scales;
    if (y === undefined) return;
    canvas.font = `${font.size - 2}px ${font.family}`;
    canvas.textBaseline = 'middle';
    panels.forEach((panel, i) => {
      const x = chart.scales[`x${i}`];
      if (x === undefined) return;
      canvas.strokeStyle = theme.line;
      if (i < panels.length - 1) line(canvas, x.right, y.top, x.right, y.bottom);
      const baseline = panel.cells[0]?.value ?? null;
      if (isDrawn(baseline, panel) && panel.scale === 'logarithmic') {
        const at = x.getPixelForValue(baseline);
        canvas.strokeStyle = theme.mutedText;
        canvas.setLineDash([3, 3]);
        line(canvas, at, y.top, at, y.bottom);
        canvas.setLineDash([]);
      }
      models.forEach(({ index, style }, row) => {
        const { value = null, low, high } = panel.cells[index] ?? {};
        if (!isDrawn(value, panel)) return;
        const at = x.getPixelForValue(value);
        const middle = y.getPixelForValue(row);
        const within = (limit: number) => Math.min(Math.max(x.getPixelForValue(limit), x.left), x.right);
        canvas.strokeStyle = modelColour(theme, style);
        if (low !== undefined && high !== undefined) line(canvas, within(low), middle, within(high), middle);
        const text = formatFigure(value, panel.unit);
        const width = canvas.measureText(text).width;
        const end = Math.max(at + 5, high === undefined ? 0 : within(high));
        // Right of mark and interval, else left of them; else over the interval, right of the mark.
        const start = Math.min(at - 5, low === undefined ? at : within(low));
        const left = end + 5 + width < x.right ? end + 5 : start - 5 - width > x.left ? start - 5 - width : at + 8;
        canvas.textAlign = 'left';
        canvas.fillStyle = theme.surface;
        // Lines of the grid do not cross the figure.
        canvas.fillRect(left - 1, middle - 6, width + 2, 12);
        canvas.fillStyle = theme.mutedText;
        canvas.fillText(text, left, middle + 0.5);
      });
    });
  });
}

function line(canvas: Chart['ctx'], x0: number, y0: number, x1: number, y1: number): void {
  canvas.lineWidth = 1;
  canvas.beginPath();
  canvas.moveTo(x0, y0);
  canvas.lineTo(x1, y1);
  canvas.stroke();
}
