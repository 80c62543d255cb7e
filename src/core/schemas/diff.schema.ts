import { ANALYTIC_METRICS } from '../compare/gate-config.js';
import { DIFF_SCHEMA } from '../compare/model-diff.js';
import { DIFF_FIGURES } from '../report/gate/diff.js';
import { METRICS } from '../units.js';

const text = { type: 'string' } as const;
const figure = { type: ['number', 'null'] } as const;

const layer = {
  type: 'object',
  properties: {
    name: text,
    op: text,
    output: { ...text, description: 'Shape of its first output.' },
    ...Object.fromEntries(
      DIFF_FIGURES.map((id) => [id, { type: 'number', description: METRICS[id].definition }] as const),
    ),
    line: { type: 'integer', minimum: 1 },
  },
  required: ['name', 'op', 'output', ...DIFF_FIGURES],
  additionalProperties: false,
} as const;

const total = {
  type: 'object',
  properties: { before: figure, after: figure },
  required: ['before', 'after'],
  additionalProperties: false,
} as const;

const model = {
  type: 'object',
  properties: {
    before: text,
    after: text,
    dtypes: {
      type: 'object',
      properties: { before: text, after: text },
      required: ['before', 'after'],
      additionalProperties: false,
      description: 'Element types that bytes are counted in.',
    },
    totals: {
      type: 'object',
      properties: Object.fromEntries(ANALYTIC_METRICS.map((id) => [id, total])),
      additionalProperties: false,
    },
    layers: {
      type: 'array',
      items: {
        type: 'object',
        properties: { status: { enum: ['added', 'removed', 'changed', 'renamed'] }, before: layer, after: layer },
        required: ['status'],
        additionalProperties: false,
      },
    },
  },
  required: ['before', 'after', 'dtypes', 'totals', 'layers'],
  additionalProperties: false,
} as const;

/** JSON Schema of `archmeter/diff@1`, which `archmeter diff --format json` prints. */
export const diffSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: DIFF_SCHEMA,
  type: 'object',
  properties: { schema: { const: DIFF_SCHEMA }, archmeter: text, models: { type: 'array', items: model } },
  required: ['schema', 'archmeter', 'models'],
  additionalProperties: false,
} as const;
