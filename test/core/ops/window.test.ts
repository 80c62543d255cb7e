import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolvePadding, transposedOutput, windowOutput } from '../../../src/core/ops/convolution/window.js';
import { errorOf, shapesOf } from './sample-calls.js';

const PLAIN = { stride: 1, padding: 0, dilation: 1 };

const size = fc.integer({ min: 1, max: 40 });
const small = fc.integer({ min: 1, max: 6 });
const pad = fc.integer({ min: 0, max: 4 });

/** Window starts, walked one by one: the definition that the closed form has to match. */
function walk(
  input: number,
  kernel: number,
  stride: number,
  begin: number,
  end: number,
  dilation: number,
  ceil: boolean,
) {
  const window = dilation * (kernel - 1) + 1;
  let count = 0;
  for (let start = -begin; ; start += stride) {
    const fits = start + window <= input + end;
    // With ceil mode a window may hang over the end, if it starts inside the input or its left padding.
    const hangs = ceil && start < input && start - stride + window < input + end;
    if (!fits && !(hangs && start > -begin)) return count;
    count++;
  }
}

describe('sliding windows', () => {
  it('count the positions that a walk finds, floor and ceil mode', () => {
    fc.assert(
      fc.property(
        size,
        small,
        small,
        pad,
        pad,
        small,
        fc.boolean(),
        (input, kernel, stride, begin, end, dilation, ceil) => {
          const window = dilation * (kernel - 1) + 1;
          // Padding smaller than the window, as torch and onnxruntime demand.
          fc.pre(input + begin + end >= window && end < window);
          const attributes = { kernel: [kernel], stride: [stride], padding: [[begin, end]], dilation: [dilation] };
          const [output] = windowOutput([input], { ...attributes, ceilMode: ceil });
          expect(output).toBe(walk(input, kernel, stride, begin, end, dilation, ceil));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it.each([
    // torch.nn.MaxPool2d(3, 2, 1, ceil_mode=…) on 112, 113; (2, 2) on 7; the ONNX ceil example 4 → 2 with kernel 3.
    [112, { kernel: 3, stride: 2, padding: 1 }, 56],
    [113, { kernel: 3, stride: 2, padding: 1 }, 57],
    [7, { kernel: 2, stride: 2 }, 3],
    [7, { kernel: 2, stride: 2, ceilMode: true }, 4],
    [4, { kernel: 3, stride: 2, ceilMode: true }, 2],
    [3, { kernel: 1, stride: 3, padding: 0, ceilMode: true }, 1],
    // The last window would start in the right padding: dropped.
    [3, { kernel: 2, stride: 2, padding: 1, ceilMode: true }, 2],
    [5, { kernel: 2, stride: 3, padding: 1, ceilMode: true }, 2],
    [224, { kernel: 7, stride: 2, padding: 3 }, 112],
    [10, { kernel: 3, dilation: 2 }, 6],
  ])('of %j by %j give %j', (input, attributes, output) => {
    expect(windowOutput([input], { ...PLAIN, ...attributes })).toEqual([output]);
  });

  it('with same padding cover ceil(in / stride), the odd element after (same) or before (sameLower)', () => {
    fc.assert(
      fc.property(size, small, small, small, (input, kernel, stride, dilation) => {
        const output = Math.ceil(input / stride);
        for (const padding of ['same', 'sameLower'] as const) {
          expect(windowOutput([input], { kernel, stride, dilation, padding })).toEqual([output]);
          const [[begin, end] = [0, 0]] = resolvePadding(padding, [input], [kernel], [stride], [dilation]);
          expect(windowOutput([input], { kernel, stride, dilation, padding: [[begin, end]] })).toEqual([output]);
          expect(padding === 'same' ? end - begin : begin - end).toBeOneOf([0, 1]);
        }
      }),
    );
  });

  it('same padding of TensorFlow: 224 by 3, stride 2, is padded by 0 and 1', () => {
    expect(resolvePadding('same', [224], [3], [2], [1])).toEqual([[0, 1]]);
    expect(resolvePadding('sameLower', [224], [3], [2], [1])).toEqual([[1, 0]]);
    expect(resolvePadding('same', [225], [3], [2], [1])).toEqual([[1, 1]]);
  });

  it('say what does not fit', () => {
    expect(errorOf('conv', [[1, 3, 2, 8]], { outChannels: 1, kernel: 3 })).toBe(
      'a window of 3 does not fit into 2 + 0 padding on spatial axis 0. Use a larger input, a smaller kernel or more padding.',
    );
    expect(errorOf('maxPool', [[1, 3, 8, 8]], { kernel: [2, 2, 2] })).toBe(
      'kernel has 3 values for 2 spatial axes. Give one number or 2 of them.',
    );
    expect(errorOf('avgPool', [[1, 3, 8, 8]], { kernel: [2, 0] })).toBe(
      "avgPool's 'kernel' is [2,0], not a whole number of at least 1 or a list of whole numbers of at least 1.",
    );
    expect(errorOf('conv', [[1, 3, 8, 8]], { outChannels: 1, kernel: 3, stride: [1] })).toBe(
      'stride has 1 values for 2 spatial axes. Give one number or 2 of them.',
    );
    expect(errorOf('conv', [[1, 3, 8, 8]], { outChannels: 1, kernel: 3, padding: [1, 1, 1] })).toBe(
      'padding has 3 entries for 2 spatial axes. Give one number, 2 numbers, or 2 [begin, end] pairs.',
    );
    expect(errorOf('avgPool', [[3, 8]], { kernel: 3 })).toBe(
      'pooling takes an input with batch, channels and 1 to 3 spatial axes, not shape [3, 8].',
    );
  });
});

describe('transposed windows', () => {
  it('undo a convolution of the same window, up to the output padding', () => {
    fc.assert(
      fc.property(size, small, small, pad, small, (input, kernel, stride, padding, dilation) => {
        const window = dilation * (kernel - 1) + 1;
        fc.pre(input + 2 * padding >= window);
        const [down = 0] = windowOutput([input], { kernel, stride, padding, dilation });
        const rest = (input + 2 * padding - window) % stride;
        const attributes = { kernel, stride, padding, dilation, outputPadding: rest };
        expect(transposedOutput([down], attributes)).toEqual([input]);
      }),
    );
  });

  it.each([
    // torch.nn.ConvTranspose2d: 16 by 4, 2, 1 → 32; 7 by 3, 2, 1, output padding 1 → 14; tf.conv2d_transpose SAME.
    [16, { kernel: 4, stride: 2, padding: 1 }, 32],
    [7, { kernel: 3, stride: 2, padding: 1, outputPadding: 1 }, 14],
    [7, { kernel: 3, stride: 3, padding: 'same' as const }, 21],
    [1, { kernel: 7 }, 7],
    [4, { kernel: 3, stride: 2, dilation: 2 }, 11],
  ])('of %j by %j give %j', (input, attributes, output) => {
    expect(transposedOutput([input], { ...PLAIN, outputPadding: 0, ...attributes })).toEqual([output]);
  });

  it('say when padding leaves nothing', () => {
    expect(errorOf('convTranspose', [[1, 3, 1, 1]], { outChannels: 1, kernel: 2, padding: 1 })).toBe(
      'padding 1 + 1 leaves nothing of spatial axis 0 (input 1, window 2). Use less padding or a larger input.',
    );
    expect(
      shapesOf(
        'maxUnpool',
        [
          [1, 3, 4, 4],
          [1, 3, 4, 4],
        ],
        { kernel: 2 },
      ),
    ).toEqual(['1x3x8x8']);
    expect(
      shapesOf(
        'maxUnpool',
        [
          [1, 3, 4, 4],
          [1, 3, 4, 4],
        ],
        { kernel: 2, outputSize: 9 },
      ),
    ).toEqual(['1x3x9x9']);
  });
});
