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

  constructor(private readonly directions: readonly Direction[]) {}

  get size(): number {
    return this.points.length;
  }

  /** @param objectives values in their own direction */
  offer(index: number, objectives: ArrayLike<number>): void {
    const costs = new Float64Array(this.directions.length);
    for (let i = 0; i < costs.length; i++) {
      costs[i] = this.directions[i] === 'max' ? -(objectives[i] as number) : (objectives[i] as number);
      if (Number.isNaN(costs[i] as number)) return;
    }
    this.offerCosts({ index, costs });
  }

  /** Offers a point whose objectives are all minimised. */
  offerCosts(point: FrontPoint): void {
    for (let i = 0; i < this.points.length; i++) {
      const standing = this.points[i] as FrontPoint;
      if (equal(standing.costs, point.costs)) {
        if (point.index < standing.index) this.points[i] = point;
        return;
      }
      if (dominates(standing.costs, point.costs)) {
        // What dominates one point is likely to dominate its neighbours: it is asked first the next time.
        if (i > 0) {
          this.points[i] = this.points[i >> 1] as FrontPoint;
          this.points[i >> 1] = standing;
        }
        return;
      }
    }
    this.points = this.points.filter(({ costs }) => !dominates(point.costs, costs));
    this.points.push(point);
  }

  /** Points by their first objective, ties by number. */
  sorted(): FrontPoint[] {
    return [...this.points].sort((a, b) => (a.costs[0] as number) - (b.costs[0] as number) || a.index - b.index);
  }
}

function equal(a: Float64Array, b: Float64Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
