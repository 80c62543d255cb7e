import { mean } from './quantile.js';

/** Pearson's product-moment correlation; NaN where either series is constant or there are fewer than two pairs. */
export function pearson(x: readonly number[], y: readonly number[]): number {
  const [centerX, centerY] = [mean(x), mean(y)];
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const dx = (x[i] as number) - centerX;
    const dy = (y[i] as number) - centerY;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  return xx === 0 || yy === 0 ? Number.NaN : xy / Math.sqrt(xx * yy);
}

/** Spearman's rank correlation (1904): Pearson's of the ranks, equal values sharing the mean of theirs. */
export function spearman(x: readonly number[], y: readonly number[]): number {
  return pearson(ranks(x), ranks(y));
}

/** Kendall's tau-b (1945), which allows for ties in either series; NaN where either is constant. */
export function kendall(x: readonly number[], y: readonly number[]): number {
  let [score, freeX, freeY] = [0, 0, 0];
  for (let j = 1; j < x.length; j++) {
    for (let i = 0; i < j; i++) {
      const a = Math.sign((x[j] as number) - (x[i] as number));
      const b = Math.sign((y[j] as number) - (y[i] as number));
      score += a * b;
      freeX += a * a;
      freeY += b * b;
    }
  }
  return freeX === 0 || freeY === 0 ? Number.NaN : score / Math.sqrt(freeX * freeY);
}

/** Ranks from 1; equal values share the mean of theirs. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
  const result = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to] as number] === values[order[from] as number]) to++;
    for (let k = from; k < to; k++) result[order[k] as number] = (from + to + 1) / 2;
    from = to;
  }
  return result;
}
