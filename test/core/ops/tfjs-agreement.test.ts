import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { OPS } from '../../../src/core/ops/index.js';
import { build } from './sample-calls.js';

/** A second opinion: shapes and values as TensorFlow.js has them. */

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const size = fc.integer({ min: 1, max: 12 });
const small = fc.integer({ min: 1, max: 4 });
const padding = fc.constantFrom('same' as const, 'valid' as const);

const shapeOf = (name: string, inputs: number[][], attributes: Record<string, unknown>) =>
  build(name, { inputs, attributes: { ...attributes, layout: 'channelsLast' } }).call.outputs[0]?.shape;

describe('window ops', () => {
  it('give the shapes of tfjs', () => {
    fc.assert(
      fc.property(size, size, small, small, padding, (height, width, kernel, stride, pad) => {
        fc.pre(pad === 'same' || (height >= kernel && width >= kernel));
        tf.tidy(() => {
          const x = tf.zeros<tf.Rank.R4>([1, height, width, 2]);
          const input = [...x.shape];
          const attributes = { kernel, stride, padding: pad };
          const conv = tf.conv2d(x, tf.zeros<tf.Rank.R4>([kernel, kernel, 2, 3]), stride, pad);
          expect(shapeOf('conv', [input], { ...attributes, outChannels: 3 })).toEqual(conv.shape);
          expect(shapeOf('maxPool', [input], attributes)).toEqual(tf.maxPool(x, kernel, stride, pad).shape);
          expect(shapeOf('avgPool', [input], attributes)).toEqual(tf.avgPool(x, kernel, stride, pad).shape);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('transposed give shapes that a convolution of tfjs takes back to the input', () => {
    fc.assert(
      fc.property(size, size, small, small, padding, (height, width, kernel, stride, pad) => {
        const attributes = { kernel, stride, padding: pad, outChannels: 3 };
        const output = shapeOf('convTranspose', [[1, height, width, 2]], attributes) as [
          number,
          number,
          number,
          number,
        ];
        tf.tidy(() => {
          const filter = tf.zeros<tf.Rank.R4>([kernel, kernel, 3, 2]);
          const back = tf.conv2d(tf.zeros<tf.Rank.R4>(output), filter, stride, pad);
          expect(back.shape).toEqual([1, height, width, 2]);
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe('elementwise ops', () => {
  const UNARY: Record<string, (x: tf.Tensor) => tf.Tensor> = {
    relu: tf.relu,
    relu6: tf.relu6,
    elu: tf.elu,
    selu: tf.selu,
    sigmoid: tf.sigmoid,
    tanh: tf.tanh,
    softplus: tf.softplus,
    logSigmoid: tf.logSigmoid,
    exp: tf.exp,
    expm1: tf.expm1,
    log: tf.log,
    log1p: tf.log1p,
    sqrt: tf.sqrt,
    rsqrt: tf.rsqrt,
    square: tf.square,
    abs: tf.abs,
    neg: tf.neg,
    reciprocal: tf.reciprocal,
    erf: tf.erf,
    floor: tf.floor,
    ceil: tf.ceil,
    round: tf.round,
    sign: tf.sign,
    sin: tf.sin,
    cos: tf.cos,
    tan: tf.tan,
    asin: tf.asin,
    acos: tf.acos,
    atan: tf.atan,
    sinh: tf.sinh,
    cosh: tf.cosh,
    asinh: tf.asinh,
    acosh: tf.acosh,
    atanh: tf.atanh,
  };
  const POINTS = [-3.5, -2.5, -1.25, -1, -0.5, -0.1, 0.1, 0.5, 0.75, 1, 1.5, 2.5, 3.5];

  it.each(Object.entries(UNARY))('%s has the values of tfjs', (name, apply) => {
    const values = tf.tidy(() => [...apply(tf.tensor1d(POINTS, 'float32')).dataSync()]);
    POINTS.forEach((x, i) => {
      const [ours, theirs] = [OPS.get(name)?.evaluate?.({}, Math.fround(x)) as number, values[i] as number];
      if (Number.isNaN(ours)) expect(theirs).toBeNaN();
      else if (!Number.isFinite(ours)) expect(theirs).toBe(ours);
      else expect(Math.abs(ours - theirs)).toBeLessThan(2e-6 * Math.max(Math.abs(ours), 1));
    });
  });

  it.each([
    ['div', tf.div],
    ['floorDiv', tf.floorDiv],
    ['mod', tf.mod],
    ['pow', tf.pow],
    ['min', tf.minimum],
    ['max', tf.maximum],
    ['atan2', tf.atan2],
    ['less', tf.less],
    ['greaterEqual', tf.greaterEqual],
  ] as const)('%s has the values of tfjs', (name, apply) => {
    for (const x of [-7, -2, 3, 8]) {
      for (const y of [-3, 2, 5]) {
        const value = tf.tidy(() => apply(tf.scalar(x), tf.scalar(y)).dataSync()[0] as number);
        expect(OPS.get(name)?.evaluate?.({}, x, y)).toBeCloseTo(value, 5);
      }
    }
  });
});
