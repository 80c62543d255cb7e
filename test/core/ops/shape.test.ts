import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sliceLength } from '../../../src/core/ops/indexing/slice.js';
import { build, errorOf, memoryAccessCost, shapesOf } from './sample-calls.js';

type Row = [string, number[][], Record<string, unknown>, string[]];

describe('shapes of views and moves', () => {
  it.each<Row>([
    ['reshape', [[2, 3, 4]], { shape: [0, -1] }, ['2x12']],
    ['reshape', [[2, 3, 4]], { shape: [-1, 0, 2] }, ['4x3x2']],
    ['reshape', [[6]], { shape: [2, 3] }, ['2x3']],
    ['reshape', [[1]], { shape: [] }, ['scalar']],
    ['reshape', [[]], { shape: [-1] }, ['1']],
    ['reshape', [[0, 3]], { shape: [3, 0], allowZero: true }, ['3x0']],
    ['reshape', [[0, 3]], { shape: [-1, 5] }, ['0x5']],
    ['flatten', [[2, 3, 4, 5]], {}, ['2x60']],
    ['flatten', [[2, 3, 4, 5]], { startAxis: 0, endAxis: -2 }, ['24x5']],
    ['flatten', [[2]], { startAxis: 0 }, ['2']],
    ['flatten', [[]], {}, ['1']],
    ['transpose', [[2, 3, 4]], {}, ['4x3x2']],
    ['transpose', [[2, 3, 4]], { permutation: [0, -1, 1] }, ['2x4x3']],
    ['transpose', [[]], {}, ['scalar']],
    ['expand', [[3, 1]], { shape: [2, -1, 4] }, ['2x3x4']],
    ['expand', [[3, 4]], { shape: [1] }, ['3x4']],
    ['expand', [[]], { shape: [2, 2] }, ['2x2']],
    ['squeeze', [[1, 2, 1, 3]], {}, ['2x3']],
    ['squeeze', [[1, 2, 1, 3]], { axes: [-2] }, ['1x2x3']],
    ['unsqueeze', [[2, 3]], { axes: [0, -1] }, ['1x2x3x1']],
    ['unsqueeze', [[]], { axes: [0] }, ['1']],
    ['slidingWindow', [[2, 9]], { axis: 1, size: 3, step: 2 }, ['2x4x3']],
    [
      'concat',
      [
        [2, 3],
        [2, 4],
      ],
      {},
      ['2x7'],
    ],
    [
      'concat',
      [
        [2, 3],
        [5, 3],
      ],
      { axis: -2 },
      ['7x3'],
    ],
    [
      'stack',
      [
        [2, 3],
        [2, 3],
      ],
      {},
      ['2x2x3'],
    ],
    [
      'stack',
      [
        [2, 3],
        [2, 3],
        [2, 3],
      ],
      { axis: -1 },
      ['2x3x3'],
    ],
    ['stack', [[], []], {}, ['2']],
    ['split', [[2, 6]], { sizes: [1, 2, 3] }, ['2x1', '2x2', '2x3']],
    ['split', [[6, 2]], { axis: 0, sizes: [6, 0] }, ['6x2', '0x2']],
    ['slice', [[10, 8]], { starts: [2], ends: [-1] }, ['7x8']],
    ['slice', [[10, 8]], { axes: [-1], starts: [-3], ends: [2 ** 53], steps: [2] }, ['10x2']],
    ['slice', [[10]], { starts: [-1], ends: [-11], steps: [-1] }, ['10']],
    ['slice', [[10]], { starts: [5], ends: [3] }, ['0']],
    [
      'pad',
      [[2, 3]],
      {
        pads: [
          [1, 0],
          [0, 2],
        ],
      },
      ['3x5'],
    ],
    [
      'pad',
      [[2, 3]],
      {
        pads: [
          [0, -1],
          [-1, -1],
        ],
      },
      ['1x1'],
    ],
    [
      'pad',
      [[2, 3]],
      {
        pads: [
          [1, 1],
          [2, 2],
        ],
        mode: 'reflect',
      },
      ['4x7'],
    ],
    ['tile', [[2, 3]], { repeats: [2, 1, 2] }, ['2x2x6']],
    ['tile', [[2, 3]], { repeats: [0, 1] }, ['0x3']],
    ['repeatInterleave', [[2, 3]], { repeats: 4, axis: -1 }, ['2x12']],
    ['roll', [[2, 3]], { shifts: [1] }, ['2x3']],
    ['flip', [[2, 3]], { axes: [0, 1] }, ['2x3']],
    ['triangle', [[4, 2, 3]], { upper: false, diagonal: -1 }, ['4x2x3']],
    [
      'gather',
      [
        [5, 6, 7],
        [2, 3],
      ],
      { axis: 1 },
      ['5x2x3x7'],
    ],
    ['gather', [[5, 6], []], {}, ['6']],
    [
      'gather',
      [
        [2, 5, 6],
        [2, 3],
      ],
      { axis: 1, batchAxes: 1 },
      ['2x3x6'],
    ],
    [
      'gatherElements',
      [
        [3, 4],
        [3, 2],
      ],
      { axis: 1 },
      ['3x2'],
    ],
    [
      'gatherNd',
      [
        [4, 5, 6],
        [7, 2],
      ],
      {},
      ['7x6'],
    ],
    [
      'gatherNd',
      [
        [4, 5, 6],
        [4, 7, 1],
      ],
      { batchAxes: 1 },
      ['4x7x6'],
    ],
    [
      'scatterElements',
      [
        [3, 4],
        [3, 2],
        [3, 2],
      ],
      { axis: 1 },
      ['3x4'],
    ],
    [
      'scatterNd',
      [
        [4, 5],
        [3, 1],
        [3, 5],
      ],
      {},
      ['4x5'],
    ],
    ['oneHot', [[2, 3]], { depth: 5 }, ['2x3x5']],
    ['oneHot', [[2, 3]], { depth: 5, axis: 0 }, ['5x2x3']],
    ['nonZero', [[2, 3]], {}, ['2x6']],
    ['nonZero', [[2, 3]], { count: 4 }, ['2x4']],
    ['range', [], { limit: 5 }, ['5']],
    ['range', [], { start: 10, limit: 1, step: -3 }, ['3']],
    ['range', [], { start: 3, limit: 1 }, ['0']],
    ['fill', [], { shape: [], value: 0 }, ['scalar']],
    ['pixelShuffle', [[1, 12, 2, 3]], { factor: 2 }, ['1x3x4x6']],
    ['pixelShuffle', [[1, 2, 3, 12]], { factor: 2, layout: 'channelsLast' }, ['1x4x6x3']],
    ['pixelUnshuffle', [[1, 3, 4, 6]], { factor: 2 }, ['1x12x2x3']],
    ['unfold', [[2, 3, 8, 8]], { kernel: 3, padding: 1 }, ['2x27x64']],
    ['fold', [[2, 12, 16]], { outputSize: [8, 8], kernel: 2, stride: 2 }, ['2x3x8x8']],
  ])('%s of %j by %j', (name, inputs, attributes, shapes) => {
    expect(shapesOf(name, inputs, attributes)).toEqual(shapes);
  });

  it.each<[string, number[][], Record<string, unknown>, string]>([
    [
      'reshape',
      [[2, 3]],
      { shape: [4, -1] },
      '6 elements of 2x3 do not fit into [4, -1]. Give a shape with as many elements, or -1 for the size to infer.',
    ],
    ['reshape', [[2, 3]], { shape: [-1, -1] }, 'reshape to [-1, -1] leaves two sizes open. Give at most one -1.'],
    ['reshape', [[2]], { shape: [2, 0] }, '0 on axis 1 copies a size that the input 2 does not have.'],
    [
      'reshape',
      [[0, 3]],
      { shape: [0, -1] },
      '0 elements of 0x3 do not fit into [0, -1]. Give a shape with as many elements, or -1 for the size to infer.',
    ],
    ['flatten', [[2, 3, 4]], { startAxis: 2, endAxis: 1 }, 'flatten starts at axis 2, after its end at axis 1.'],
    ['flatten', [[2]], {}, 'axis 1 is outside a tensor of 1 axes. Give -1 to 0.'],
    [
      'transpose',
      [[2, 3]],
      { permutation: [0, 0] },
      "permutation [0, 0] does not name each of the input's 2 axes once.",
    ],
    ['transpose', [[2, 3]], { permutation: [0, 2] }, 'axis 2 is outside a tensor of 2 axes. Give -2 to 1.'],
    [
      'expand',
      [[3]],
      { shape: [-1, 3] },
      '-1 on axis 0 keeps a size that the input 3 does not have. Give the size of an axis that expand adds.',
    ],
    ['expand', [[3]], { shape: [4] }, 'shapes 3 and 4 do not broadcast.'],
    ['squeeze', [[1, 2]], { axes: [1] }, 'axis 1 has size 2. Squeeze only axes of size 1.'],
    ['unsqueeze', [[2]], { axes: [0, -3] }, 'axes [0, -3] name an axis twice. Name each axis once.'],
    ['unsqueeze', [[]], { axes: [2] }, 'axis 2 is outside a tensor of 1 axes. Give -1 to 0.'],
    ['slidingWindow', [[2, 3]], { axis: 1, size: 4 }, 'windows of 4 do not fit into 3 elements of axis 1.'],
    [
      'concat',
      [
        [2, 3],
        [3, 3],
      ],
      {},
      'concat along axis 1 needs equal other axes, not 2x3 and 3x3. Make them alike beside axis 1, or join along another axis.',
    ],
    ['concat', [[], []], { axis: 0 }, 'axis 0 is outside a scalar, which has no axes.'],
    [
      'stack',
      [
        [2, 3],
        [3, 3],
      ],
      {},
      'stack needs inputs of one shape, not 2x3 and 3x3. Use concat to join along an axis that is there.',
    ],
    [
      'split',
      [[2, 6]],
      { sizes: [1, 2] },
      'parts of sizes 1 + 2 make 3, axis 1 has 6. Give sizes that make up the axis.',
    ],
    [
      'slice',
      [[10]],
      { starts: [0], ends: [1, 2] },
      'slice has 1 starts, 2 ends, 1 axes and 1 steps. Give as many of each.',
    ],
    ['slice', [[10]], { starts: [0], ends: [1], steps: [0] }, 'slice has step 0 on axis 0. Give a step other than 0.'],
    [
      'slice',
      [[10]],
      { starts: [0, 0], ends: [1, 1], axes: [0, -1] },
      'axes [0, -1] name an axis twice. Name each axis once.',
    ],
    [
      'pad',
      [[2, 3]],
      { pads: [[1, 1]] },
      'pads has 1 entries for 2 axes. Give [begin, end] for each axis, [0, 0] where nothing is padded.',
    ],
    ['pad', [[2]], { pads: [[-1, -2]] }, 'pads [-1, -2] cut more than the 2 of axis 0.'],
    [
      'pad',
      [[2]],
      { pads: [[2, 0]], mode: 'reflect' },
      'reflect padding of 2 needs more than the 2 elements of axis 0. Pad by at most 1.',
    ],
    [
      'pad',
      [[0]],
      { pads: [[1, 0]], mode: 'edge' },
      'edge padding of 1 needs more than the 0 elements of axis 0. Pad by at most 0.',
    ],
    [
      'tile',
      [[2, 3]],
      { repeats: [2] },
      'repeats has 1 entries for 2 axes. Give one for each axis, 1 where nothing is repeated.',
    ],
    ['roll', [[2, 3]], { shifts: [1], axes: [0, 1] }, 'roll has 1 shifts for 2 axes. Give one shift for each axis.'],
    ['triangle', [[2]], {}, 'triangle takes an input with at least two axes, not shape 2.'],
    ['gather', [[5, 6], [2]], { axis: 2 }, 'axis 2 is outside a tensor of 2 axes. Give -2 to 1.'],
    [
      'gather',
      [
        [2, 5],
        [3, 4],
      ],
      { axis: 1, batchAxes: 1 },
      'data 2x5 and indices 3x4 do not share 1 leading axes before axis 1.',
    ],
    [
      'gatherElements',
      [
        [3, 4],
        [5, 2],
      ],
      { axis: 1 },
      'indices of shape 5x2 reach outside data of shape 3x4 beside axis 1.',
    ],
    [
      'gatherNd',
      [
        [4, 5],
        [7, 3],
      ],
      {},
      'indices of shape 7x3 do not pick from data of shape 4x5. Their last axis counts the axes of the data that they index.',
    ],
    [
      'scatterElements',
      [
        [3, 4],
        [3, 2],
        [3, 3],
      ],
      { axis: 1 },
      'scatterElements: indices 3x2 and updates 3x3 do not fit data 3x4. Give updates of the shape of the indices, no larger than the data beside the axis.',
    ],
    [
      'scatterNd',
      [
        [4, 5],
        [3, 1],
        [3, 4],
      ],
      {},
      'scatterNd: indices 3x1 and updates 3x4 do not fit data 4x5. Give updates [indices without their last axis, data axes that are not indexed].',
    ],
    ['oneHot', [[2]], { depth: 3, axis: 2 }, 'axis 2 is outside a tensor of 2 axes. Give -2 to 1.'],
    ['nonZero', [[2, 3]], { count: 7 }, 'nonZero finds 7 of 6 elements. Give a count of at most 6.'],
    ['range', [], { limit: 3, step: 0 }, 'range has step 0. Give a step other than 0.'],
    [
      'pixelShuffle',
      [[1, 10, 2, 2]],
      { factor: 2 },
      '10 channels do not fill blocks of 2x2. Give a multiple of 4 channels.',
    ],
    [
      'pixelShuffle',
      [[1, 10, 2]],
      { factor: 2 },
      'pixelShuffle takes an input with batch, channels and 2 spatial axes, not shape [1, 10, 2].',
    ],
    [
      'pixelUnshuffle',
      [[1, 3, 5, 4]],
      { factor: 2 },
      '5x4 pixels do not divide into blocks of 2x2. Give sizes that 2 divides.',
    ],
    [
      'fold',
      [[2, 12, 15]],
      { outputSize: 8, kernel: 2, stride: 2 },
      'fold of [2, 12, 15] to 8x8 does not fit. Give [batch, a multiple of 4, 16].',
    ],
    ['topK', [[2, 3]], { k: 4 }, 'topK takes 4 of 3 elements. Take at most 3.'],
  ])('%s of %j by %j is refused', (name, inputs, attributes, message) => {
    expect(errorOf(name, inputs, attributes)).toBe(message);
  });
});

