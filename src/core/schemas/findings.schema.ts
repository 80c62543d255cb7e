const text = { type: 'string' } as const;
const number = { type: 'number' } as const;

const finding = {
  type: 'object',
  properties: {
    id: { ...text, description: 'Stable; gates name findings by it.' },
    rule: text,
    model: text,
    title: text,
    detail: text,
    layers: { type: 'array', items: text },
    figure: {
      type: 'object',
      description: 'The figure that gave it away.',
      properties: { name: text, value: number },
      required: ['name', 'value'],
      additionalProperties: false,
    },
    saving: {
      type: 'object',
      description: 'Of the whole model, recomputed on the changed graph.',
      properties: {
        metric: { enum: ['estimatedLatencyMs', 'measuredLatencyMs', 'peakActivationBytes'] },
        value: number,
        fraction: { ...number, maximum: 1 },
        of: { ...text, description: 'What measured time it is a part of.' },
      },
      required: ['metric', 'value', 'fraction'],
      additionalProperties: false,
    },
    cost: {
      type: 'object',
      description: "What else the change does, as a factor of the model's own.",
      properties: { params: number, madds: number },
      required: ['params', 'madds'],
      additionalProperties: false,
    },
    source: { ...text, description: 'Paper that the rule follows.' },
  },
  required: ['id', 'rule', 'model', 'title', 'detail', 'layers', 'figure', 'source'],
  additionalProperties: false,
} as const;

/** JSON Schema of `archmeter/findings@1`, what `archmeter advise --json` writes. */
export const findingsSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'archmeter findings',
  type: 'object',
  properties: {
    schema: { const: 'archmeter/findings@1' },
    device: { ...text, description: 'Id of the device that savings are estimated for.' },
    unverified: { type: 'array', items: text, description: 'Figures of the device that no source confirmed.' },
    findings: { type: 'array', items: finding },
    measured: {
      type: 'object',
      description: 'Of a profile: what its time was measured on.',
      properties: { device: text, clock: text, software: text, iterations: { type: 'integer', minimum: 1 } },
      required: ['device', 'clock', 'software', 'iterations'],
      additionalProperties: false,
    },
  },
  required: ['schema', 'device', 'unverified', 'findings'],
  additionalProperties: false,
} as const;
