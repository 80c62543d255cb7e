import { expect, it } from 'vitest';
import { traceReadingCost } from '../trace.bench.js';

// 500 MB are read by `npm run bench trace`. A heap of 40 MiB cannot hold what these events are as objects, and what is
// resident beside the heap is held by the second bound.
it('a trace is streamed: the memory it takes is a part of its size', { timeout: 120_000 }, async () => {
  const { bytes, iterations, beforeMib, peakMib } = await traceReadingCost(48e6, ['--max-old-space-size=40']);
  expect(bytes).toBeGreaterThan(48e6);
  expect(iterations).toBeGreaterThan(50);
  expect(peakMib - beforeMib).toBeLessThan(150);
});

it('where nothing repeats, what is held has a bound', { timeout: 120_000 }, async () => {
  const { bytes, iterations, beforeMib, peakMib } = await traceReadingCost(96e6, ['--max-old-space-size=40'], 'varied');
  expect(bytes).toBeGreaterThan(96e6);
  expect(iterations).toBe(1);
  expect(peakMib - beforeMib).toBeLessThan(200);
});
