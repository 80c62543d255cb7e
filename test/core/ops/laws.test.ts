import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementCount } from '../../../src/core/ir/tensor.js';
import { OPS } from '../../../src/core/ops/index.js';
import { build, memoryAccessCost, type Sample } from './sample-calls.js';
import { SAMPLED, samplesOf } from './samples.js';

const BATCHED = [...OPS.keys()].flatMap((name) =>
  (samplesOf(name)?.batched ?? []).map((sample, i) => ({ title: `${name} ${i + 1}`, name, sample })),
);

const outputElements = (sample: ReturnType<typeof build>) =>
  sample.call.outputs.reduce((sum, { shape }) => sum + elementCount(shape), 0);

describe('the batch', () => {
  it.each(BATCHED)('scales what $title computes, not its weights', ({ name, sample }) => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 50 }), (n) => {
        const one = build(name, sample(1));
        const many = build(name, sample(n));
        const { madds, flops } = one.op.arithmetic(one.call);
        expect(many.op.arithmetic(many.call)).toEqual({ madds: n * madds, flops: n * flops });
        if (name !== 'nonZero') expect(outputElements(many)).toBe(n * outputElements(one));
        expect(many.params).toBe(one.params);
      }),
      { numRuns: 5 },
    );
  });
});

/** The sample with one size of one input made `size`, attributes as they are. */
function resized({ inputs, attributes }: Sample, input: number, axis: number, size: number): Sample {
  return {
    inputs: inputs.map((x, i) => {
      if (i !== input || x === undefined) return x;
      return 'dtype' in x ? { ...x, shape: x.shape.with(axis, size) } : x.with(axis, size);
    }),
    ...(attributes === undefined ? {} : { attributes }),
  };
}

describe('shapes of any size', () => {
  it.each(SAMPLED.filter(({ sample }) => sample.inputs.length > 0))(
    'give $title finite counts, none negative, or a clear error',
    ({ name, sample }) => {
      for (const [i, input] of sample.inputs.entries()) {
        if (input === undefined) continue;
        const shape = 'dtype' in input ? input.shape : input;
        for (let axis = 0; axis < shape.length; axis++) {
          for (const size of [0, 1, 2, 3]) {
            let built: ReturnType<typeof build>;
            try {
              built = build(name, resized(sample, i, axis, size));
            } catch (error) {
              expect(error).toMatchObject({ name: 'ArchmeterError' });
              expect((error as Error).message).not.toMatch(/undefined|NaN|null/);
              continue;
            }
            const { madds, flops } = built.op.arithmetic(built.call);
            const bound = built.op.memoryAccessCostLowerBound?.(built.call) ?? 0;
            for (const figure of [
              madds,
              flops,
              memoryAccessCost(built),
              bound,
              ...built.call.outputs.flatMap((o) => o.shape),
            ]) {
              expect(Number.isFinite(figure) && figure >= 0, `${figure} of ${name} on ${shape.with(axis, size)}`).toBe(
                true,
              );
            }
            for (const figure of [madds, flops, ...built.call.outputs.flatMap((o) => o.shape)]) {
              expect(Number.isInteger(figure)).toBe(true);
            }
          }
        }
      }
    },
  );

  it.each(SAMPLED)('leave $title on a scalar right or refused', ({ name, sample }) => {
    const scalars = { ...sample, inputs: sample.inputs.map(() => []) };
    try {
      const built = build(name, scalars);
      const { madds, flops } = built.op.arithmetic(built.call);
      expect([madds, flops, memoryAccessCost(built)].every((figure) => Number.isInteger(figure) && figure >= 0)).toBe(
        true,
      );
    } catch (error) {
      expect(error).toMatchObject({ name: 'ArchmeterError' });
      expect((error as Error).message).not.toMatch(/undefined|NaN|null/);
    }
  });
});

describe('views', () => {
  it.each(SAMPLED.filter(({ name }) => OPS.get(name)?.kind === 'view'))(
    '$title computes nothing',
    ({ name, sample }) => {
      const { op, call } = build(name, sample);
      expect(op.arithmetic(call)).toEqual({ madds: 0, flops: 0 });
    },
  );
});

