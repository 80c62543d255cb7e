import type { FromSchema } from 'json-schema-to-ts';
import { ArchmeterError } from '../../errors.js';
import { elementCount, formatShape, type TensorType } from '../../ir/tensor.js';
import { defineOp, type OpCall } from '../define-op.js';

const attributes = {
  type: 'object',
  properties: {
    queryHeads: { type: 'integer', minimum: 1 },
    keyHeads: { type: 'integer', minimum: 1, description: 'Heads of keys, values and states; divide the query heads.' },
    rule: {
      enum: ['linear', 'gated', 'delta', 'gatedDelta'],
      default: 'gatedDelta',
      description:
        'How a key and value change the state: added, after a decay, in place of what the key recalls, or both.',
    },
  },
  required: ['queryHeads', 'keyHeads'],
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

/** A kernel that works in chunks, as all do that are fast, waits for the chunk before: ONNX's default of `chunk_size`. */
const CHUNK = 64;

interface Sizes {
  readonly batch: number;
  readonly steps: number;
  /** Features of a key and of a value, of one head. */
  readonly key: number;
  readonly value: number;
  readonly queryHeads: number;
  readonly keyHeads: number;
  /** 1 where the state's own answer to the key is taken from the value first, else 0. */
  readonly delta: number;
  /** 1 where the state decays, else 0. */
  readonly gated: number;
  /** Decays of a step: one a head, or one a feature of the key. */
  readonly decays: number;
}

function sizes({ inputs, attributes: a }: Pick<OpCall<Attributes>, 'inputs' | 'attributes'>): Sizes {
  const [query, , value, , decay] = inputs;
  const [batch, steps, width] = (query as TensorType).shape as [number, number, number];
  const gated = a.rule === 'gated' || a.rule === 'gatedDelta';
  return {
    batch,
    steps,
    key: width / a.queryHeads,
    value: ((value as TensorType).shape[2] as number) / a.keyHeads,
    queryHeads: a.queryHeads,
    keyHeads: a.keyHeads,
    delta: a.rule === 'delta' || a.rule === 'gatedDelta' ? 1 : 0,
    gated: gated ? 1 : 0,
    decays: gated ? (decay?.shape[2] ?? a.keyHeads) : 0,
  };
}

/** Multiply-adds of a step: the update, the answer to the query, and for the delta rules that to the key. */
function stepProducts({ key, value, keyHeads, queryHeads, delta }: Sizes): number {
  return key * value * (keyHeads * (1 + delta) + queryHeads);
}

/** Of a step, beside the products: decay of the state, difference and rate of the delta rules, scale of the output. */
function stepRest({ key, value, keyHeads, queryHeads, delta, gated, decays }: Sizes): number {
  return gated * keyHeads * key * value + decays + 2 * delta * keyHeads * value + queryHeads * value;
}

/**
 * Query [B, T, Hq·dk], key [B, T, Hk·dk], value [B, T, Hk·dv], state [B, Hk, dk, dv], decay [B, T, Hk·dk or Hk] in log
 * space, rate [B, T, Hk or 1] → output [B, T, Hq·dv], state [B, Hk, dk, dv]. Counted as the recurrence is written (ONNX
 * LinearAttention-27): kernels that work in chunks do more products and fewer steps.
 */
export default defineOp<Attributes>({
  name: 'linearAttention',
  kind: 'recurrent',
  summary: 'S ← decay(S) + k⊗(v − recall), o = scale·Sᵀq at each position; the delta rules recall Sᵀk.',
  attributes,
  inputs: [
    { name: 'query' },
    { name: 'key' },
    { name: 'value' },
    { name: 'state', optional: true },
    { name: 'decay', optional: true },
    { name: 'rate', optional: true },
  ],
  infer(inputs, a) {
    const [query, key, value, state] = inputs;
    const [q, k, v] = [query, key, value] as [TensorType, TensorType, TensorType];
    const shown = `query ${formatShape(q.shape)}, key ${formatShape(k.shape)}, value ${formatShape(v.shape)}`;
    if ([q, k, v].some(({ shape }) => shape.length !== 3)) {
      throw new ArchmeterError(`linear attention takes operands [batch, positions, heads · features], not ${shown}`);
    }
    if (a.queryHeads % a.keyHeads !== 0) {
      throw new ArchmeterError(`${a.keyHeads} key heads do not divide ${a.queryHeads} query heads`);
    }
    const s = sizes({ inputs, attributes: a });
    const fits =
      Number.isInteger(s.key) &&
      Number.isInteger(s.value) &&
      k.shape[2] === a.keyHeads * s.key &&
      [k, v].every(({ shape }) => shape[0] === s.batch && shape[1] === s.steps);
    if (!fits) {
      throw new ArchmeterError(`${shown} do not fit ${a.queryHeads} query and ${a.keyHeads} key heads`);
    }
    const last = [s.batch, a.keyHeads, s.key, s.value];
    if (state !== undefined && formatShape(state.shape) !== formatShape(last)) {
      throw new ArchmeterError(`the state has shape ${formatShape(state.shape)}, not ${formatShape(last)}`);
    }
    return [
      { shape: [s.batch, s.steps, a.queryHeads * s.value], dtype: q.dtype },
      { shape: last, dtype: state?.dtype ?? q.dtype },
    ];
  },
  arithmetic(call) {
    const s = sizes(call);
    const madds = s.batch * s.steps * stepProducts(s);
    return { madds, flops: 2 * madds + s.batch * s.steps * stepRest(s) };
  },
  // The answer of a state to a query.
  contraction(call) {
    const { batch, key, value, queryHeads } = sizes(call);
    return { rows: 1, depth: key, width: value, groups: batch * queryHeads };
  },
  steps: (call) => Math.ceil(sizes(call).steps / CHUNK),
  formulas(call) {
    const s = sizes(call);
    const variables = {
      N: s.batch,
      L: s.steps,
      E: s.key,
      Ev: s.value,
      Hk: s.keyHeads,
      H: s.queryHeads,
      D: s.delta,
      G: s.gated,
      Z: s.decays,
    };
    const names =
      'N batch, L positions, E and Ev features of a key and a value, H and Hk heads, D 1 for delta rules, G 1 for gated ones, Z decays';
    const read = call.inputs.reduce((sum, input) => sum + (input === undefined ? 0 : elementCount(input.shape)), 0);
    const written = call.outputs.reduce((sum, { shape }) => sum + elementCount(shape), 0);
    return {
      madds: {
        expression: 'N*L*E*Ev*(Hk*(1+D)+H)',
        variables,
        source: `one multiply-add per element of the state for each update, recall and answer; ${names}`,
      },
      flops: {
        expression: '2*N*L*E*Ev*(Hk*(1+D)+H)+N*L*(G*Hk*E*Ev+Z+2*D*Hk*Ev+H*Ev)',
        variables,
        source: '2 per multiply-add; decay of the state, exponentials, difference and rate, scale of the output',
      },
      memoryAccessCost: {
        expression: 'R+W',
        variables: { R: read, W: written },
        source: 'operands and state read once, output and state written; the state stays on chip between positions',
      },
    };
  },
});
