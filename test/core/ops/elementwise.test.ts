import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPS } from '../../../src/core/ops/index.js';
import { arithmeticOf, build, errorOf, shapesOf } from './sample-calls.js';

const evaluate = (name: string, attributes: Record<string, unknown>, ...operands: number[]) =>
  OPS.get(name)?.evaluate?.(attributes, ...operands);

describe('activations', () => {
  // Values of the definitions in torch.nn and ONNX, computed with Python's math.
  it.each([
    ['relu', {}, -1, 0],
    ['relu6', {}, 7, 6],
    ['squaredRelu', {}, 3, 9],
    ['leakyRelu', {}, -2, -0.02],
    ['leakyRelu', { alpha: 0.2 }, -2, -0.4],
    ['thresholdedRelu', {}, 0.5, 0],
    ['thresholdedRelu', { alpha: 0.1, value: 20 }, 0, 20],
    ['elu', {}, -1, -0.6321205588285577],
    ['elu', { alpha: 2 }, -1, -1.2642411176571153],
    ['selu', {}, -1, -1.1113307378125625],
    ['selu', {}, 1, 1.0507009873554805],
    ['celu', { alpha: 2 }, -1, -0.7869386805747332],
    ['gelu', {}, 1, 0.8413447460685429],
    ['gelu', {}, -3, -0.004049694094890287],
    ['gelu', { approximate: 'tanh' }, 1, 0.8411919906082768],
    ['quickGelu', {}, 1, 0.8457957659328212],
    ['sigmoid', {}, 2, 0.8807970779778823],
    ['sigmoid', {}, -800, 0],
    ['hardSigmoid', {}, 1, 0.6666666666666666],
    ['hardSigmoid', { alpha: 0.2 }, 1, 0.7],
    ['logSigmoid', {}, -1, -1.3132616875182228],
    ['logSigmoid', {}, -800, -800],
    ['tanh', {}, 0.5, 0.46211715726000974],
    ['hardTanh', {}, -3, -1],
    ['hardTanh', { min: -2, max: 2 }, 3, 2],
    ['clip', { min: 1 }, 0, 1],
    ['clip', { max: 1 }, 3, 1],
    ['clip', {}, 3, 3],
    ['silu', {}, 1, 0.7310585786300049],
    ['hardSwish', {}, 1, 0.6666666666666666],
    ['mish', {}, 1, 0.8650983882673103],
    ['softplus', {}, 1, 1.3132616875182228],
    ['softplus', { beta: 2 }, 1, 1.0634640055214863],
    ['softplus', {}, 800, 800],
    ['softsign', {}, -3, -0.75],
    ['softShrink', {}, 0.7, 0.2],
    ['softShrink', {}, -0.2, 0],
    ['hardShrink', {}, 0.7, 0.7],
    ['hardShrink', { lambda: 1.5, bias: 1.5 }, -2, -0.5],
    ['tanhShrink', {}, 1, 0.23840584404423515],
    ['squarePlus', {}, 0, 1],
    ['sparsePlus', {}, 0, 0.25],
    ['sparseSigmoid', {}, 0, 0.5],
  ])('%s %j of %d is %d', (name, attributes, x, y) => {
    expect(evaluate(name, attributes, x)).toBeCloseTo(y, 12);
  });

  it('prelu scales what is negative', () => {
    expect([evaluate('prelu', {}, -2, 0.25), evaluate('prelu', {}, 2, 0.25)]).toEqual([-0.5, 2]);
    expect(build('prelu', { inputs: [[1, 8, 4]], attributes: { slopes: 8 } }).params).toBe(8);
    expect(errorOf('prelu', [[1, 8, 4]], { slopes: 3 })).toBe('shapes 1x8x4 and 3 do not broadcast.');
    expect(errorOf('prelu', [[]], { slopes: 3 })).toBe(
      'slopes of shape 3 do not fit an input of shape scalar. Give 1 slope or 1, one for each channel.',
    );
  });

  it('glu halves an axis', () => {
    expect(shapesOf('glu', [[2, 8, 4]], { axis: 1 })).toEqual(['2x4x4']);
    expect(arithmeticOf('glu', [[2, 8]])).toEqual({ madds: 0, flops: 5 * 8 });
    expect(errorOf('glu', [[2, 7]])).toBe('glu halves axis 1, whose size 7 is odd. Choose an axis of even size.');
  });
});

describe('unary ops', () => {
  it.each([
    ['erf', 0.5, 0.5204998778130465],
    ['erf', -2, -0.9953222650189527],
    ['erf', 2.5, 0.999593047982555],
    ['erf', 4, 0.9999999845827421],
    ['erf', 7, 1],
    ['erfinv', 0.5, 0.4769362762044699],
    ['erfinv', -0.99, -1.8213863677184496],
    ['lgamma', 0.3, 1.0957979948180756],
    ['lgamma', -2.5, -0.056243716497674054],
    ['lgamma', 12, 17.502307845873887],
    ['digamma', 0.3, -3.502524222200133],
    ['digamma', 7, 1.8727843350984672],
    ['besselI0', 2.5, 3.2898391440501231],
    ['round', 2.5, 2],
    ['round', 3.5, 4],
    ['round', -2.5, -2],
    ['round', -0.4, 0],
    ['sign', -3, -1],
    ['not', 0, 1],
    ['not', 5, 0],
    ['bitNot', 5, -6],
    ['isNaN', Number.NaN, 1],
    ['isInf', Number.NEGATIVE_INFINITY, 1],
    ['isInf', 1, 0],
    ['rsqrt', 4, 0.5],
    ['trunc', -1.7, -1],
    ['log2', 8, 3],
  ])('%s of %d is %d', (name, x, y) => {
    expect(Math.abs((evaluate(name, {}, x) as number) - y)).toBeLessThan(1e-13);
  });

  it('cost 1 each', () => {
    expect(arithmeticOf('exp', [[2, 3, 4]])).toEqual({ madds: 0, flops: 24 });
    expect(build('isNaN', { inputs: [[2]] }).call.outputs[0]?.dtype).toBe('bool');
  });
});

