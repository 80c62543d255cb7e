import { DTYPE_BITS } from '../ir/tensor.js';
import { MEASUREMENT_SCHEMA } from '../measurement.js';
import { METRICS } from '../units.js';

const text = { type: 'string' } as const;
const number = { type: 'number' } as const;
const count = { type: 'number', minimum: 0 } as const;
const positive = { type: 'number', exclusiveMinimum: 0 } as const;
const whole = { type: 'integer', minimum: 0 } as const;
const fraction = { type: 'number', minimum: 0, maximum: 1 } as const;
const numbers = { type: 'array', items: number } as const;
const texts = { type: 'object', additionalProperties: text } as const;

const said = <T extends object>(schema: T, description: string) => ({ ...schema, description });

/** An object with no other members; those named after `?` in the type are left out of `required`. */
function closed(required: Readonly<Record<string, unknown>>, optional: Readonly<Record<string, unknown>> = {}) {
  return {
    type: 'object',
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}

const distribution = closed(
  {
    medianMs: number,
    confidence: fraction,
    p5Ms: number,
    p95Ms: number,
    p99Ms: number,
    samplesMs: said({ type: 'array', items: number, minItems: 1 }, 'Every sample, in the order taken.'),
  },
  {
    lowMs: said(number, 'Interval of the median; left out where samples are too few for one.'),
    highMs: number,
    copiesMs: said(numbers, 'Median of each copy, where the model was prepared several times.'),
  },
);

const times = closed({ hot: distribution }, { cold: distribution });

const idle = closed({ powerWatts: count, flat: { type: 'boolean' } }, { pState: count, clockMhz: count });

const energy = {
  oneOf: [
    closed(
      {
        status: { const: 'measured' },
        meter: text,
        grossEnergyJoules: said(positive, METRICS.measuredEnergyJoules.definition),
        powerWatts: said(count, METRICS.measuredPowerWatts.definition),
        idle: closed({ before: idle, after: idle }),
        repetitions: whole,
        seconds: count,
      },
      {
        netEnergyJoules: said(positive, 'Energy of one image, idle power subtracted.'),
        netUnavailable: said(text, 'Why there is no netEnergyJoules.'),
        runMs: said(positive, 'Mean wall time of a run while energy was measured.'),
        imagesPerJoule: positive,
        domainsJoules: { type: 'object', additionalProperties: number },
        method: text,
        samples: { type: 'array', items: closed({ atMs: number, powerWatts: number }) },
      },
    ),
    closed({ status: { const: 'unavailable' }, reason: said({ ...text, minLength: 1 }, 'Why there is none.') }),
  ],
};

const failures = [
  'wrong-output',
  'not-a-number',
  'device-lost',
  'device-error',
  'runtime-error',
  'no-answer',
  'above-peak',
  'saturated-clock',
];

const method = closed(
  {
    iterations: { type: 'integer', minimum: 1 },
    reduction: { enum: ['single', 'corrected', 'differenced'] },
    overheadMs: { type: ['number', 'null'] },
    warmUpSamples: whole,
    warmUpFlat: { type: 'boolean' },
  },
  { slowClockSamples: whole },
);

const raw = closed(
  {
    phase: { enum: ['warm-up', 'probe', 'hot', 'cold'] },
    round: { type: 'integer', minimum: -1 },
    iterations: { type: 'integer', minimum: 1 },
    wallMs: count,
  },
  { copy: whole, deviceMs: count },
);

const arm = closed(
  {
    name: text,
    batch: { type: 'integer', minimum: 1 },
    status: { enum: ['ok', 'failed', 'partial'] },
    madds: said(count, METRICS.madds.definition),
    flops: said(count, METRICS.flops.definition),
    fusedBytes: count,
    energy,
  },
  {
    message: said(text, 'Why it failed or stopped early.'),
    failure: { enum: failures },
    wall: times,
    device: times,
    check: closed(
      { before: count, after: count, tolerance: count },
      { against: { enum: ['float64 reference', "float64 reference with the file's weights", 'second run'] } },
    ),
    source: said({ enum: ['file as it is', 'rebuilt'] }, 'Of a model file: itself, or its graph with random weights.'),
    rebuiltBecause: text,
    imagesPerSecond: said(count, METRICS.measuredImagesPerSecond.definition),
    maddsPerSecond: said(count, METRICS.measuredMaddsPerSecond.definition),
    flopsPerSecond: said(count, METRICS.measuredFlopsPerSecond.definition),
    fractionOfPeak: count,
    bandwidthBytesPerSecond: said(count, METRICS.measuredBandwidth.definition),
    layers: closed({
      timings: {
        type: 'array',
        items: closed(
          { name: text, latencyMs: number },
          {
            conversionMs: said(count, 'Of it, changes of layout or type that the runtime added for the layer.'),
            unjoined: { const: true },
            members: { type: 'array', items: text },
            lowMs: count,
            highMs: count,
            kernels: count,
            work: said(closed({ madds: count, flops: count, bytes: count }), 'What its layers do in all.'),
            bound: said(
              closed({ latencyMs: count, by: { enum: ['compute', 'memory'] } }),
              "The least time that the device's data sheet allows.",
            ),
          },
        ),
      },
      unexplainedFraction: number,
    }),
    layersUnavailable: said(text, 'Why there are no layers although they were asked for.'),
    trace: said(
      closed(
        {
          idleMs: count,
          overlapMs: count,
          warmUpIterations: whole,
          joinedFraction: fraction,
          joinedTo: { enum: ['model', 'operators'] },
        },
        {
          hostMs: count,
          attributedFraction: fraction,
          boundsOf: closed({ id: text, name: text, unverified: { type: 'array', items: text } }),
        },
      ),
      'Of a profile that others made.',
    ),
    method,
    raw: { type: 'array', items: raw },
  },
);

const comparison = closed(
  {
    name: text,
    baseline: text,
    ratio: positive,
    pValue: fraction,
    verdict: { enum: ['faster', 'slower', 'equivalent', 'inconclusive'] },
  },
  {
    low: count,
    high: count,
    withheldFor: { const: 'carry-over' },
    equivalencePValue: fraction,
    confidence: fraction,
    rounds: whole,
    copies: whole,
  },
);

/** JSON Schema of `archmeter/measurement@1` (src/core/measurement.ts). */
export const measurementSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'archmeter measurement',
  ...closed(
    {
      schema: { const: MEASUREMENT_SCHEMA },
      archmeter: text,
      startedAt: text,
      command: text,
      runtime: closed({ name: text, details: texts }, { execution: { enum: ['eager', 'fused'] } }),
      device: closed(
        { kind: { enum: ['gpu', 'cpu', 'software', 'unknown'] }, name: text },
        { vendor: text, architecture: text, driver: text, pciBusId: text },
      ),
      dtype: { enum: Object.keys(DTYPE_BITS) },
      settings: closed(
        {
          clock: { enum: ['wall', 'device'] },
          clockQuantumMs: count,
          precision: positive,
          tolerance: positive,
          timeBudgetSeconds: positive,
          seed: number,
          stoppedBy: { enum: ['precision', 'time-budget', 'interrupt', 'failure', 'end-of-trace'] },
          rounds: whole,
        },
        {
          coldRounds: whole,
          copies: whole,
          sustained: { type: 'boolean' },
          washoutMs: count,
          confidence: fraction,
          flushBytes: count,
          peak: closed({ flopsPerSecond: positive, source: text }),
          elapsedSeconds: count,
          checkSeconds: count,
        },
      ),
      arms: { type: 'array', items: arm },
      comparisons: { type: 'array', items: comparison },
      environment: { type: 'object', additionalProperties: { type: ['string', 'number', 'null'] } },
      warnings: { type: 'array', items: closed({ id: text, text }, { arm: text }) },
    },
    {
      control: said(
        closed({ floor: { type: 'number', minimum: 1 }, deviation: count, copies: whole, confidence: fraction }),
        'How far copies of one model stand apart: no difference within the floor is claimed.',
      ),
      carryOver: said(
        { type: 'array', items: closed({ name: text, ratio: positive }) },
        "By arm: time of the next arm's first sample after it, over that arm's time once it has settled.",
      ),
    },
  ),
} as const;
