import type { FromSchema } from 'json-schema-to-ts';
import type { DType, TensorType } from '../../ir/tensor.js';
import { defineOp, type OpCall, type OpDefinition } from '../define-op.js';
import type { Autocast } from '../execution.js';
import { flopsFormula, inputElements, onlyFlops, outputElements } from '../flops.js';
import { reducedShape } from './reduced-shape.js';

const attributes = {
  type: 'object',
  properties: {
    axes: { type: 'array', items: { type: 'integer' }, description: 'Default, and when empty: all axes.' },
    keepDims: { type: 'boolean', description: 'Keep reduced axes with size 1.', default: false },
  },
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

/** A window of R elements costs perInput·R + perOutput operations. */
interface Reduction {
  readonly summary: string;
  readonly perInput: number;
  readonly perOutput: number;
  readonly source: string;
  readonly result?: DType;
  readonly autocast?: Autocast;
}

const REDUCTIONS: Readonly<Record<string, Reduction>> = {
  reduceSum: { summary: 'Sum', autocast: 'float32', perInput: 1, perOutput: -1, source: 'R-1 additions' },
  reduceMean: { summary: 'Mean', perInput: 1, perOutput: 0, source: 'R-1 additions, 1 division' },
  reduceMax: { summary: 'Maximum', perInput: 1, perOutput: -1, source: 'R-1 comparisons' },
  reduceMin: { summary: 'Minimum', perInput: 1, perOutput: -1, source: 'R-1 comparisons' },
  reduceProd: { summary: 'Product', autocast: 'float32', perInput: 1, perOutput: -1, source: 'R-1 multiplications' },
  reduceAny: { summary: 'Any', perInput: 1, perOutput: -1, source: 'R-1 disjunctions', result: 'bool' },
  reduceAll: { summary: 'All', perInput: 1, perOutput: -1, source: 'R-1 conjunctions', result: 'bool' },
  reduceL1: {
    summary: 'Sum of magnitudes',
    autocast: 'float32',
    perInput: 2,
    perOutput: -1,
    source: 'R magnitudes, R-1 additions',
  },
  reduceL2: {
    summary: 'Root of sum of squares',
    autocast: 'float32',
    perInput: 2,
    perOutput: 0,
    source: 'R squares, R-1 additions, 1 root',
  },
  reduceSumSquare: {
    summary: 'Sum of squares',
    autocast: 'float32',
    perInput: 2,
    perOutput: -1,
    source: 'R squares, R-1 additions',
  },
  reduceLogSum: {
    summary: 'Logarithm of sum',
    autocast: 'float32',
    perInput: 1,
    perOutput: 0,
    source: 'R-1 additions, 1 logarithm',
  },
  reduceLogSumExp: {
    summary: 'Logarithm of sum of exponentials',
    autocast: 'float32',
    perInput: 4,
    perOutput: 0,
    source: 'maximum R-1, difference R, exp R, sum R-1, logarithm 1, addition of the maximum 1',
  },
  reduceVariance: {
    summary: 'Variance',
    perInput: 4,
    perOutput: 0,
    source: 'mean R, difference R, squares R, sum R-1, division 1',
  },
  reduceStd: {
    summary: 'Standard deviation',
    perInput: 4,
    perOutput: 1,
    source: 'mean R, difference R, squares R, sum R-1, division 1, root 1',
  },
};

function reduce(name: string, reduction: Reduction): OpDefinition<Attributes> {
  const { perInput, perOutput } = reduction;
  /** Windows that hold something: an empty one costs nothing. */
  const windows = (call: OpCall<Attributes>) => (inputElements(call) === 0 ? 0 : outputElements(call));
  return defineOp<Attributes>({
    name,
    kind: 'reduction',
    summary: `${reduction.summary} over axes.`,
    attributes,
    inputs: [{ name: 'input' }],
    infer([input], a) {
      const x = input as TensorType;
      return [{ shape: reducedShape(x.shape, a.axes, a.keepDims), dtype: reduction.result ?? x.dtype }];
    },
    arithmetic: (call) => onlyFlops(perInput * inputElements(call) + perOutput * windows(call)),
    autocast: reduction.autocast,
    ...(name === 'reduceMean' ? { work: 'average' } : {}),
    savedForBackward: name === 'reduceSum' || name === 'reduceMean' ? 'none' : 'inputs',
    formulas(call) {
      const terms = [perInput === 1 ? 'I' : `${perInput}*I`];
      if (perOutput !== 0) terms.push(perOutput < 0 ? '-O' : '+O');
      return flopsFormula(
        terms.join(''),
        { I: inputElements(call), O: windows(call) },
        `I input, O output elements; per output of R inputs: ${reduction.source}`,
      );
    },
  });
}

export default Object.entries(REDUCTIONS).map(([name, reduction]) => reduce(name, reduction));
