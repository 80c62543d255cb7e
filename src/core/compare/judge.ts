import type { Acceptance } from './baseline.js';
import { type MetricRule, parseQuantity } from './gate-config.js';

export type Direction = 'lower' | 'higher' | 'either' | 'neither';

/** How much worse a value became, in its own unit; negative where it became better. */
export function worsening(expected: number, actual: number, direction: Direction): number {
  const change = actual - expected;
  if (direction === 'lower') return change;
  return direction === 'higher' ? -change : Math.abs(change);
}

/** The worsening that a rule bears: both the relative and the absolute tolerance must be exceeded. */
export function toleranceOf({ relative = 0, absolute = 0 }: MetricRule, expected: number): number {
  return Math.max(relative * Math.abs(expected), parseQuantity(absolute));
}

/** As the configuration says it: `1 % and 10k`. */
export function toleranceText({ relative, absolute }: MetricRule): string {
  const parts = [relative && `${Number((100 * relative).toPrecision(6))} %`, absolute && String(absolute)];
  return parts.filter(Boolean).join(' and ');
}

export function budgetProblem({ max, min }: MetricRule, actual: number): string | undefined {
  if (max !== undefined && actual > parseQuantity(max)) return `above its budget of ${max}`;
  if (min !== undefined && actual < parseQuantity(min)) return `below its least of ${min}`;
  return undefined;
}

/** What an acceptance says about a regression; undefined where there is none. */
export function acceptedRow(
  accepted: Acceptance | undefined,
  actual: number,
  direction: Direction,
  today: string,
): { readonly verdict: 'accepted' | 'refused'; readonly detail: string } | undefined {
  if (accepted === undefined) return undefined;
  const { value, reason, until } = accepted;
  if (value !== undefined && !covers(value, actual, direction))
    return { verdict: 'refused', detail: `beyond what was accepted (${value}: ${reason})` };
  if (until !== undefined && until < today)
    return { verdict: 'refused', detail: `its acceptance (${reason}) ended on ${until}` };
  return { verdict: 'accepted', detail: until === undefined ? reason : `${reason} (until ${until})` };
}

function covers(value: number, actual: number, direction: Direction): boolean {
  if (direction === 'lower') return actual <= value;
  return direction === 'higher' ? actual >= value : actual === value;
}