describe('slices', () => {
  it('take as many indices as numpy', () => {
    const index = fc.integer({ min: -14, max: 14 });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9 }),
        index,
        index,
        fc.integer({ min: -4, max: 4 }),
        (size, start, end, step) => {
          fc.pre(step !== 0);
          const at = (value: number) => (value < 0 ? value + size : value);
          let count = 0;
          if (step > 0) for (let i = Math.max(at(start), 0); i < Math.min(at(end), size); i += step) count++;
          else for (let i = Math.min(at(start), size - 1); i > Math.max(at(end), -1); i += step) count++;
          expect(sliceLength(size, start, end, step)).toBe(count);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('traffic', () => {
  it.each<[string, number[][], Record<string, unknown>, number]>([
    [
      'concat',
      [
        [2, 3],
        [2, 4],
      ],
      {},
      6 + 8 + 14,
    ],
    ['transpose', [[2, 3]], {}, 12],
    ['reshape', [[2, 3]], { shape: [6] }, 0],
    ['expand', [[1, 3]], { shape: [9, 3] }, 0],
    ['dropout', [[2, 3]], {}, 0],
    ['split', [[2, 6]], { sizes: [2, 4] }, 24],
    ['slice', [[100, 6]], { starts: [0], ends: [2] }, 12 + 12],
    [
      'pad',
      [[2, 3]],
      {
        pads: [
          [0, 0],
          [-1, 2],
        ],
      },
      4 + 8,
    ],
    ['tile', [[2, 3]], { repeats: [3, 1] }, 6 + 18],
    ['gather', [[1000, 6], [4]], {}, 24 + 4 + 24],
    [
      'gatherElements',
      [
        [9, 9],
        [3, 2],
      ],
      {},
      18,
    ],
    [
      'gatherNd',
      [
        [40, 5, 6],
        [7, 2],
      ],
      {},
      42 + 14 + 42,
    ],
    [
      'scatterNd',
      [
        [4, 5],
        [3, 1],
        [3, 5],
      ],
      {},
      20 + 3 + 15 + 20,
    ],
    ['oneHot', [[4]], { depth: 5 }, 4 + 20],
    ['fill', [], { shape: [4, 5], value: 1 }, 20],
    ['embedding', [[4, 7]], { count: 30_000, features: 64 }, 28 + 28 * 64 * 2],
    ['cast', [[2, 3]], { to: 'float16' }, 12],
  ])('of %s of %j by %j is %4$i elements', (name, inputs, attributes, elements) => {
    expect(memoryAccessCost(build(name, { inputs, attributes }))).toBe(elements);
  });
});
