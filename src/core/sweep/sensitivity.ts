import { ranks, spearman } from '../statistics/correlation.js';

/** How strongly one parameter moves one figure over a set of designs. */
export interface Sensitivity {
  readonly parameter: string;
  readonly figure: string;
  /** Spearman rank correlation; of a parameter without an order, the share of rank variance between its values (η), unsigned. */
  readonly correlation: number;
  readonly ordered: boolean;
}

/** Rank-based sensitivity of every figure to every parameter. Columns of equal length, one value a design. */
export function sensitivities(
  parameters: Readonly<Record<string, readonly (number | string | boolean)[]>>,
  figures: Readonly<Record<string, readonly number[]>>,
): Sensitivity[] {
  return Object.entries(parameters).flatMap(([parameter, column]) => {
    const ordered = column.every((value) => typeof value === 'number' || typeof value === 'boolean');
    return Object.entries(figures).map(([figure, values]) => ({
      parameter,
      figure,
      ordered,
      correlation: ordered ? spearman(column.map(Number), values) : rankEta(column.map(String), values),
    }));
  });
}

/** Square root of between-group over total variance of ranks (Kruskal and Wallis 1952). */
function rankEta(groups: readonly string[], values: readonly number[]): number {
  const positions = ranks(values);
  const mean = (values.length + 1) / 2;
  const sums = new Map<string, { sum: number; count: number }>();
  let total = 0;
  groups.forEach((group, i) => {
    const entry = sums.get(group) ?? { sum: 0, count: 0 };
    entry.sum += positions[i] as number;
    entry.count++;
    sums.set(group, entry);
    total += ((positions[i] as number) - mean) ** 2;
  });
  let between = 0;
  for (const { sum, count } of sums.values()) between += count * (sum / count - mean) ** 2;
  return total === 0 ? 0 : Math.sqrt(between / total);
}