describe('contractions', () => {
  const size = fc.integer({ min: 1, max: 24 });

  it('split by output channels add up', () => {
    fc.assert(
      fc.property(size, size, size, size, fc.integer({ min: 1, max: 3 }), (channels, height, first, second, kernel) => {
        const arithmetic = (outChannels: number) => {
          const { op, call } = build('conv', {
            inputs: [[2, channels, height + 3, 7]],
            attributes: { outChannels, kernel, stride: 2 },
          });
          return op.arithmetic(call);
        };
        const [all, one, other] = [arithmetic(first + second), arithmetic(first), arithmetic(second)];
        expect(all).toEqual({ madds: one.madds + other.madds, flops: one.flops + other.flops });
      }),
    );
  });

  it('of a 1x1 convolution are those of a linear layer on every pixel', () => {
    fc.assert(
      fc.property(size, size, size, size, (channels, height, width, outChannels) => {
        const conv = build('conv', { inputs: [[1, channels, height, width]], attributes: { outChannels, kernel: 1 } });
        const linear = build('linear', {
          inputs: [[1, height, width, channels]],
          attributes: { outFeatures: outChannels },
        });
        expect(conv.op.arithmetic(conv.call)).toEqual(linear.op.arithmetic(linear.call));
        expect(conv.params).toBe(linear.params);
        expect(memoryAccessCost(conv)).toBe(memoryAccessCost(linear));
      }),
    );
  });

  it('of attention without softmax are two matrix products, and einsum counts them alike', () => {
    fc.assert(
      fc.property(size, size, size, size, size, (heads, queries, keys, features, valueFeatures) => {
        const query = [1, heads, queries, features];
        const key = [1, heads, keys, features];
        const value = [1, heads, keys, valueFeatures];
        const scores = [1, heads, queries, keys];
        const madds = (name: string, sample: Sample) => {
          const { op, call } = build(name, sample);
          return op.arithmetic(call).madds;
        };
        const products =
          madds('matmul', { inputs: [query, key], attributes: { transposeRight: true } }) +
          madds('matmul', { inputs: [scores, value] });
        expect(madds('attention', { inputs: [query, key, value] })).toBe(products);
        const summed =
          madds('einsum', { inputs: [query, key], attributes: { equation: 'bhqd,bhkd->bhqk' } }) +
          madds('einsum', { inputs: [scores, value], attributes: { equation: 'bhqk,bhkv->bhqv' } });
        expect(summed).toBe(products);
      }),
    );
  });

  it('are at their least memory access cost where input and output are equally large', () => {
    fc.assert(
      fc.property(
        size,
        size,
        size,
        size,
        fc.integer({ min: 1, max: 2 }),
        (inChannels, outChannels, height, width, stride) => {
          const built = build('conv', {
            inputs: [[1, inChannels, height, width]],
            attributes: { outChannels, kernel: 1, stride },
          });
          const bound = built.op.memoryAccessCostLowerBound?.(built.call) ?? 0;
          const cost = memoryAccessCost(built);
          expect(cost).toBeGreaterThanOrEqual(bound - 1e-9);
          const equal =
            elementCount(built.call.inputs[0]?.shape ?? []) === elementCount(built.call.outputs[0]?.shape ?? []);
          if (equal) expect(cost).toBeCloseTo(bound, 9);
          else expect(cost).toBeGreaterThan(bound);
        },
      ),
    );
  });
});

describe('means', () => {
  it('cost the same by any name', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), (height, width) => {
        const flops = (name: string, attributes: Record<string, unknown> = {}) => {
          const { op, call } = build(name, { inputs: [[2, 3, height, width]], attributes });
          return op.arithmetic(call).flops;
        };
        const pooled = flops('avgPool', { kernel: [height, width] });
        expect(flops('globalAvgPool')).toBe(pooled);
        expect(flops('adaptiveAvgPool', { outputSize: 1 })).toBe(pooled);
        expect(flops('reduceMean', { axes: [2, 3] })).toBe(pooled);
        expect(flops('resize', { size: 1, mode: 'area' })).toBe(pooled);
        const greatest = flops('maxPool', { kernel: [height, width] });
        expect(flops('globalMaxPool')).toBe(greatest);
        expect(flops('adaptiveMaxPool', { outputSize: 1 })).toBe(greatest);
        expect(flops('reduceMax', { axes: [2, 3] })).toBe(greatest);
      }),
    );
  });
});
