import { type BalanceCurve, balanceCurve, boundAt } from '../../analysis/balance.js';
import { significant } from '../number-format.js';
import { modelColour, modelDash } from '../palette.js';
import type { ReportView } from '../view.js';
import { type AnyPlugin, type ChartContext, type ChartPoint, defineChart } from './define-chart.js';
import { axis, baseOptions, drawing } from './drawing/style.js';

const [FIRST, LAST] = [1, 1000];
const STEPS = 60;
const BALANCES = Array.from({ length: STEPS + 1 }, (_, i) => FIRST * (LAST / FIRST) ** (i / STEPS));

/** Time bound of each model over the first's, against machine balance: where the order flips. */
export default defineChart({
  id: 'balance',
  section: 'scaling',
  title: () => 'Least time against machine balance',
  caption: (view) =>
    `Σ max(flops / balance, bytes) over ${view.models[0]?.analysis?.options.execution === 'fused' ? 'fused kernels' : 'layers'}, over that of ${view.models[0]?.name}: a bound, not a timing. To the left arithmetic decides, to the right memory.${devicesOf(view).length > 0 ? ' Dashed: the balance of a device by its data sheet.' : ''}`,
  height: () => 320,
  applies: (view) => view.models.length > 1 && view.models.every(({ analysis }) => analysis !== null),
  build(context) {
    const { view, theme } = context;
    const curves = curvesOf(view);
    return {
      type: 'line',
      data: {
        datasets: view.models.map(({ name, index, style }) => ({
          label: name,
          hidden: context.hidden.has(index),
          data: BALANCES.map((balance): ChartPoint => {
            const y = ratio(curves, index, balance);
            return {
              x: balance,
              y,
              model: index,
              lines: [name, `${y.toFixed(2)} at ${significant(balance)} FLOP/byte`],
            };
          }),
          borderColor: modelColour(theme, style),
          borderWidth: 2,
          borderDash: modelDash(style),
          pointRadius: 0,
          pointHitRadius: 8,
        })),
      },
      options: {
        ...baseOptions(context),
        scales: {
          x: axis(context, {
            title: 'Machine balance (FLOP/byte)',
            type: 'logarithmic',
            min: FIRST,
            max: LAST,
            grid: false,
          }),
          y: axis(context, { title: `Bound over that of ${view.models[0]?.name}`, type: 'linear', min: 0 }),
        },
      },
      plugins: [deviceLines(context)],
    };
  },
  table(view) {
    const curves = curvesOf(view);
    return {
      headings: ['FLOP/byte', ...view.models.map(({ name }) => name)],
      rows: BALANCES.filter((_, i) => i % 6 === 0).map((balance) => [
        balance,
        ...curves.map((_, index) => ratio(curves, index, balance)),
      ]),
    };
  },
});

const known = new WeakMap<ReportView, BalanceCurve[]>();

function curvesOf(view: ReportView): BalanceCurve[] {
  const found =
    known.get(view) ?? view.models.flatMap(({ analysis }) => (analysis === null ? [] : [balanceCurve(analysis)]));
  known.set(view, found);
  return found;
}

function ratio(curves: readonly BalanceCurve[], index: number, balance: number): number {
  return boundAt(curves[index] as BalanceCurve, balance) / boundAt(curves[0] as BalanceCurve, balance);
}

function devicesOf({ document }: ReportView): { name: string; balance: number }[] {
  return (document.devices ?? [])
    .map(({ name, flopsPerSecond, bytesPerSecond }) => ({ name, balance: flopsPerSecond / bytesPerSecond }))
    .filter(({ balance }) => balance >= FIRST && balance <= LAST);
}

/** A dashed line where each device of the report stands, its name along it. */
function deviceLines({ view, theme, font }: ChartContext): AnyPlugin {
  return drawing('device-balances', 'afterDatasetsDraw', (chart, canvas) => {
    const { x } = chart.scales;
    if (x === undefined) return;
    const { top, bottom } = chart.chartArea;
    canvas.strokeStyle = theme.mutedText;
    canvas.fillStyle = theme.mutedText;
    canvas.font = `${font.size}px ${font.family}`;
    canvas.setLineDash([3, 3]);
    for (const { name, balance } of devicesOf(view)) {
      const at = x.getPixelForValue(balance);
      canvas.beginPath();
      canvas.moveTo(at, top);
      canvas.lineTo(at, bottom);
      canvas.stroke();
      canvas.save();
      canvas.translate(at - 4, bottom - 6);
      canvas.rotate(-Math.PI / 2);
      canvas.fillText(name, 0, 0);
      canvas.restore();
    }
  });
}
