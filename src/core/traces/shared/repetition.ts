/** `count` parts alike of `period` elements each, from `first` on. */
interface Repetition {
  readonly first: number;
  readonly period: number;
  readonly count: number;
}

/** So many elements of a part must be those that the list begins with, where the list as a whole is no repetition. */
const BEGINNING = 8;

/**
 * What a list repeats: the shortest part of which its longest end consists, twice or more (borders after Knuth, Morris and
 * Pratt 1977). A first part with more in it, and a last one cut short, are none; each part begins as the list does. The
 * whole list is one part where it repeats nothing.
 */
export function repetition(list: Float64Array): Repetition {
  const whole = { first: 0, period: list.length, count: 1 };
  const last = list.length - 1;
  const border = new Int32Array(list.length);
  let best = { length: 0, period: 0 };
  for (let i = 0; i < list.length; i++) {
    let k = i === 0 ? 0 : (border[i - 1] as number);
    while (k > 0 && list[last - i] !== list[last - k]) k = border[k - 1] as number;
    border[i] = i > 0 && list[last - i] === list[last - k] ? k + 1 : k;
    const period = i + 1 - (border[i] as number);
    if (i + 1 >= 2 * period) best = { length: i + 1, period };
  }
  const { length, period } = best;
  if (length === 0) return whole;
  const from = list.length - length;
  const asBegun = (at: number) => {
    const most = Math.min(period, BEGINNING);
    for (let i = 0; i < most; i++) if (list[at + i] !== list[i]) return false;
    return true;
  };
  for (let first = from; first < from + period; first++) {
    const count = Math.floor((list.length - first) / period);
    if (asBegun(first)) return count > 1 ? { first, period, count } : whole;
  }
  return whole;
}
