import { ArchmeterError } from '../errors.js';

export type ParameterValue = number | string | boolean;

/** A range of numbers as a space file writes it. */
export interface RangeDomain {
  readonly from: number;
  readonly to: number;
  /** Distance of neighbours; default 1. Not beside `points`. */
  readonly step?: number;
  /** How many values, spread evenly, or by equal factors where `scale` is `log`. */
  readonly points?: number;
  readonly scale?: 'linear' | 'log';
  /** Values are rounded to multiples of this. */
  readonly round?: number;
}

const MOST_VALUES = 1_000_000;

/** Every value of a range, ascending, each once. */
export function rangeValues(range: RangeDomain): number[] {
  const { from, to, scale = 'linear', round } = range;
  if (!(to >= from))
    throw new ArchmeterError(`the range from ${from} to ${to} is empty`, "Give 'to' no less than 'from'.");
  if (scale === 'log' && from <= 0) {
    throw new ArchmeterError(`a logarithmic range cannot start at ${from}`, 'Start it above 0.');
  }
  if (scale === 'log' && range.points === undefined) {
    throw new ArchmeterError('a logarithmic range needs its number of values', "Add e.g. 'points: 16'.");
  }
  if (range.points !== undefined && range.step !== undefined) {
    throw new ArchmeterError("a range has 'step' or 'points', not both", 'Leave one out.');
  }
  const step = range.step ?? 1;
  // The last value of 0.1 + 0.1 + … may miss its end by a rounding error.
  const count = range.points ?? Math.floor((to - from) / step + 1e-9) + 1;
  if (!(count >= 1 && count <= MOST_VALUES)) {
    throw new ArchmeterError(`a range of ${count} values`, `Give a range of 1 to ${MOST_VALUES} values.`);
  }
  const at = (i: number): number => {
    if (range.points === undefined) return from + i * step;
    const share = count === 1 ? 0 : i / (count - 1);
    return scale === 'log' ? from * (to / from) ** share : from + (to - from) * share;
  };
  const values = Array.from({ length: count }, (_, i) => at(i)).map((value) =>
    round === undefined ? tidy(value) : Math.max(round, Math.round(value / round) * round),
  );
  return [...new Set(values)];
}

/** Without the noise of binary fractions in the last digits. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
