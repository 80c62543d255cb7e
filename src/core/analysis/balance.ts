import type { AnalysisResult, LayerAnalysis } from './result.js';

/**
 * Least time of a model against machine balance r, FLOP/byte (the ridge point of a roofline): a kernel takes the longer
 * of its arithmetic and its traffic,
 *
 *   T(r) = Σ max(flops / r, bytes),
 *
 * in bytes of memory time, so that only the machine's balance matters (Williams et al. 2009; swept over ridge points by
 * MobileNetV4, arXiv 2404.10518, section 3). Between two kernels' intensities T is a/r + b.
 */
export interface BalanceCurve {
  readonly model: string;
  /** Arithmetic intensities of the kernels, ascending. */
  readonly intensities: readonly number[];
  /** At place i: flops of the kernels from i on, bound by arithmetic where r < intensities[i]. */
  readonly flopsFrom: readonly number[];
  /** At place i: bytes of the kernels before i. */
  readonly bytesBefore: readonly number[];
}

export function balanceCurve(result: AnalysisResult): BalanceCurve {
  const kernels = kernelsOf(result)
    .filter(({ flops, bytes }) => flops > 0 || bytes > 0)
    .map((kernel) => ({ ...kernel, intensity: kernel.bytes === 0 ? Infinity : kernel.flops / kernel.bytes }))
    .sort((a, b) => a.intensity - b.intensity);
  const flopsFrom = new Array<number>(kernels.length + 1).fill(0);
  const bytesBefore = new Array<number>(kernels.length + 1).fill(0);
  for (let i = kernels.length - 1; i >= 0; i--) flopsFrom[i] = (flopsFrom[i + 1] as number) + (kernels[i]?.flops ?? 0);
  kernels.forEach(({ bytes }, i) => {
    bytesBefore[i + 1] = (bytesBefore[i] as number) + bytes;
  });
  return { model: result.model.name, intensities: kernels.map(({ intensity }) => intensity), flopsFrom, bytesBefore };
}

/** T(r) in bytes of memory time. At r = 0 arithmetic alone counts, and r·T(r) = Σ flops is returned instead. */
export function boundAt(curve: BalanceCurve, balance: number): number {
  if (balance === 0) return curve.flopsFrom[0] as number;
  const { a, b } = pieceAt(curve, balance);
  return a / balance + b;
}

/** Balances up to `limit` at which one of two models overtakes the other. */
export function flips(first: BalanceCurve, second: BalanceCurve, limit = 1000): number[] {
  const edges = [...new Set([...first.intensities, ...second.intensities])].filter((edge) => edge > 0 && edge < limit);
  const ends = [0, ...edges.sort((x, y) => x - y), limit];
  const found: number[] = [];
  for (let i = 1; i < ends.length; i++) {
    const [from, to] = [ends[i - 1] as number, ends[i] as number];
    const inside = (from + to) / 2;
    const [one, two] = [pieceAt(first, inside), pieceAt(second, inside)];
    // a₁/r + b₁ = a₂/r + b₂
    const [over, under] = [one.a - two.a, two.b - one.b];
    const balance = under === 0 ? Number.NaN : over / under;
    if (balance > from && balance <= to && over !== 0) found.push(balance);
  }
  return found;
}

function pieceAt({ intensities, flopsFrom, bytesBefore }: BalanceCurve, balance: number): { a: number; b: number } {
  let [low, high] = [0, intensities.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((intensities[middle] as number) <= balance) low = middle + 1;
    else high = middle;
  }
  return { a: flopsFrom[low] as number, b: bytesBefore[low] as number };
}

function kernelsOf({ layers, options }: AnalysisResult): { flops: number; bytes: number }[] {
  const work = ({ flops, readBytes, writeBytes }: LayerAnalysis) => ({ flops, bytes: readBytes + writeBytes });
  if (options.execution === 'eager') return layers.map(work);
  const kernels = new Map<number, { flops: number; bytes: number }>();
  for (const layer of layers) {
    const { flops, bytes } = work(layer);
    const kernel = kernels.get(layer.kernel) ?? { flops: 0, bytes: 0 };
    kernels.set(layer.kernel, { flops: kernel.flops + flops, bytes: kernel.bytes + bytes });
  }
  return [...kernels.values()];
}
