import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../../src/core/analysis/analyze.js';
import { type BalanceCurve, balanceCurve, boundAt, flips } from '../../../src/core/analysis/balance.js';
import type { AnalysisResult } from '../../../src/core/analysis/result.js';
import { buildModel } from '../../../src/core/zoo/index.js';

interface Kernel {
  readonly flops: number;
  readonly bytes: number;
}

/** A model of kernels with so many flops and bytes. */
function curveOf(model: string, kernels: readonly Kernel[]): BalanceCurve {
  const layers = kernels.map(({ flops, bytes }, kernel) => ({ kernel, flops, readBytes: bytes, writeBytes: 0 }));
  return balanceCurve({ model: { name: model }, options: { execution: 'eager' }, layers } as unknown as AnalysisResult);
}

const bound = (kernels: readonly Kernel[], balance: number) =>
  kernels.reduce((sum, { flops, bytes }) => sum + Math.max(flops / balance, bytes), 0);

const kernels = fc.array(
  fc.record({ flops: fc.integer({ min: 0, max: 10_000 }), bytes: fc.integer({ min: 1, max: 100 }) }),
  {
    minLength: 1,
    maxLength: 8,
  },
);

describe('the bound against machine balance', () => {
  it('is the sum over kernels of the longer of arithmetic and traffic', () => {
    fc.assert(
      fc.property(kernels, fc.double({ min: 0.1, max: 1000, noNaN: true }), (some, balance) => {
        expect(boundAt(curveOf('model', some), balance)).toBeCloseTo(bound(some, balance), 6);
      }),
    );
  });

  it('is all arithmetic at balance 0, and all bytes of a model at a balance above every intensity', async () => {
    const result = analyze(await buildModel('vovnet39'));
    const curve = balanceCurve(result);
    expect(boundAt(curve, 0)).toBe(result.totals.flops);
    expect(boundAt(curve, 1e9)).toBe(result.totals.readBytes + result.totals.writeBytes);
  });

  it('takes the layers of a fused kernel together', async () => {
    const result = analyze(await buildModel('resnet18'), { execution: 'fused' });
    expect(balanceCurve(result).intensities).toHaveLength(result.totals.fused.kernels);
  });
});

describe('flips', () => {
  it('are where two bounds cross: work for bytes', () => {
    // 100/r + 0 against 20: at r = 5; above it both are bytes alone, 10 and 20.
    expect(flips(curveOf('a', [{ flops: 100, bytes: 10 }]), curveOf('b', [{ flops: 0, bytes: 20 }]))).toEqual([5]);
    expect(flips(curveOf('a', [{ flops: 100, bytes: 10 }]), curveOf('a', [{ flops: 100, bytes: 10 }]))).toEqual([]);
  });

  it('are all places where the order changes, and no others', () => {
    fc.assert(
      fc.property(kernels, kernels, (one, two) => {
        const found = flips(curveOf('one', one), curveOf('two', two));
        const sign = (balance: number) => Math.sign(Math.round(1e6 * (bound(one, balance) - bound(two, balance))));
        const ends = [1e-3, ...found, 1000];
        for (let i = 1; i < ends.length; i++) {
          const [from, to] = [ends[i - 1] as number, ends[i] as number];
          const inside = [0.1, 0.3, 0.5, 0.7, 0.9].map((part) => sign(from + part * (to - from)));
          expect(new Set(inside.filter((value) => value !== 0)).size).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
