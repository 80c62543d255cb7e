import { figuresOfSpace, SAMPLE_METHODS, SPACE_SCHEMA } from '../sweep/space.js';

const scalar = { type: ['number', 'string', 'boolean'] };
const condition = { type: 'string', description: 'A comparison, e.g. madds <= 600e6 or width3 >= width2' };
const list = { type: 'array', items: scalar, minItems: 1, uniqueItems: true };
const when = {
  when: { ...condition, description: 'Varies only where this holds of the parameters before it' },
  otherwise: scalar,
};

/** JSON Schema of space files, so that editors complete them. */
export const spaceSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'archmeter design space',
  type: 'object',
  properties: {
    $schema: { type: 'string' },
    schema: { const: SPACE_SCHEMA },
    name: { type: 'string' },
    description: { type: 'string' },
    model: { type: 'string', description: 'A layer-spec file whose parameters vary; relative to this file' },
    family: { type: 'string', description: 'A family of the zoo whose settings vary' },
    variant: { type: 'string', description: "The family's variant to start from; default the first" },
    parameters: {
      type: 'object',
      minProperties: 1,
      additionalProperties: {
        anyOf: [
          scalar,
          list,
          { type: 'object', properties: { values: list, ...when }, required: ['values'], additionalProperties: false },
          {
            type: 'object',
            properties: {
              from: { type: 'number' },
              to: { type: 'number' },
              step: { type: 'number', exclusiveMinimum: 0 },
              points: { type: 'integer', minimum: 1, description: 'How many values, spread evenly' },
              scale: { enum: ['linear', 'log'] },
              round: { type: 'number', exclusiveMinimum: 0, description: 'To multiples of this' },
              ...when,
            },
            required: ['from', 'to'],
            additionalProperties: false,
          },
        ],
      },
    },
    constraints: { type: 'array', items: condition },
    objectives: {
      type: 'object',
      description: `Parameters or figures: ${figuresOfSpace([]).join(', ')}; with devices also estimatedLatencyMs_DEVICE and estimatedEnergyJoules_DEVICE`,
      additionalProperties: { enum: ['min', 'max'] },
    },
    devices: {
      type: 'array',
      items: { type: 'string' },
      description: 'To estimate for; archmeter devices --known lists them',
    },
    batch: { type: 'integer', minimum: 1, description: 'Images at once; all figures are of the whole batch' },
    sample: {
      type: 'object',
      properties: {
        method: { enum: SAMPLE_METHODS },
        count: { type: 'integer', minimum: 1 },
        seed: { type: 'integer', minimum: 0 },
      },
      required: ['method', 'count'],
      additionalProperties: false,
    },
  },
  required: ['parameters'],
  oneOf: [{ required: ['model'] }, { required: ['family'] }],
  additionalProperties: false,
} as const;
