import { BASELINE_SCHEMA, LAYER_FIGURES } from '../compare/baseline.js';
import { ANALYTIC_METRICS } from '../compare/gate-config.js';
import { METRICS } from '../units.js';

const text = { type: 'string' } as const;
const date = { type: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' } as const;

const acceptance = {
  type: 'object',
  properties: {
    value: { type: 'number', description: 'Values up to this, in the bad direction, are accepted.' },
    reason: text,
    until: { ...date, description: 'Day after which it no longer holds.' },
  },
  required: ['reason'],
  additionalProperties: false,
} as const;

const layer = {
  type: 'array',
  description: `Op, shape of its output, ${LAYER_FIGURES.join(', ')}.`,
  items: [text, text, ...LAYER_FIGURES.map(() => ({ type: 'number' }))],
  minItems: 2 + LAYER_FIGURES.length,
  maxItems: 2 + LAYER_FIGURES.length,
} as const;

const model = {
  type: 'object',
  properties: {
    setup: { ...text, description: 'Inputs, element type and execution model that the figures stand for.' },
    reason: { ...text, description: 'Why it was last updated.' },
    metrics: {
      type: 'object',
      properties: Object.fromEntries(
        ANALYTIC_METRICS.map((id) => [id, { type: 'number', description: METRICS[id].definition }]),
      ),
    },
    accepted: { type: 'object', additionalProperties: acceptance },
    findings: { type: 'array', items: text, description: 'Ids of findings that are known.' },
    layers: { type: 'object', additionalProperties: layer },
  },
  required: ['setup', 'metrics'],
  additionalProperties: false,
} as const;

/** JSON Schema of `archmeter/baseline@1`. */
export const baselineSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'archmeter baseline',
  type: 'object',
  properties: {
    schema: { const: BASELINE_SCHEMA },
    archmeter: { ...text, description: 'Version that last wrote all of it.' },
    models: { type: 'object', additionalProperties: model },
  },
  required: ['schema', 'models'],
  additionalProperties: false,
} as const;
