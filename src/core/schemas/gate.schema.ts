import { ANALYTIC_METRICS, MEASURED_METRICS } from '../compare/gate-config.js';
import { GATE_SCHEMA } from '../report/gate/json.js';

const text = { type: 'string' } as const;
const line = { type: 'integer', minimum: 1 } as const;
const metric = { enum: [...ANALYTIC_METRICS, ...MEASURED_METRICS] };
const figure = { type: ['number', 'null'] } as const;

const row = {
  type: 'object',
  properties: {
    model: text,
    metric: { anyOf: [metric, { type: 'string', pattern: '^(finding|ratio):' }] },
    expected: { ...figure, description: 'From the baseline; null where there is none, or no figure.' },
    actual: figure,
    verdict: { enum: ['pass', 'warn', 'fail', 'improved', 'accepted', 'inconclusive', 'not-comparable'] },
    detail: { ...text, description: 'Which limit was passed, or why there is no verdict.' },
    advice: { ...text, description: 'Of a finding: what it found, and what to change.' },
    layers: {
      type: 'array',
      description: 'Layers that cause the difference, largest first.',
      items: {
        type: 'object',
        properties: {
          name: text,
          delta: { type: 'number' },
          metric: { ...text, description: "What delta is of, where that is not the row's own metric." },
          line,
        },
        required: ['name', 'delta'],
        additionalProperties: false,
      },
    },
    location: {
      type: 'object',
      properties: { file: text, line },
      required: ['file'],
      additionalProperties: false,
    },
    accept: { ...text, description: 'Command that accepts this difference.' },
  },
  required: ['model', 'metric', 'expected', 'actual', 'verdict'],
  additionalProperties: false,
} as const;

/** What a gate found, as a report holds it. */
export const gateOutcome = {
  verdict: { enum: ['pass', 'fail', 'inconclusive'] },
  rows: { type: 'array', items: row },
  against: { ...text, description: 'The baseline file, or a git revision.' },
  dtype: { ...text, description: 'Element type that bytes are counted in.' },
  accept: { ...text, description: 'Command that accepts all differences.' },
  notes: { type: 'array', items: text },
} as const;

/** JSON Schema of `archmeter/gate@1`, which `archmeter check --json` prints and `--save-outcome` writes. */
export const gateSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: GATE_SCHEMA,
  type: 'object',
  properties: { schema: { const: GATE_SCHEMA }, archmeter: text, ...gateOutcome },
  required: ['schema', 'archmeter', 'verdict', 'rows', 'against'],
  additionalProperties: false,
} as const;
