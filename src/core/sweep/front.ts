/** Which way an objective is better. */
export type Direction = 'min' | 'max';

/** A design on the front: its number and its objectives, as minimised. */
export interface FrontPoint {
  readonly index: number;
  readonly costs: Float64Array;
}

/** Whether `a` is nowhere worse than `b`, and somewhere better. */
export function dominates(a: Float64Array, b: Float64Array): boolean {
  let better = false;
  for (let i = 0; i < a.length; i++) {
    if ((a[i] as number) > (b[i] as number)) return false;
    if ((a[i] as number) < (b[i] as number)) better = true;
  }
  return better;
}

/**
 * The exact Pareto front of a stream of points: what nothing seen so far dominates. Of points with equal objectives the
 * one of the least number stays, so that the result does not depend on the order in which points come.
 */
export class Front {
  private points: FrontPoint[] = [];
  private readonly scratch: Float64Array;

  constructor(private readonly directions: readonly Direction[]) {
    this.scratch = new Float64Array(directions.length);
  }

  get size(): number {
    return this.points.length;
  }

  /** @param objectives values in their own direction */
  offer(index: number, objectives: ArrayLike<number>): void {
    const { scratch } = this;
    for (let i = 0; i < scratch.length; i++) {
      scratch[i] = this.directions[i] === 'max' ? -(objectives[i] as number) : (objectives[i] as number);
      if (Number.isNaN(scratch[i] as number)) return;
    }
    if (this.refuses(index, scratch)) return;
    const costs = scratch.slice();
    this.points = this.points.filter((standing) => !dominates(costs, standing.costs));
    this.points.push({ index, costs });
  }

  /** Offers the points of other fronts, all objectives minimised. */
  merge(points: readonly FrontPoint[]): void {
    // In lexicographic order no point is dominated by one after it: nothing that stands need be looked at again.
    const ordered = [...this.points, ...points].sort((a, b) => byCosts(a, b) || a.index - b.index);
    this.points = [];
    for (const point of ordered) if (!this.refuses(point.index, point.costs)) this.points.push(point);
  }

  /** Whether a point is dominated, or equals one that stands; of equal ones the lesser number stays. */
  private refuses(index: number, costs: Float64Array): boolean {
    const { points } = this;
    for (let i = 0; i < points.length; i++) {
      const standing = points[i] as FrontPoint;
      if (equal(standing.costs, costs)) {
        if (index < standing.index) points[i] = { index, costs: standing.costs };
        return true;
      }
      if (dominates(standing.costs, costs)) {
        // What dominates one point is likely to dominate its neighbours: it is asked first the next time.
        if (i > 0) {
          points[i] = points[i >> 1] as FrontPoint;
          points[i >> 1] = standing;
        }
        return true;
      }
    }
    return false;
  }

  /** Points by their first objective, ties by number. */
  sorted(): FrontPoint[] {
    return [...this.points].sort((a, b) => (a.costs[0] as number) - (b.costs[0] as number) || a.index - b.index);
  }
}

function byCosts({ costs: a }: FrontPoint, { costs: b }: FrontPoint): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  return 0;
}

function equal(a: Float64Array, b: Float64Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
