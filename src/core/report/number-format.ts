import type { Unit } from '../units.js';

/** A figure as people read it: three significant digits and an SI prefix with its unit. */
export interface FigureParts {
  readonly number: string;
  /** Prefix and unit, e.g. `M`, `MB`, `ms`; empty for a bare number. */
  readonly unit: string;
}

const PREFIXES: readonly (readonly [number, string])[] = [
  [1e18, 'E'],
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
];

const SMALL_PREFIXES: readonly (readonly [number, string])[] = [
  [1, ''],
  [1e-3, 'm'],
  [1e-6, 'µ'],
  [1e-9, 'n'],
  [1e-12, 'p'],
];

/** What stands behind the prefix. */
const SYMBOLS: Record<Unit, string> = {
  count: '',
  elements: '',
  ops: '',
  bytes: 'B',
  ratio: '',
  ms: 's',
  J: 'J',
  W: 'W',
  '1/s': '/s',
  'op/s': '/s',
  'byte/s': 'B/s',
  'op/byte': '',
};

/** Units whose values may lie below 1 and then take m, µ, n. */
const FRACTIONAL: ReadonlySet<Unit> = new Set<Unit>(['ms', 'J', 'W']);

/**
 * @param value in the unit itself (ms for `ms`, bytes for `bytes`)
 * @returns e.g. `{number: '7.07', unit: 'G'}` for 7,072,227,328 `ops`
 */
export function figureParts(value: number, unit: Unit): FigureParts {
  if (!Number.isFinite(value)) return { number: String(value), unit: '' };
  if (unit === 'ratio' || unit === 'op/byte') return { number: digits(value), unit: '' };
  const [scale, symbol] = scaleOf(value, unit);
  // Whole counts are exact as they are; of a time or an energy the zeros are digits too.
  const number = FRACTIONAL.has(unit) ? digits(value / scale) : significant(value / scale);
  return { number, unit: symbol };
}

/** `0.900 to 1.20 ms`: both in one prefix, with as many digits as it takes to tell them apart, up to five. */
export function formatInterval(low: number, high: number, unit: Unit): string {
  const [scale, symbol] = unit === 'ratio' || unit === 'op/byte' ? [1, ''] : scaleOf(high, unit);
  const texts = [3, 4, 5].map((count) => [low, high].map((value) => (value / scale).toPrecision(count)));
  const [from, to] = texts.find(([a, b]) => a !== b) ?? texts[0] ?? [];
  return `${from} to ${to}${symbol === '' ? '' : ` ${symbol}`}`;
}

/** What a value is divided by to be printed, and the prefix and unit that it then has. */
function scaleOf(value: number, unit: Unit): [number, string] {
  // Milliseconds are written with the prefixes of seconds.
  const inBase = unit === 'ms' ? 1000 : 1;
  const magnitude = Math.abs(value) / inBase;
  if (magnitude === 0) return unit === 'ms' ? [1, 'ms'] : [1, SYMBOLS[unit]];
  const prefixes = magnitude < 1 && FRACTIONAL.has(unit) ? SMALL_PREFIXES : PREFIXES;
  // 999.9 rounds to 1000: it belongs to the next prefix already.
  const [scale, prefix] =
    prefixes.find(([size]) => magnitude >= size * 0.9995) ?? (prefixes.at(-1) as [number, string]);
  return unit === 'ms' && scale > 1 ? [1000, 's'] : [scale * inBase, prefix + SYMBOLS[unit]];
}

/** Formats the ticks of an axis: all with the prefix of the largest value, without trailing zeros. */
export function figureTicks(largest: number, unit: Unit): (value: number) => string {
  const [scale, symbol] = unit === 'ratio' || unit === 'op/byte' ? [1, ''] : scaleOf(largest, unit);
  return (value) => `${shortNumber(value / scale)}${symbol === '' || value === 0 ? '' : ` ${symbol}`}`;
}

/** The parts joined with a space: `7.07 G`, `90.4 MB`, `3.21 ms`, `1.08`. */
export function formatFigure(value: number, unit: Unit): string {
  const parts = figureParts(value, unit);
  return parts.unit === '' ? parts.number : `${parts.number} ${parts.unit}`;
}

/** Three significant digits without an exponent; whole numbers below 1000 as they are. */
export function significant(value: number, count = 3): string {
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (Number.isInteger(value) && magnitude < 1000) return String(value);
  if (magnitude >= 10 ** count) return Math.round(value).toString();
  const text = value.toPrecision(count);
  return text.includes('e') ? Number(text).toExponential() : text;
}

/** Three significant digits even where they are zeros: `1.00`. */
function digits(value: number): string {
  const magnitude = Math.abs(value);
  return value === 0 || magnitude >= 1000 || magnitude < 1e-4 ? significant(value) : value.toPrecision(3);
}

/** As `significant`, without trailing zeros: for axis ticks. */
export function shortNumber(value: number, count = 3): string {
  const text = significant(value, count);
  return text.includes('.') && !text.includes('e') ? text.replace(/\.?0+$/, '') : text;
}

/** As `formatFigure`, without trailing zeros: for axis ticks. */
export function shortFigure(value: number, unit: Unit): string {
  const parts = figureParts(value, unit);
  const number = parts.number.includes('.') ? parts.number.replace(/\.?0+$/, '') : parts.number;
  return parts.unit === '' ? number : `${number} ${parts.unit}`;
}

/** All digits, in groups of three: `7,072,227,328`. */
export function formatExact(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 20 });
}

/** `1.45×`, `0.38×`. */
export function formatRatio(ratio: number): string {
  return `${digits(ratio)}×`;
}

/** Beyond this a change is said as a multiple: percentages of many digits are not read. */
const MOST_PERCENT_RATIO = 10;

/** A relative change as `+12.3 %`, `−4.0 %`, `±0 %`; as a multiple beyond tenfold: `64.0×`. */
export function formatChange(ratio: number): string {
  if (ratio > MOST_PERCENT_RATIO) return formatMultiple(ratio);
  const percent = (ratio - 1) * 100;
  if (percent === 0) return '±0 %';
  const magnitude = Math.abs(percent);
  const digits = magnitude >= 100 ? 0 : magnitude >= 0.05 ? 1 : 2;
  return `${percent > 0 ? '+' : '−'}${magnitude.toFixed(digits)} %`;
}

/** `64.0×`, `42.8 M×`; without an end `∞×`. */
function formatMultiple(ratio: number): string {
  if (!Number.isFinite(ratio)) return '∞×';
  const { number, unit } = figureParts(ratio, 'count');
  return `${ratio < 1000 ? digits(ratio) : number}${unit === '' ? '' : ` ${unit}`}×`;
}
