import { REPORT_SCHEMA } from '../report/document.js';
import { METRICS } from '../units.js';
import { analysisSchema } from './analysis.schema.js';
import { gateOutcome } from './gate.schema.js';
import { measurementSchema } from './measurement.schema.js';

const text = { type: 'string' } as const;
const number = { type: 'number' } as const;
const positive = { type: 'number', exclusiveMinimum: 0 } as const;
const count = { type: 'number', minimum: 0 } as const;
const metricId = { enum: Object.keys(METRICS) };
const list = (items: object) => ({ type: 'array', items });
const said = <T extends object>(schema: T, description: string) => ({ ...schema, description });

/** An object with no other members. */
function closed(required: Readonly<Record<string, unknown>>, optional: Readonly<Record<string, unknown>> = {}) {
  return {
    type: 'object',
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}

const metrics = {
  type: 'object',
  propertyNames: metricId,
  additionalProperties: number,
  description: 'Figures by name; definitions in the analysis and measurement schemas.',
};

const group = closed(
  {
    title: text,
    models: list(closed({ name: text }, { architecture: said(text, 'Models of one architecture share a colour.') })),
  },
  { note: text },
);

const sweep = closed({
  variable: { enum: ['batch', 'resolution'] },
  points: list(closed({ model: text, value: positive, metrics })),
});

const published = closed(
  { model: text, source: text },
  {
    top1: said({ type: 'number', minimum: 0, maximum: 100 }, 'ImageNet top-1 accuracy in percent.'),
    figures: list(
      closed(
        { label: text, value: number, unit: text },
        { ours: closed({ metric: metricId, scale: number }), note: text },
      ),
    ),
  },
);

const device = closed(
  {
    name: text,
    dtype: text,
    flopsPerSecond: said(positive, 'Dense peak, 2 per multiply-add.'),
    bytesPerSecond: positive,
    source: text,
    verified: { type: 'boolean' },
  },
  { timedAs: said(text, 'What the system calls the device where it was timed.') },
);

const estimate = closed(
  { model: text, device: text, mode: { enum: ['literature', 'calibrated', 'specification'] } },
  {
    latencyMs: count,
    latencyLowMs: count,
    latencyHighMs: count,
    energyJoules: said(count, 'Of one image.'),
    energyLowJoules: count,
    energyHighJoules: count,
    energyMode: said(
      { enum: ['literature', 'calibrated'] },
      'Constants from the literature rank models; they are not joules of the device.',
    ),
    layers: list(
      closed({ name: text, latencyMs: count, bound: { enum: ['compute', 'memory', 'launch', 'occupancy'] } }),
    ),
    note: text,
  },
);

const finding = closed(
  { id: text, model: text, title: text, detail: text, layers: list(text), source: text },
  { saving: closed({ metric: metricId, value: number, fraction: number }, { of: text }) },
);

const { verdict, rows, ...aboutGate } = gateOutcome;
const gate = closed({ verdict, rows }, aboutGate);

const explanations = closed({
  model: text,
  strings: list(text),
  layers: said(
    list(list({ type: 'integer', minimum: 0 })),
    'By layer: figure, formula, substituted formula and source, as indices of `strings`.',
  ),
});

const embedded = ({ $schema: _, ...schema }: Readonly<Record<string, unknown>>) => schema;

/** JSON Schema of `archmeter/report@1` (src/core/report/document.ts). */
export const reportSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: REPORT_SCHEMA,
  ...closed(
    {
      schema: { const: REPORT_SCHEMA },
      archmeter: said(text, 'Version that wrote it.'),
      title: text,
      command: text,
      analyses: list({ $ref: '#/definitions/analysis' }),
      measurements: list({ $ref: '#/definitions/measurement' }),
    },
    {
      createdAt: text,
      groups: list(group),
      explanations: list(explanations),
      sweeps: list(sweep),
      published: list(published),
      devices: list(device),
      estimates: list(estimate),
      findings: list(finding),
      zoo: list(
        closed(
          { name: text, top1: number, params: number, madds: number, memoryAccessCost: number },
          { estimatedLatencyMs: { type: 'object', additionalProperties: number } },
        ),
      ),
      history: list(closed({ commit: text, date: text, models: { type: 'object', additionalProperties: metrics } })),
      gate,
    },
  ),
  definitions: { analysis: embedded(analysisSchema), measurement: embedded(measurementSchema) },
};
