import { elementCount, type TensorType } from '../ir/tensor.js';
import { defineOp, type OpDefinition } from './define-op.js';

/**
 * Activation functions: one element in, one out. `flops` per element counts additions, multiplications, comparisons and
 * transcendental functions as 1 each, so that no hardware's cost of exp is assumed.
 */
interface Activation {
  readonly summary: string;
  readonly flops: number;
  readonly parameters?: Readonly<Record<string, { readonly type: 'number'; readonly default: number }>>;
  evaluate(x: number, a: Readonly<Record<string, number>>): number;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  relu: { summary: 'max(x, 0)', flops: 1, evaluate: (x) => Math.max(x, 0) },
  relu6: { summary: 'min(max(x, 0), 6)', flops: 2, evaluate: (x) => Math.min(Math.max(x, 0), 6) },
  sigmoid: { summary: '1 / (1 + exp(-x))', flops: 4, evaluate: sigmoid },
  hardSigmoid: { summary: 'relu6(x + 3) / 6', flops: 4, evaluate: (x) => Math.min(Math.max(x + 3, 0), 6) / 6 },
};

function activation(name: string, definition: Activation): OpDefinition<Readonly<Record<string, number>>> {
  const defaults = Object.fromEntries(
    Object.entries(definition.parameters ?? {}).map(([key, schema]) => [key, schema.default]),
  );
  return defineOp<Readonly<Record<string, number>>>({
    name,
    kind: 'activation',
    summary: definition.summary,
    attributes: { type: 'object', properties: definition.parameters ?? {}, additionalProperties: false },
    inputs: [{ name: 'input' }],
    infer: ([input]) => [input as TensorType],
    arithmetic: ({ outputs }) => ({
      madds: 0,
      flops: definition.flops * elementCount((outputs[0] as TensorType).shape),
    }),
    savedForBackward: 'outputs',
    formulas: ({ outputs }) => ({
      flops: {
        expression: 'F*E',
        variables: { F: definition.flops, E: elementCount((outputs[0] as TensorType).shape) },
        source: `F operations per element: ${definition.summary}`,
      },
    }),
    evaluate: (a, x) => definition.evaluate(x as number, { ...defaults, ...a }),
  });
}

export default Object.entries(ACTIVATIONS).map(([name, definition]) => activation(name, definition));
