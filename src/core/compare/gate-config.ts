import type { FromSchema } from 'json-schema-to-ts';
import { METRICS, type MetricId } from '../units.js';

/** Metrics of a model's totals that the gate can judge: exact, on any machine. */
export const ANALYTIC_METRICS = [
  'params',
  'paramBytes',
  'madds',
  'flops',
  'activations',
  'memoryAccessCost',
  'paperMemoryAccessCost',
  'memoryAccessCostRatio',
  'readBytes',
  'writeBytes',
  'arithmeticIntensity',
  'peakActivationBytes',
  'trainingFlops',
  'peakTrainingBytes',
  'convolutionalInputOutput',
  'maddsPerConvolutionalInputOutput',
] as const satisfies readonly MetricId[];

/** Metrics that are judged only where base and head were timed together on one device. */
export const MEASURED_METRICS = [
  'measuredLatencyMs',
  'measuredEnergyJoules',
  'measuredMaddsPerSecond',
] as const satisfies readonly MetricId[];

export type AnalyticMetric = (typeof ANALYTIC_METRICS)[number];
export type MeasuredMetric = (typeof MEASURED_METRICS)[number];

export const CONFIG_SCHEMA = 'archmeter/config@1';

const quantity = {
  oneOf: [{ type: 'number' }, { type: 'string', pattern: '^[0-9.]+ ?[kKMGT]?i?B?$' }],
  description: 'A number, or with a prefix: 26M, 4.2G, 50MB.',
} as const;

const rule = {
  type: 'object',
  properties: {
    level: { enum: ['off', 'warn', 'error'], description: 'What a regression is; default error.' },
    max: { ...quantity, description: 'Budget: never above this.' },
    min: { ...quantity, description: 'Budget: never below this.' },
    relative: {
      type: 'number',
      minimum: 0,
      description: 'Tolerated worsening as a fraction of the baseline; default 0.',
    },
    absolute: {
      ...quantity,
      description: 'Tolerated worsening in the metric itself; default 0. Both must be exceeded.',
    },
    direction: {
      enum: ['lower', 'higher', 'either'],
      description: "Which direction is good; either: any change is a regression. Default: the metric's own.",
    },
  },
  additionalProperties: false,
} as const;

const rules = {
  type: 'object',
  properties: Object.fromEntries(
    [...ANALYTIC_METRICS, ...MEASURED_METRICS].map((id) => [id, { ...rule, description: METRICS[id].definition }]),
  ),
  additionalProperties: false,
} as const;

const shape = { type: 'array', items: { type: 'integer', minimum: 1 } } as const;

const model = {
  type: 'object',
  properties: {
    model: { type: 'string', description: 'Zoo name, or path or glob of spec and model files.' },
    name: { type: 'string', description: 'Name in the baseline; default: the zoo name or the path.' },
    inputs: { type: 'object', additionalProperties: shape, description: 'Shapes of inputs by name.' },
    batch: { type: 'integer', minimum: 1 },
    resolution: { type: 'integer', minimum: 1, description: 'Side of square images, for zoo models.' },
    parameters: { type: 'object', additionalProperties: { type: ['number', 'string', 'boolean'] } },
    excludeHead: { type: 'boolean' },
  },
  required: ['model'],
  additionalProperties: false,
} as const;

/** JSON Schema of `archmeter.config.yaml`. */
export const configSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'archmeter configuration',
  type: 'object',
  properties: {
    $schema: { type: 'string' },
    schema: { const: CONFIG_SCHEMA },
    extends: { type: 'string', description: 'Another configuration file that this one builds on.' },
    models: { type: 'array', items: { oneOf: [{ type: 'string' }, model] }, minItems: 1 },
    metrics: rules,
    budgets: {
      type: 'array',
      description: 'Rules for some models, by name or pattern (* stands for anything); later ones win.',
      items: {
        type: 'object',
        properties: { models: { type: 'string' }, metrics: rules },
        required: ['models', 'metrics'],
        additionalProperties: false,
      },
    },
    findings: {
      type: 'object',
      description: "Findings of 'archmeter advise' by id, and what one that the baseline lacks is.",
      additionalProperties: { enum: ['off', 'warn', 'error'] },
    },
    execution: { enum: ['eager', 'fused'] },
    dtype: { enum: ['float32', 'float16', 'bfloat16', 'float8', 'int8', 'int4'] },
    baseline: { type: 'string', description: 'Default archmeter.baseline.json beside the configuration.' },
  },
  required: ['models'],
  additionalProperties: false,
} as const;

export type MetricRule = FromSchema<typeof rule>;
export type ModelEntry = FromSchema<typeof model>;

/** A checked configuration. */
export interface GateConfig {
  readonly models: readonly (string | ModelEntry)[];
  readonly metrics?: Readonly<Partial<Record<AnalyticMetric | MeasuredMetric, MetricRule>>>;
  readonly budgets?: readonly { readonly models: string; readonly metrics: NonNullable<GateConfig['metrics']> }[];
  readonly findings?: Readonly<Record<string, 'off' | 'warn' | 'error'>>;
  readonly execution?: 'eager' | 'fused';
  readonly dtype?: 'float32' | 'float16' | 'bfloat16' | 'float8' | 'int8' | 'int4';
  readonly baseline?: string;
}

/** Judged where a configuration names no metrics. */
const DEFAULT_RULES: NonNullable<GateConfig['metrics']> = {
  params: {},
  madds: {},
  memoryAccessCost: {},
  peakActivationBytes: {},
};

/** Rules for one model: the general ones, overridden by each budget whose pattern fits. */
export function rulesFor(config: GateConfig, name: string): NonNullable<GateConfig['metrics']> {
  const merged: Record<string, MetricRule> = { ...(config.metrics ?? DEFAULT_RULES) };
  for (const { models, metrics } of config.budgets ?? []) {
    if (!matchesPattern(models, name)) continue;
    for (const [metric, extra] of Object.entries(metrics)) merged[metric] = { ...merged[metric], ...extra };
  }
  return merged;
}

/** `*` stands for any text. */
export function matchesPattern(pattern: string, name: string): boolean {
  const parts = pattern.split('*');
  if (parts.length === 1) return pattern === name;
  let at = 0;
  for (const [i, part] of parts.entries()) {
    const found = i === 0 ? (name.startsWith(part) ? 0 : -1) : name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.endsWith(parts[parts.length - 1] as string) && at <= name.length;
}

const PREFIXES: Readonly<Record<string, number>> = { k: 1e3, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };
const BINARY: Readonly<Record<string, number>> = { K: 2 ** 10, k: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** `26M` → 26,000,000; `50MiB` → 52,428,800. */
export function parseQuantity(value: number | string): number {
  if (typeof value === 'number') return value;
  const match = /^([0-9.]+) ?([kKMGT]?)(i?)B?$/.exec(value);
  if (match === null) return Number.NaN;
  const [, number, prefix, binary] = match as unknown as [string, string, string, string];
  const scale = prefix === '' ? 1 : (binary === 'i' ? BINARY : PREFIXES)[prefix];
  return Number(number) * (scale as number);
}
