/** Ranks that share a coarse bin. */
const BIN = 5;

/**
 * Medians of many draws from one fixed list of values. Values are ranked once; a draw is counted by its rank, and the
 * median found by counting up, which is faster than selecting it from the drawn values.
 */
export class DrawnMedians {
  private readonly ascending: Float64Array;
  private readonly rankOf: Uint32Array;
  private readonly fine: Uint32Array;
  private readonly coarse: Uint32Array;

  constructor(values: ArrayLike<number>) {
    const order = Array.from({ length: values.length }, (_, i) => i);
    order.sort((a, b) => (values[a] as number) - (values[b] as number) || a - b);
    this.ascending = Float64Array.from(order, (index) => values[index] as number);
    this.rankOf = new Uint32Array(values.length);
    order.forEach((index, rank) => {
      this.rankOf[index] = rank;
    });
    this.fine = new Uint32Array(values.length);
    this.coarse = new Uint32Array((values.length >> BIN) + 1);
  }

  clear(): void {
    this.fine.fill(0);
    this.coarse.fill(0);
  }

  /** Draws the value at an index of the list. */
  draw(index: number): void {
    const rank = this.rankOf[index] as number;
    this.fine[rank] = (this.fine[rank] as number) + 1;
    const bin = rank >> BIN;
    this.coarse[bin] = (this.coarse[bin] as number) + 1;
  }

  /** Median of the `count` values drawn since `clear`. */
  median(count: number): number {
    const upper = this.drawn(count >> 1);
    return count % 2 === 1 ? upper : (this.drawn((count >> 1) - 1) + upper) / 2;
  }

  /** The drawn value that `before` drawn values precede. */
  private drawn(before: number): number {
    const { coarse, fine } = this;
    let bin = 0;
    let passed = 0;
    for (; passed + (coarse[bin] as number) <= before; bin++) passed += coarse[bin] as number;
    let rank = bin << BIN;
    for (; passed + (fine[rank] as number) <= before; rank++) passed += fine[rank] as number;
    return this.ascending[rank] as number;
  }
}
