import { DTYPE_BITS } from '../ir/tensor.js';
import type { AttributesSchema } from '../ops/define-op.js';
import { OPS } from '../ops/index.js';
import { loadBlocks } from '../spec/blocks.js';
import { SPEC_SCHEMA } from '../spec/read-spec.js';

/** JSON Schema of layer-spec files, made from the ops and blocks that there are, so that editors complete them. */
export async function specSchema(): Promise<object> {
  const blocks = await loadBlocks();
  const ops = [...OPS.values()].filter(({ name }) => name !== 'opaque');
  const expression = { type: 'string', pattern: '\\$\\{[^}]*\\}', description: 'An expression, e.g. ${width * 2}' };
  const size = { anyOf: [{ type: 'integer', minimum: 1 }, expression] };
  const shape = { type: 'array', items: size };
  const input = {
    anyOf: [
      shape,
      {
        type: 'object',
        properties: { shape, dtype: { enum: Object.keys(DTYPE_BITS) } },
        required: ['shape'],
        additionalProperties: false,
      },
    ],
  };
  const names = { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] };
  const common = {
    name: { type: 'string', description: 'Name of the layer; other layers may use it as input.' },
    inputs: { ...names, description: 'Values it takes; default: the result of the layer before.' },
    as: { ...names, description: 'Names for its results.' },
    repeat: { ...size, description: 'How many times; ${index} counts from 0.' },
    scope: { type: 'string', description: 'Module that the layer belongs to.' },
  };
  const layer = (key: 'op' | 'block', name: string, title: string, attributes: AttributesSchema) => ({
    title,
    type: 'object',
    properties: { ...common, ...orExpression(attributes.properties, expression), [key]: { const: name } },
    required: [key, ...(attributes.required ?? [])],
    additionalProperties: false,
  });
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'archmeter layer spec',
    type: 'object',
    properties: {
      $schema: { type: 'string' },
      schema: { const: SPEC_SCHEMA },
      name: { type: 'string' },
      description: { type: 'string' },
      parameters: { type: 'object', additionalProperties: { type: ['number', 'string', 'boolean'] } },
      input,
      inputs: { type: 'object', additionalProperties: input },
      layers: { $ref: '#/definitions/layers' },
      outputs: { type: 'array', items: { type: 'string' } },
    },
    required: ['layers'],
    additionalProperties: false,
    definitions: {
      layers: { type: 'array', items: { $ref: '#/definitions/layer' } },
      layer: {
        anyOf: [
          { enum: ops.map(({ name }) => name) },
          { $ref: '#/definitions/group' },
          ...ops.map(({ name, summary, attributes }) => layer('op', name, summary, attributes)),
          ...[...blocks.values()].map(({ name, title, options }) => layer('block', name, title, options)),
        ],
      },
      group: {
        title: 'A group of layers, repeated or under a module name',
        type: 'object',
        properties: { ...common, layers: { $ref: '#/definitions/layers' } },
        required: ['layers'],
        additionalProperties: false,
      },
    },
  };
}

function orExpression(properties: Readonly<Record<string, unknown>>, expression: object): Record<string, object> {
  return Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, { anyOf: [schema, expression] }]));
}
