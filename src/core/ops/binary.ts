import { elementCount, type TensorType } from '../ir/tensor.js';
import { broadcast } from './broadcast.js';
import { defineOp, type OpDefinition } from './define-op.js';

/** Elementwise ops of two tensors with numpy broadcasting: 1 flop per output element. */
interface Binary {
  readonly summary: string;
  /** Comparisons give booleans. */
  readonly comparison?: boolean;
  evaluate(x: number, y: number): number;
}

const BINARIES: Readonly<Record<string, Binary>> = {
  add: { summary: 'x + y', evaluate: (x, y) => x + y },
  sub: { summary: 'x - y', evaluate: (x, y) => x - y },
  mul: { summary: 'x · y', evaluate: (x, y) => x * y },
  div: { summary: 'x / y', evaluate: (x, y) => x / y },
};

function binary(name: string, definition: Binary): OpDefinition<Readonly<Record<string, never>>> {
  return defineOp<Readonly<Record<string, never>>>({
    name,
    kind: 'elementwise',
    summary: definition.summary,
    attributes: { type: 'object', properties: {}, additionalProperties: false },
    inputs: [{ name: 'left' }, { name: 'right' }],
    infer([left, right]) {
      const x = left as TensorType;
      const y = right as TensorType;
      return [{ shape: broadcast(x.shape, y.shape), dtype: definition.comparison ? 'bool' : x.dtype }];
    },
    arithmetic: ({ outputs }) => ({ madds: 0, flops: elementCount((outputs[0] as TensorType).shape) }),
    savedForBackward: name === 'add' || name === 'sub' || definition.comparison ? 'none' : 'inputs',
    formulas: ({ outputs }) => ({
      flops: {
        expression: 'E',
        variables: { E: elementCount((outputs[0] as TensorType).shape) },
        source: '1 operation per output element',
      },
    }),
    evaluate: (_, x, y) => definition.evaluate(x as number, y as number),
  });
}

export default Object.entries(BINARIES).map(([name, definition]) => binary(name, definition));
