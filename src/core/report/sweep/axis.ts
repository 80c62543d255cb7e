import type { Unit } from '../../units.js';
import { figureTicks, shortFigure } from '../number-format.js';

/** A scale of a figure: where values stand, and its ticks. */
export interface Scale {
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
  /** Place between `from` and `to`, in pixels. */
  at(value: number): number;
}

/** A linear scale, or a logarithmic one where values span a factor of more than 12 (and are all above 0). */
export function scaleOf(values: readonly number[], unit: Unit, from: number, to: number): Scale {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const isLog = least > 0 && most / least > 12;
  const warp = isLog ? Math.log : (value: number) => value;
  const pad = 0.04 * (warp(most) - warp(least)) || Math.abs(warp(most)) * 0.05 || 1;
  const [low, high] = [warp(least) - pad, warp(most) + pad];
  const at = (value: number) => from + ((warp(value) - low) / (high - low)) * (to - from);
  const inside = (value: number) => (isLog ? value > 0 : true) && warp(value) >= low && warp(value) <= high;
  const values_ = (isLog ? logTicks(least, most) : linearTicks(least, most)).filter(inside);
  const text = isLog ? (value: number) => shortFigure(value, unit) : figureTicks(most, unit);
  return { at, ticks: values_.map((value) => ({ value, text: text(value) })) };
}

function linearTicks(least: number, most: number): number[] {
  const raw = (most - least || Math.abs(most) || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
  const first = Math.ceil(least / step - 1);
  return Array.from({ length: 9 }, (_, i) => (first + i) * step);
}

function logTicks(least: number, most: number): number[] {
  const decades = Math.log10(most / least);
  const steps = decades > 4 ? [1] : decades > 1.5 ? [1, 3] : [1, 2, 3, 5];
  const first = Math.floor(Math.log10(least));
  return Array.from({ length: Math.ceil(decades) + 2 }, (_, i) => first + i).flatMap((power) =>
    steps.map((step) => Number(`${step}e${power}`)),
  );
}
