import { PRECISIONS } from '../analysis/latency/index.js';

const text = { type: 'string' } as const;
const number = { type: 'number', minimum: 0 } as const;
const texts = { type: 'array', items: text } as const;

function exactly<P extends Readonly<Record<string, object>>>(properties: P) {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false } as const;
}

const execution = { enum: ['eager', 'fused'] } as const;
const energyParts = {
  computeJoules: number,
  memoryJoules: number,
  staticJoules: { ...number, description: '0 in the literature mode, which knows none.' },
} as const;

const latency = exactly({
  model: text,
  device: text,
  mode: { enum: ['calibrated', 'specification'] },
  profile: text,
  precision: { enum: PRECISIONS },
  execution,
  batch: { type: 'integer', minimum: 1 },
  latencyMs: { ...number, description: 'Of a batch, on the wall: the larger of kernelsMs and hostMs.' },
  kernelsMs: { ...number, description: "Of the device's kernels, one after the other." },
  hostMs: { ...number, description: 'That the host takes to start them.' },
  binds: { enum: ['device', 'host'] },
  latencyLowMs: number,
  latencyHighMs: number,
  kernels: { type: 'integer', minimum: 0 },
  layers: {
    type: 'array',
    items: exactly({
      name: text,
      op: text,
      latencyMs: number,
      bound: { enum: ['compute', 'memory', 'launch', 'occupancy'] },
      fraction: number,
      computeMs: number,
      memoryMs: number,
      launchMs: number,
      occupancy: number,
    }),
  },
  unverified: { ...texts, description: 'Figures of the device that no source confirmed.' },
  notes: texts,
});

const energy = exactly({
  model: text,
  device: text,
  mode: { enum: ['literature', 'calibrated'], description: '`literature` is for ranking only.' },
  source: text,
  processNm: { type: ['number', 'null'] },
  energyJoules: { ...number, description: 'Of one image.' },
  ...energyParts,
  energyLowJoules: number,
  energyHighJoules: number,
  layers: { type: 'array', items: exactly({ name: text, energyJoules: number, ...energyParts }) },
  note: text,
});

/** JSON Schema of `archmeter/estimates@1`, what `archmeter estimate --json` writes. */
export const estimatesSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'archmeter estimates',
  ...exactly({
    schema: { const: 'archmeter/estimates@1' },
    estimates: { type: 'array', items: exactly({ latency, energy }) },
  }),
} as const;
