import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../src/core/graph/builder.js';
import { arithmeticOf, build, errorOf, memoryAccessCost, shapesOf } from './sample-calls.js';

describe('conv', () => {
  it('counts the first layer of ResNet: 118,013,952 multiply-adds', () => {
    const attributes = { outChannels: 64, kernel: 7, stride: 2, padding: 3, bias: false };
    const built = build('conv', { inputs: [[1, 3, 224, 224]], attributes });
    expect(built.call.outputs[0]?.shape).toEqual([1, 64, 112, 112]);
    expect(built.op.arithmetic(built.call)).toEqual({ madds: 118_013_952, flops: 236_027_904 });
    expect(built.params).toBe(9408);
    expect(memoryAccessCost(built)).toBe(3 * 224 * 224 + 64 * 112 * 112 + 9408);
  });

  it('adds one operation per output element for the bias, which the memory access cost leaves out', () => {
    const sample = (bias: boolean) => ({ inputs: [[2, 8, 5, 5]], attributes: { outChannels: 4, kernel: 1, bias } });
    const [plain, biased] = [build('conv', sample(false)), build('conv', sample(true))];
    expect(biased.op.arithmetic(biased.call).flops - plain.op.arithmetic(plain.call).flops).toBe(2 * 4 * 25);
    expect(biased.params - plain.params).toBe(4);
    expect(memoryAccessCost(biased)).toBe(memoryAccessCost(plain));
  });

  it('divides weights and work by its groups', () => {
    const { madds } = arithmeticOf('conv', [[1, 32, 14, 14]], { outChannels: 32, kernel: 3, padding: 1, groups: 32 });
    expect(madds).toBe(32 * 14 * 14 * 9);
    expect(build('conv', { inputs: [[1, 32, 3]], attributes: { outChannels: 64, kernel: 3, groups: 8 } }).params).toBe(
      64 * 4 * 3 + 64,
    );
  });

  it('is the same in either layout', () => {
    const attributes = {
      outChannels: 6,
      kernel: [3, 1],
      stride: [2, 1],
      padding: [
        [1, 0],
        [0, 0],
      ],
      groups: 2,
    };
    const first = build('conv', { inputs: [[2, 4, 9, 7]], attributes });
    const last = build('conv', { inputs: [[2, 9, 7, 4]], attributes: { ...attributes, layout: 'channelsLast' } });
    expect(last.call.outputs[0]?.shape).toEqual([2, 4, 7, 6]);
    expect(first.call.outputs[0]?.shape).toEqual([2, 6, 4, 7]);
    expect(last.call.inputs[1]?.shape).toEqual(first.call.inputs[1]?.shape);
    expect(last.op.arithmetic(last.call)).toEqual(first.op.arithmetic(first.call));
    expect(memoryAccessCost(last)).toBe(memoryAccessCost(first));
  });

  it('tells which groups do not divide', () => {
    expect(errorOf('conv', [[1, 6, 8, 8]], { outChannels: 8, kernel: 1, groups: 4 })).toBe(
      'groups 4 does not divide 6 input and 8 output channels. Choose a number of groups that divides both.',
    );
    expect(errorOf('conv', [[6, 8]], { outChannels: 8, kernel: 1 })).toBe(
      'conv takes an input with batch, channels and 1 to 3 spatial axes, not shape [6, 8].',
    );
  });

  it('tells which weight does not fit', () => {
    const builder = new GraphBuilder('m');
    const x = builder.input('x', [1, 8, 8, 8]);
    const weight = builder.stored('w', 'parameter', [16, 8, 3, 3]);
    expect(() => builder.add('conv', [x, weight], { outChannels: 16, kernel: 3, groups: 2, bias: false })).toThrow(
      "layer 'conv': the weight has shape 16x8x3x3, the input, outChannels, kernel and groups 2 need 16x4x3x3. Give a weight [out, in / groups, …kernel].",
    );
  });
});

