import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../src/core/graph/builder.js';
import { arithmeticOf, build, errorOf, shapesOf } from './sample-calls.js';

describe('recurrent layers', () => {
  it.each([
    // Parameters as torch counts them for nn.LSTM(10, 20, 2), nn.GRU(10, 20, bidirectional), nn.RNN(10, 20, bias=False).
    ['lstm', { hiddenSize: 20, layers: 2 }, 4 * 20 * (10 + 20 + 2) + 4 * 20 * (20 + 20 + 2)],
    ['gru', { hiddenSize: 20, bidirectional: true }, 2 * 3 * 20 * (10 + 20 + 2)],
    ['rnn', { hiddenSize: 20, bias: false }, 20 * 30],
    ['lstm', { hiddenSize: 20, projectionSize: 5 }, 4 * 20 * (10 + 5 + 2) + 5 * 20],
    ['lstm', { hiddenSize: 20, layers: 2, bidirectional: true }, 2 * 80 * 32 + 2 * 80 * 62],
    // Keras' LSTM(20) has one bias per gate.
    ['lstm', { hiddenSize: 20, biasVectors: 1 }, 4 * 20 * (10 + 20 + 1)],
  ])('%s %j has torch’s parameters', (name, attributes, params) => {
    expect(build(name, { inputs: [[5, 3, 10]], attributes }).params).toBe(params);
  });

  it('multiply with every weight once per step', () => {
    const attributes = { hiddenSize: 20, layers: 2, bidirectional: true, bias: false };
    const { params } = build('lstm', { inputs: [[5, 3, 10]], attributes });
    expect(arithmeticOf('lstm', [[5, 3, 10]], attributes).madds).toBe(5 * 3 * params);
    expect(arithmeticOf('gru', [[7, 3, 10]], { hiddenSize: 20 })).toEqual({
      madds: 21 * 60 * 30,
      flops: 2 * 21 * 60 * 30 + 21 * 20 * (6 + 17),
    });
  });

  it('put out every step and the last states', () => {
    const attributes = { hiddenSize: 20, layers: 2, bidirectional: true };
    expect(shapesOf('lstm', [[5, 3, 10]], attributes)).toEqual(['5x3x40', '4x3x20', '4x3x20']);
    expect(shapesOf('gru', [[3, 5, 10]], { ...attributes, batchFirst: true })).toEqual(['3x5x40', '4x3x20']);
    expect(shapesOf('rnn', [[5, 10]], { hiddenSize: 7 })).toEqual(['5x7', '1x7']);
    expect(shapesOf('lstm', [[5, 3, 10]], { hiddenSize: 20, projectionSize: 4 })).toEqual(['5x3x4', '1x3x4', '1x3x20']);
  });

  it('name their weights as the builder makes them', () => {
    const builder = new GraphBuilder('m');
    builder.add('lstm', [builder.input('x', [5, 3, 10])], { hiddenSize: 2, bidirectional: true, projectionSize: 1 });
    const weights = builder.finish([]).values.filter(({ kind }) => kind === 'parameter');
    expect(weights.map(({ name, shape }) => `${name} ${shape.join('x')}`)).toEqual([
      'lstm.inputWeight0 8x10',
      'lstm.recurrentWeight0 8x1',
      'lstm.inputBias0 8',
      'lstm.recurrentBias0 8',
      'lstm.projection0 1x2',
      'lstm.inputWeight0Reverse 8x10',
      'lstm.recurrentWeight0Reverse 8x1',
      'lstm.inputBias0Reverse 8',
      'lstm.recurrentBias0Reverse 8',
      'lstm.projection0Reverse 1x2',
    ]);
  });

  it('take weights in any layout', () => {
    const builder = new GraphBuilder('m');
    const x = builder.input('x', [5, 3, 10]);
    const weights = (
      [
        [1, 80, 10],
        [1, 80, 20],
        [1, 160],
      ] as const
    ).map((shape, i) => builder.stored(`w${i}`, 'parameter', shape));
    const [y] = builder.addAll('lstm', [x, undefined, undefined, ...weights], { hiddenSize: 20 });
    expect(y?.shape).toEqual([5, 3, 20]);
    expect(builder.finish([]).nodes[0]?.inputs).toEqual([0, -1, -1, 1, 2, 3]);
  });

  it('tell what does not fit', () => {
    expect(errorOf('lstm', [[5]], { hiddenSize: 2 })).toBe(
      'lstm takes an input [steps, batch, features], not shape 5.',
    );
    expect(errorOf('gru', [[1, 2, 3, 4]], { hiddenSize: 2, batchFirst: true })).toBe(
      'gru takes an input [batch, steps, features], not shape 1x2x3x4.',
    );
    expect(
      errorOf(
        'lstm',
        [
          [5, 3, 10],
          [1, 3, 20],
          [1, 2, 20],
        ],
        { hiddenSize: 20 },
      ),
    ).toBe('lstm: cellState has shape 1x2x20, not 1x3x20. Give [layers · directions, batch, size].');
  });
});
