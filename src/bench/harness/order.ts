import { type Random, shuffled } from '../../core/statistics/random.js';

/**
 * Orders of `count` arms without end, in blocks that are balanced: within a block each arm stands equally often in
 * each place and follows each other arm equally often (Williams, "Experimental designs balanced for the estimation of
 * residual effects of treatments", 1949). Labels and rows are drawn anew for each block.
 */
export function* balancedOrders(count: number, random: Random): Generator<readonly number[]> {
  const arms = Array.from({ length: count }, (_, i) => i);
  // 0, 1, n-1, 2, n-2, …: neighbours differ by every amount once.
  const first = arms.map((i) => (i % 2 === 1 ? (i + 1) / 2 : (count - i / 2) % count));
  for (;;) {
    const labels = shuffled(arms, random);
    const rows = arms.map((shift) => first.map((place) => labels[(place + shift) % count] as number));
    const mirrored = count % 2 === 1 ? rows.map((row) => row.slice().reverse()) : [];
    yield* shuffled([...rows, ...mirrored], random);
  }
}
