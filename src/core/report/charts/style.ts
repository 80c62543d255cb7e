import type { ChartOptions, ScaleOptionsByType, TooltipItem } from 'chart.js';
import type { ChartContext, ChartPoint } from './define-chart.js';

type Options = ChartOptions<'bar' | 'line' | 'scatter'>;

/** Options common to all charts: no animation, thin grid, text in the report's font and colours. */
export function baseOptions({ theme, font }: ChartContext): Options {
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    font: { family: font.family, size: font.size },
    color: theme.text,
    layout: { padding: { top: 8, right: 12, bottom: 0, left: 0 } },
    plugins: {
      legend: { display: false },
      tooltip: {
        backgroundColor: theme.text,
        titleColor: theme.background,
        bodyColor: theme.background,
        padding: 10,
        cornerRadius: 4,
        displayColors: false,
        titleFont: { family: font.family, size: font.size, weight: 600 },
        bodyFont: { family: font.family, size: font.size },
        callbacks: {
          title: (items: TooltipItem<'bar' | 'line' | 'scatter'>[]) =>
            pointOf(items[0])?.lines[0] ?? items[0]?.label ?? '',
          label: (item) => [...(pointOf(item)?.lines.slice(1) ?? [item.formattedValue])],
        },
      },
    },
  };
}

function pointOf(item: TooltipItem<'bar' | 'line' | 'scatter'> | undefined): ChartPoint | undefined {
  const raw = item?.raw;
  return raw !== null && typeof raw === 'object' && 'lines' in raw ? (raw as ChartPoint) : undefined;
}

interface AxisStyle {
  readonly title: string;
  readonly type: 'linear' | 'logarithmic';
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly tick: (value: number) => string;
}

/** A numeric axis with its title; a logarithmic one labels powers of ten alone. */
export function axis({ theme, font }: ChartContext, style: AxisStyle) {
  const { tick } = style;
  return {
    type: style.type,
    min: style.min,
    max: style.max,
    title: { display: true, text: style.title, color: theme.mutedText, font: { family: font.family, size: font.size } },
    grid: { color: theme.gridLine, drawTicks: false, lineWidth: 1 },
    border: { color: theme.line, display: true },
    ticks: {
      color: theme.mutedText,
      padding: 8,
      maxRotation: 0,
      autoSkipPadding: 16,
      font: { family: font.family, size: font.size - 1 },
      callback: (value: number | string) => {
        const number = Number(value);
        if (style.type === 'logarithmic' && !isPowerOfTen(number)) return null;
        return tick(number);
      },
    },
  } as const;
}

export type NumericScale = Partial<ScaleOptionsByType<'linear' | 'logarithmic'>>;

export function isPowerOfTen(value: number): boolean {
  const exponent = Math.log10(value);
  return Math.abs(exponent - Math.round(exponent)) < 1e-9;
}

/** Adds transparency to `#rrggbb`. */
export function fade(colour: string, opacity: number): string {
  return `${colour}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, '0')}`;
}
