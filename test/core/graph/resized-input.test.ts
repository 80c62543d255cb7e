import { expect, test } from 'vitest';
import { resizedInput } from '../../../src/core/graph/resized-input.js';
import { GraphBuilder } from '../../../src/core/index.js';

const resized = (...shape: number[]) => {
  const builder = new GraphBuilder('net');
  return resizedInput(builder.finish([builder.add('relu', [builder.input('x', shape)])]), 96);
};

test.each([
  [
    [1, 3, 224, 224],
    [1, 3, 96, 96],
  ],
  [
    [2, 224, 200, 3],
    [2, 96, 96, 3],
  ],
  [
    [1, 256, 56, 56],
    [1, 256, 96, 96],
  ],
  [
    [1, 56, 56, 256],
    [1, 96, 96, 256],
  ],
  [
    [1, 3, 3, 3],
    [1, 3, 96, 96],
  ],
])('an input of %j has images of another side as %j', (shape, expected) => {
  expect(resized(...shape)).toEqual(expected);
});

test('what is no image, or may be either, is refused', () => {
  expect(() => resized(1, 10, 16)).toThrow("model 'net' does not take images: its first input is 1x10x16");
  expect(() => resized(1, 33, 30, 6)).toThrow("which axes of the input 1x33x30x6 of 'net' are an image's sides");
});
