import type { FromSchema } from 'json-schema-to-ts';
import type { TensorType } from '../../ir/tensor.js';
import { normalizeAxis } from '../axis.js';
import { defineOp, type OpCall, type OpDefinition } from '../define-op.js';
import type { Autocast } from '../execution.js';
import { flopsFormula, onlyFlops, outputElements } from '../flops.js';
import type { Moments } from '../moments.js';

const attributes = {
  type: 'object',
  properties: { axis: { type: 'integer', default: -1 } },
  additionalProperties: false,
} as const;

type Attributes = FromSchema<typeof attributes>;

/** A row of R elements costs perElement·R - perRow operations. */
interface Variant {
  readonly summary: string;
  readonly perElement: number;
  readonly perRow: number;
  readonly source: string;
  readonly kernel: 'softmax' | 'normalization';
  readonly autocast: Autocast;
  readonly moments: 'kept' | 'shares';
}

const VARIANTS: Readonly<Record<string, Variant>> = {
  softmax: {
    summary: 'exp(x) / Σ exp(x) along an axis',
    perElement: 5,
    perRow: 2,
    source: 'per row of R: maximum R-1, difference R, exp R, sum R-1, division R',
    kernel: 'softmax',
    autocast: 'float32',
    moments: 'shares',
  },
  logSoftmax: {
    summary: 'x - log Σ exp(x) along an axis',
    perElement: 5,
    perRow: 1,
    source: 'per row of R: maximum R-1, difference R, exp R, sum R-1, log 1, difference R',
    kernel: 'softmax',
    autocast: 'float32',
    moments: 'kept',
  },
  hardmax: {
    summary: '1 at the first maximum along an axis, 0 elsewhere',
    perElement: 1,
    perRow: 1,
    source: 'per row of R: maximum R-1',
    kernel: 'normalization',
    autocast: 'widest',
    moments: 'kept',
  },
};

function rows({ inputs, attributes: a }: OpCall<Attributes>, elements: number): number {
  const { shape } = inputs[0] as TensorType;
  if (elements === 0 || shape.length === 0) return elements;
  return elements / (shape.at(a.axis) as number);
}

/** Of one, among the elements of a row. */
function shares(_: readonly Moments[], { inputs }: OpCall<Attributes>): Moments {
  const mean = 1 / ((inputs[0] as TensorType).shape.at(-1) || 1);
  return { mean, second: 3 * mean ** 2 };
}

function softmax(name: string, variant: Variant): OpDefinition<Attributes> {
  return defineOp<Attributes>({
    name,
    kind: 'normalization',
    summary: variant.summary,
    attributes,
    inputs: [{ name: 'input' }],
    infer([input], a) {
      const { shape, dtype } = input as TensorType;
      normalizeAxis(a.axis, Math.max(shape.length, 1));
      return [{ shape, dtype }];
    },
    arithmetic(call) {
      const elements = outputElements(call);
      return onlyFlops(variant.perElement * elements - variant.perRow * rows(call, elements));
    },
    kernel: variant.kernel,
    autocast: variant.autocast,
    moments: variant.moments === 'shares' ? shares : 'kept',
    savedForBackward: 'outputs',
    formulas(call) {
      const E = outputElements(call);
      const variables = { F: variant.perElement, E, P: variant.perRow, M: rows(call, E) };
      return flopsFormula('F*E-P*M', variables, `M rows; ${variant.source}`);
    },
  });
}

export default Object.entries(VARIANTS).map(([name, variant]) => softmax(name, variant));
