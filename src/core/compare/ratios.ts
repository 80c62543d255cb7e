import { ArchmeterError } from '../errors.js';
import type { GateRow, GateVerdict } from './gate.js';
import type { RatioLimit } from './gate-config.js';

/** A ratio of times (or of sizes) that a benchmark took side by side, with its interval where it has one. */
export type MeasuredRatio = number | { readonly ratio: number; readonly low?: number; readonly high?: number };

/** What `npm run bench` writes: ratios, unlike times, can be compared between machines. */
export type Ratios = Readonly<Record<string, MeasuredRatio>>;

const positive = { type: 'number', exclusiveMinimum: 0 } as const;

/** JSON Schema of a file of ratios. */
export const ratiosSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'archmeter ratios',
  type: 'object',
  additionalProperties: {
    anyOf: [
      positive,
      {
        type: 'object',
        properties: { ratio: positive, low: positive, high: positive },
        required: ['ratio'],
        additionalProperties: false,
      },
    ],
  },
} as const;

/**
 * Judges ratios by their limits. A ratio fails where its whole interval lies beyond the limit; where only a part of it
 * does, it is inconclusive.
 *
 * @param file where they come from
 * @throws ArchmeterError where a limit names a ratio that the file does not have
 */
export function checkRatios(ratios: Ratios, limits: Readonly<Record<string, RatioLimit>>, file: string): GateRow[] {
  return Object.entries(limits).flatMap(([name, limit]): GateRow[] => {
    if (limit.level === 'off') return [];
    const found = Object.hasOwn(ratios, name) ? ratios[name] : undefined;
    if (found === undefined) {
      throw new ArchmeterError(
        `there is no ratio '${name}' to hold to its limit`,
        `It has ${Object.keys(ratios).join(', ') || 'none'}.`,
        { file },
      );
    }
    const measured: Exclude<MeasuredRatio, number> = typeof found === 'number' ? { ratio: found } : found;
    const { ratio, low = ratio, high = ratio } = measured;
    const { max = Number.POSITIVE_INFINITY, min = 0 } = limit;
    const bad = limit.level === 'warn' ? 'warn' : 'fail';
    const beyond = ratio > max ? `above its limit of ${max}` : `below its limit of ${min}`;
    const judged: readonly [GateVerdict, string?] =
      low > max || high < min
        ? [bad, beyond]
        : high > max || low < min
          ? ['inconclusive', `its interval ${low} to ${high} holds the limit of ${high > max ? max : min}`]
          : ['pass'];
    const [verdict, detail] = judged;
    return [
      {
        model: 'ratios',
        metric: `ratio:${name}`,
        expected: null,
        actual: ratio,
        verdict,
        ...(detail === undefined ? {} : { detail }),
        location: { file },
      },
    ];
  });
}
