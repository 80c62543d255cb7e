import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { formatShape, type Shape, type TensorType } from '../../ir/tensor.js';
import { defineOp, type InputSlot, type OpDefinition } from '../define-op.js';

const attributes = {
  type: 'object',
  properties: {
    hiddenSize: { type: 'integer', minimum: 1 },
    layers: { type: 'integer', minimum: 1, maximum: 1024, description: 'Stacked layers.', default: 1 },
    bidirectional: { type: 'boolean', description: 'A second pass from the end.', default: false },
    bias: { type: 'boolean', default: true },
    biasVectors: {
      type: 'integer',
      minimum: 1,
      maximum: 2,
      description: 'Per gate: 2 (torch, ONNX: of input and state) or 1 (Keras).',
      default: 2,
    },
    projectionSize: { type: 'integer', minimum: 1, description: 'LSTM with projected output (arXiv 1402.1128).' },
    batchFirst: { type: 'boolean', default: false, description: 'Input [N, L, features] instead of [L, N, features].' },
  },
  required: ['hiddenSize'],
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

interface Cell {
  readonly summary: string;
  readonly gates: number;
  /** Operations per hidden element and step beside products and biases. */
  readonly perHidden: number;
  readonly source: string;
  /** A second state beside the hidden one. */
  readonly hasCellState: boolean;
}

const CELLS: Readonly<Record<string, Cell>> = {
  lstm: {
    summary: 'Long short-term memory.',
    gates: 4,
    perHidden: 22,
    source: 'gate sums 4, three sigmoids 12, tanh 1, cell state 3, output 2',
    hasCellState: true,
  },
  gru: {
    summary: 'Gated recurrent unit.',
    gates: 3,
    perHidden: 17,
    source: 'gate sums 3, reset product 1, two sigmoids 8, tanh 1, new state 4',
    hasCellState: false,
  },
  rnn: {
    summary: 'Plain recurrent layer (Elman).',
    gates: 1,
    perHidden: 2,
    source: 'gate sum 1, tanh or relu 1',
    hasCellState: false,
  },
};

interface Sizes {
  readonly steps: number;
  readonly batch: number;
  readonly features: number;
  readonly directions: number;
  readonly layers: number;
  /** Elements of the state that is fed back and put out. */
  readonly state: number;
  readonly biasVectors: number;
}

function sizes(input: TensorType, a: Attributes): Sizes {
  const { shape } = input;
  const [first, second] = shape as readonly [number, number];
  const batched = shape.length === 3;
  return {
    steps: batched && a.batchFirst ? second : first,
    batch: batched ? (a.batchFirst ? first : second) : 1,
    features: shape.at(-1) as number,
    directions: a.bidirectional ? 2 : 1,
    layers: a.layers,
    state: a.projectionSize ?? a.hiddenSize,
    biasVectors: !a.bias ? 0 : a.biasVectors,
  };
}

/** Weights that one step of all layers and directions multiplies with: Σ gates·hidden·(in + state) + projection. */
function products(s: Sizes, cell: Cell, a: Attributes): number {
  const deeper = s.directions * s.state;
  const inputs = s.features + (s.layers - 1) * deeper + s.layers * s.state;
  const projection = a.projectionSize === undefined ? 0 : s.layers * a.hiddenSize * a.projectionSize;
  return s.directions * (cell.gates * a.hiddenSize * inputs + projection);
}

/** Names and shapes of the weights, in the order in which torch lists them. */
function weightShapes(input: TensorType, cell: Cell, a: Attributes): Record<string, Shape> {
  const s = sizes(input, a);
  const rows = cell.gates * a.hiddenSize;
  const shapes: Record<string, Shape> = {};
  for (let layer = 0; layer < s.layers; layer++) {
    const features = layer === 0 ? s.features : s.directions * s.state;
    for (const direction of a.bidirectional ? ['', 'Reverse'] : ['']) {
      const suffix = `${layer}${direction}`;
      shapes[`inputWeight${suffix}`] = [rows, features];
      shapes[`recurrentWeight${suffix}`] = [rows, s.state];
      if (s.biasVectors > 0) shapes[`inputBias${suffix}`] = [rows];
      if (s.biasVectors > 1) shapes[`recurrentBias${suffix}`] = [rows];
      if (a.projectionSize !== undefined) shapes[`projection${suffix}`] = [a.projectionSize, a.hiddenSize];
    }
  }
  return shapes;
}

/** PyTorch's own initialisation: ±1/√hidden. */
const drawn = ({ hiddenSize }: Readonly<Record<string, unknown>>) => ({
  center: 0,
  spread: 1 / Math.sqrt(Number(hiddenSize)),
});

/**
 * Input [L, N, features] (or [N, L, features] with `batchFirst`, or [L, features]), initial states [layers·directions, N, state]
 * (zero where left out) → every step's output [L, N, directions·state], last hidden state, and for LSTM the last cell
 * state. Weights follow the states, in any number and layout; the builder makes torch's. They count as read once.
 */
function recurrent(name: string, cell: Cell): OpDefinition<Attributes> {
  const states: InputSlot[] = [{ name: 'hiddenState', optional: true, drawn }];
  if (cell.hasCellState) states.push({ name: 'cellState', optional: true, drawn });
  return defineOp<Attributes>({
    name,
    kind: 'recurrent',
    summary: cell.summary,
    attributes,
    inputs: [
      { name: 'input' },
      ...states,
      { name: 'weights', weight: 'parameter', variadic: true, optional: true, drawn },
    ],
    weights: ([input], a) => weightShapes(checked(input as TensorType, a, name), cell, a),
    infer(inputs, a) {
      const x = checked(inputs[0] as TensorType, a, name);
      const s = sizes(x, a);
      const batch = x.shape.length === 3 ? [s.batch] : [];
      for (const [i, state] of inputs.slice(1, 1 + states.length).entries()) {
        const size = i === 0 ? s.state : a.hiddenSize;
        const expected = [s.layers * s.directions, ...batch, size];
        if (state !== undefined && formatShape(state.shape) !== formatShape(expected)) {
          throw new ArchmeterError(
            `${name}: ${states[i]?.name} has shape ${formatShape(state.shape)}, not ${formatShape(expected)}`,
            'Give [layers · directions, batch, size].',
          );
        }
      }
      const sequence = batch.length > 0 && a.batchFirst ? [s.batch, s.steps] : [s.steps, ...batch];
      const last = (size: number) => ({ shape: [s.layers * s.directions, ...batch, size], dtype: x.dtype });
      return [
        { shape: [...sequence, s.directions * s.state], dtype: x.dtype },
        last(s.state),
        ...(cell.hasCellState ? [last(a.hiddenSize)] : []),
      ];
    },
    arithmetic({ inputs, attributes: a }) {
      const s = sizes(inputs[0] as TensorType, a);
      const calls = s.steps * s.batch;
      const madds = calls * products(s, cell, a);
      const hidden = calls * s.layers * s.directions * a.hiddenSize;
      return { madds, flops: 2 * madds + hidden * (cell.gates * s.biasVectors + cell.perHidden) };
    },
    // One step of the first layer.
    contraction({ inputs, attributes: a }) {
      const { batch } = sizes(inputs[0] as TensorType, a);
      const weight = inputs.find((input, i) => i > 0 && input?.shape.length === 2)?.shape ?? [1, 1];
      return { rows: batch, depth: weight[1] ?? 1, width: weight[0] ?? 1, groups: 1 };
    },
    steps({ inputs, attributes: a }) {
      const s = sizes(inputs[0] as TensorType, a);
      return s.steps * s.layers;
    },
    formulas(call) {
      const { attributes: a } = call;
      const s = sizes(call.inputs[0] as TensorType, a);
      const variables = {
        L: s.steps,
        N: s.batch,
        D: s.directions,
        Y: s.layers,
        G: cell.gates,
        H: a.hiddenSize,
        I: s.features,
        S: s.state,
        P: a.projectionSize ?? 0,
        B: s.biasVectors,
        A: cell.perHidden,
      };
      const weights = 'D*(G*H*(I+(Y-1)*D*S+Y*S)+Y*H*P)';
      const names =
        'L steps, N batch, D directions, Y layers, G gates, H hidden, I input, S state, P projection, B bias vectors';
      return {
        params: { expression: `${weights}+D*Y*G*H*B`, variables, source: `weights and biases; ${names}` },
        madds: { expression: `L*N*${weights}`, variables, source: `one multiply-add per weight and step; ${names}` },
        flops: {
          expression: `2*L*N*${weights}+L*N*Y*D*H*(G*B+A)`,
          variables,
          source: `2 per multiply-add, 1 per bias addition, A per hidden element and step: ${cell.source}`,
        },
      };
    },
  });
}

function checked(input: TensorType, a: Attributes, name: string): TensorType {
  if (input.shape.length !== 2 && input.shape.length !== 3) {
    const order = a.batchFirst ? '[batch, steps, features]' : '[steps, batch, features]';
    throw new ArchmeterError(`${name} takes an input ${order}, not shape ${formatShape(input.shape)}`);
  }
  return input;
}

export default Object.entries(CELLS).map(([name, cell]) => recurrent(name, cell));
