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

/** Stands for every finding that has no rule of its own. */
export const ALL_FINDINGS = '*';

const CONFIG_SCHEMA = 'archmeter/config@1';

const quantity = {
  oneOf: [{ type: 'number' }, { type: 'string', pattern: '^[0-9]+([.][0-9]+)? ?([kKMGT]i?)?B?$' }],
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

const limit = {
  type: 'object',
  properties: {
    level: rule.properties.level,
    max: { type: 'number', exclusiveMinimum: 0 },
    min: { type: 'number', exclusiveMinimum: 0 },
  },
  additionalProperties: false,
} as const;

const patterns = {
  anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1 }],
} as const;

const findingRule = {
  type: 'object',
  properties: {
    level: { enum: ['off', 'warn', 'error'], description: 'What a new finding is; default error.' },
    models: { ...patterns, description: 'Models that it is gated for, by name or pattern; default all.' },
    allow: { ...patterns, description: 'Models that may have it, by name or pattern.' },
  },
  additionalProperties: false,
} as const;

const shape = { type: 'array', items: { type: 'integer', minimum: 1 } } as const;

const model = {
  type: 'object',
  properties: {
    model: {
      type: 'string',
      description: 'Zoo name, zoo:PATTERN (* stands for anything), or path or glob of spec and model files.',
    },
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
      description:
        "Findings of 'archmeter advise' by id or rule (* stands for all), and what one is that the baseline lacks.",
      additionalProperties: { anyOf: [{ enum: ['off', 'warn', 'error'] }, findingRule] },
    },
    ratios: {
      type: 'array',
      description: 'Limits on ratios that a benchmark wrote (a JSON object of numbers), by name.',
      items: {
        type: 'object',
        properties: {
          file: { type: 'string' },
          limits: { type: 'object', additionalProperties: limit, minProperties: 1 },
        },
        required: ['file', 'limits'],
        additionalProperties: false,
      },
    },
    execution: { enum: ['eager', 'fused'] },
    dtype: { enum: ['float32', 'float16', 'bfloat16', 'float8', 'int8', 'int4'] },
    baseline: {
      anyOf: [{ type: 'string' }, { const: false }],
      description: 'Default archmeter.baseline.json beside the configuration; false: budgets alone, no baseline.',
    },
    layers: {
      type: 'boolean',
      description: 'Whether the baseline keeps the figures of each layer, by which causes are named. Default true.',
    },
  },
  anyOf: [{ required: ['models'] }, { required: ['ratios'] }],
  additionalProperties: false,
} as const;

export type MetricRule = FromSchema<typeof rule>;
export type FindingRule = FromSchema<typeof findingRule>;
export type RatioLimit = FromSchema<typeof limit>;
export type ModelEntry = FromSchema<typeof model>;

/** A checked configuration. */
export interface GateConfig {
  readonly models?: readonly (string | ModelEntry)[];
  readonly metrics?: Readonly<Partial<Record<AnalyticMetric | MeasuredMetric, MetricRule>>>;
  readonly budgets?: readonly { readonly models: string; readonly metrics: NonNullable<GateConfig['metrics']> }[];
  readonly findings?: Readonly<Record<string, 'off' | 'warn' | 'error' | FindingRule>>;
  readonly ratios?: readonly { readonly file: string; readonly limits: Readonly<Record<string, RatioLimit>> }[];
  readonly execution?: 'eager' | 'fused';
  readonly dtype?: 'float32' | 'float16' | 'bfloat16' | 'float8' | 'int8' | 'int4';
  readonly baseline?: string | false;
  readonly layers?: boolean;
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

/** What a new finding of a model is: by its id, else by its rule, else by what stands for all. */
export function findingLevel(
  { findings = {} }: GateConfig,
  { id, rule }: { readonly id: string; readonly rule: string },
  name: string,
): 'off' | 'warn' | 'error' {
  const fits = (given: string | readonly string[]) => [given].flat().some((pattern) => matchesPattern(pattern, name));
  for (const key of [id, rule, ALL_FINDINGS]) {
    const written = Object.hasOwn(findings, key) ? findings[key] : undefined;
    if (written === undefined) continue;
    const {
      level = 'error',
      models = '*',
      allow = [],
    }: FindingRule = typeof written === 'string' ? { level: written } : written;
    if (fits(models)) return fits(allow) ? 'off' : level;
  }
  return 'off';
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

/** Patterns of budgets and findings that fit none of the models: a misspelt one would never be exceeded. */
export function idlePatterns({ budgets = [], findings = {} }: GateConfig, names: readonly string[]): string[] {
  const gated = Object.values(findings).flatMap((rule) => (typeof rule === 'string' ? [] : [rule.models ?? []].flat()));
  return [...budgets.map(({ models }) => models), ...gated].filter(
    (pattern) => !names.some((name) => matchesPattern(pattern, name)),
  );
}

const EXPONENTS: Readonly<Record<string, number>> = { '': 0, k: 1, K: 1, M: 2, G: 3, T: 4 };

/** `26M` → 26,000,000; `50MiB` → 52,428,800; NaN for what the configuration's schema refuses. */
export function parseQuantity(value: number | string): number {
  if (typeof value === 'number') return value;
  const [, number, prefix = '', binary] = /^(\d+(?:\.\d+)?) ?(?:([kKMGT])(i?))?B?$/.exec(value) ?? [];
  return Number(number) * (binary === 'i' ? 1024 : 1000) ** (EXPONENTS[prefix] as number);
}