describe('binary ops', () => {
  it.each([
    ['sub', {}, 5, 3, 2],
    ['div', {}, 7, 2, 3.5],
    ['div', { rounding: 'floor' }, -7, 2, -4],
    ['div', { rounding: 'trunc' }, -7, 2, -3],
    ['floorDiv', {}, -7, 2, -4],
    ['mod', {}, -7, 3, 2],
    ['mod', { truncated: true }, -7, 3, -1],
    ['pow', {}, 2, 10, 1024],
    ['min', {}, 2, 10, 2],
    ['max', {}, 2, 10, 10],
    ['equal', {}, 2, 2, 1],
    ['notEqual', {}, 2, 2, 0],
    ['less', {}, 2, 3, 1],
    ['lessEqual', {}, 3, 3, 1],
    ['greater', {}, 2, 3, 0],
    ['greaterEqual', {}, 3, 3, 1],
    ['and', {}, 2, 0, 0],
    ['or', {}, 2, 0, 1],
    ['xor', {}, 2, 1, 0],
    ['bitAnd', {}, 2 ** 40 + 6, 2 ** 40 + 3, 2 ** 40 + 2],
    ['bitOr', {}, 6, 3, 7],
    ['bitXor', {}, -1, 3, -4],
    ['bitShiftLeft', {}, 1, 40, 2 ** 40],
    ['bitShiftRight', {}, -5, 1, -3],
  ])('%s %j of %d and %d is %d', (name, attributes, x, y, z) => {
    expect(evaluate(name, attributes, x, y)).toBe(z);
  });

  it.each([
    ['float32', 'float32', [2], [2], 'float32'],
    ['int64', 'float16', [2], [2], 'float16'],
    ['int32', 'int64', [2], [2], 'int64'],
    ['float32', 'float64', [2], [], 'float32'],
    ['float16', 'bfloat16', [2], [2], 'float32'],
    ['bool', 'int8', [2], [2], 'int8'],
    ['int64', 'float16', [2], [], 'float16'],
  ] as const)('promote %s and %s of shapes %j and %j to %s', (left, right, leftShape, rightShape, result) => {
    const inputs = [
      { shape: leftShape, dtype: left },
      { shape: rightShape, dtype: right },
    ];
    expect(build('add', { inputs }).call.outputs[0]?.dtype).toBe(result);
    expect(build('less', { inputs }).call.outputs[0]?.dtype).toBe('bool');
    expect(build('where', { inputs: [[2], ...inputs] }).call.outputs[0]?.dtype).toBe(result);
  });

  it('broadcast as numpy does, the order of operands aside', () => {
    expect(
      shapesOf('add', [
        [8, 1, 6, 1],
        [7, 1, 5],
      ]),
    ).toEqual(['8x7x6x5']);
    expect(shapesOf('mul', [[], [3]])).toEqual(['3']);
    expect(shapesOf('mul', [[0], [1]])).toEqual(['0']);
    expect(
      errorOf('add', [
        [2, 3],
        [2, 4],
      ]),
    ).toBe('shapes 2x3 and 2x4 do not broadcast.');
    const axes = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom('left', 'right', 'both')), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(axes, (sizes) => {
        const left = sizes.map(([size, has]) => (has === 'right' ? 1 : size));
        const right = sizes.map(([size, has]) => (has === 'left' ? 1 : size));
        const expected = sizes.map(([size]) => size);
        expect(build('add', { inputs: [left, right] }).call.outputs[0]?.shape).toEqual(expected);
        expect(build('add', { inputs: [right, left] }).call.outputs[0]?.shape).toEqual(expected);
      }),
    );
  });
});

describe('where, cast, quantize', () => {
  it('choose and convert', () => {
    expect([evaluate('where', {}, 1, 5, 6), evaluate('where', {}, 0, 5, 6)]).toEqual([5, 6]);
    expect(shapesOf('where', [[4, 1], [3], []])).toEqual(['4x3']);
    expect([evaluate('cast', { to: 'int32' }, -2.7), evaluate('cast', { to: 'bool' }, 3)]).toEqual([-2, 1]);
    expect(evaluate('cast', { to: 'float16' }, 0.5)).toBe(0.5);
    expect(build('quantize', { inputs: [[4]] }).call.outputs[0]?.dtype).toBe('int8');
    expect(build('quantize', { inputs: [[4]], attributes: { to: 'uint8' } }).call.outputs[0]?.dtype).toBe('uint8');
    expect(build('dequantize', { inputs: [{ shape: [4], dtype: 'int8' }] }).call.outputs[0]?.dtype).toBe('float32');
    expect(arithmeticOf('fakeQuantize', [[4]]).flops).toBe(
      arithmeticOf('quantize', [[4]]).flops + arithmeticOf('dequantize', [[4]]).flops,
    );
  });
});