describe('convTranspose', () => {
  it('multiplies each input element with each weight of its channel (torch FlopCounterMode)', () => {
    const attributes = { outChannels: 64, kernel: 4, stride: 2, padding: 1 };
    const built = build('convTranspose', { inputs: [[1, 128, 16, 16]], attributes });
    expect(built.call.outputs[0]?.shape).toEqual([1, 64, 32, 32]);
    const madds = 128 * 16 * 16 * 64 * 16;
    expect(built.op.arithmetic(built.call)).toEqual({ madds, flops: 2 * madds + 64 * 32 * 32 });
    expect(built.params).toBe(128 * 64 * 16 + 64);
    expect(built.call.inputs[1]?.shape).toEqual([128, 64, 4, 4]);
  });

  it('costs as much as the convolution that it turns round', () => {
    const down = arithmeticOf('conv', [[1, 12, 16, 16]], {
      outChannels: 8,
      kernel: 2,
      stride: 2,
      groups: 4,
      bias: false,
    });
    const up = arithmeticOf('convTranspose', [[1, 8, 8, 8]], {
      outChannels: 12,
      kernel: 2,
      stride: 2,
      groups: 4,
      bias: false,
    });
    expect(up).toEqual(down);
  });

  it('tells which weight does not fit', () => {
    const builder = new GraphBuilder('m');
    const x = builder.input('x', [1, 8, 8, 8]);
    const weight = builder.stored('w', 'parameter', [16, 8, 2, 2]);
    expect(() => builder.add('convTranspose', [x, weight], { outChannels: 16, kernel: 2, bias: false })).toThrow(
      "layer 'convTranspose': the weight has shape 16x8x2x2, the input, outChannels, kernel and groups 1 need 8x16x2x2. Give a weight [in, out / groups, …kernel].",
    );
  });
});

describe('deformableConv', () => {
  const attributes = { outChannels: 8, kernel: 3, padding: 1, bias: false };

  it('multiplies as a convolution does and samples its input by linear interpolation', () => {
    const inputs = [[2, 4, 7, 5], undefined, undefined, [2, 18, 7, 5]];
    const plain = arithmeticOf('conv', [[2, 4, 7, 5]], attributes);
    expect(shapesOf('deformableConv', inputs, attributes)).toEqual(['2x8x7x5']);
    expect(arithmeticOf('deformableConv', inputs, attributes)).toEqual({
      madds: plain.madds,
      flops: plain.flops + 2 * 4 * 9 * 35 * 7,
    });
    const masked = arithmeticOf('deformableConv', [...inputs, [2, 9, 7, 5]], attributes);
    expect(masked.flops).toBe(plain.flops + 2 * 4 * 9 * 35 * 8);
  });

  it('tells which offsets it needs', () => {
    expect(errorOf('deformableConv', [[2, 4, 7, 5], undefined, undefined, [2, 9, 7, 5]], attributes)).toBe(
      'offsets of shape 2x9x7x5 do not fit, 2x18x7x5 is needed.',
    );
  });
});

describe('linear', () => {
  it('counts the classifier of ResNet-50', () => {
    const built = build('linear', { inputs: [[1, 2048]], attributes: { outFeatures: 1000 } });
    expect(built.op.arithmetic(built.call)).toEqual({ madds: 2_048_000, flops: 4_097_000 });
    expect(built.params).toBe(2_049_000);
    expect(memoryAccessCost(built)).toBe(2048 + 1000 + 2_048_000);
  });

  it('works on the last axis of any rank but a scalar', () => {
    expect(shapesOf('linear', [[7]], { outFeatures: 3 })).toEqual(['3']);
    expect(shapesOf('linear', [[2, 5, 7]], { outFeatures: 3 })).toEqual(['2x5x3']);
    expect(errorOf('linear', [[]], { outFeatures: 3 })).toBe(
      'linear takes an input with at least one axis, not a scalar.',
    );
    const builder = new GraphBuilder('m');
    const weight = builder.stored('w', 'parameter', [7, 3]);
    expect(() => builder.add('linear', [builder.input('x', [2, 7]), weight], { outFeatures: 3, bias: false })).toThrow(
      "layer 'linear': the weight has shape 7x3, 7 input and 3 output features need 3x7. Give a weight [out, in] that fits the last axis of the input.",
    );
  });
});
