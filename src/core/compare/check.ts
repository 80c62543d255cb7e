import type { AnalysisResult } from '../analysis/result.js';
import { METRICS, type MetricId } from '../units.js';
import { type Acceptance, type BaselineModel, type LayerFigure, setupOf } from './baseline.js';
import type { GateRow, GateVerdict } from './gate.js';
import {
  ANALYTIC_METRICS,
  type AnalyticMetric,
  type GateConfig,
  type MetricRule,
  parseQuantity,
  rulesFor,
} from './gate-config.js';
import { contributions, diffLayers, layersOfBaseline, layersOfResult } from './layer-diff.js';

/** A model of the configuration, analysed. */
export interface GatedModel {
  readonly name: string;
  readonly result: AnalysisResult;
  /** The file it is described in, if any. */
  readonly file?: string | undefined;
  /** Ids of what `advise` finds, where findings are gated. */
  readonly findings?: readonly string[] | undefined;
}

/** The layer figure that explains a metric of the whole model. */
const EXPLAINED_BY: Readonly<Partial<Record<MetricId, LayerFigure>>> = {
  params: 'params',
  paramBytes: 'params',
  madds: 'madds',
  flops: 'flops',
  trainingFlops: 'flops',
  activations: 'activations',
  memoryAccessCost: 'memoryAccessCost',
  paperMemoryAccessCost: 'memoryAccessCost',
  convolutionalInputOutput: 'memoryAccessCost',
  readBytes: 'readBytes',
  writeBytes: 'writeBytes',
  peakActivationBytes: 'liveActivationBytes',
  peakTrainingBytes: 'writeBytes',
};

const MOST_LAYERS = 5;

/**
 * Judges a model's analytic metrics and findings: budgets always, regressions against the baseline where it has one.
 *
 * @param today ISO date, by which acceptances expire
 */
export function checkModel(
  model: GatedModel,
  baseline: BaselineModel | undefined,
  config: GateConfig,
  today: string,
): GateRow[] {
  const rules = rulesFor(config, model.name);
  const { result } = model;
  if (result.unsupportedOps.length > 0) {
    const list = result.unsupportedOps.map(({ type, count }) => `${type} (${count}x)`).join(', ');
    return [row(model, 'madds', null, null, 'fail', `its totals leave out ops that archmeter does not know: ${list}`)];
  }
  const sameSetup = baseline === undefined || baseline.setup === setupOf(result);
  const changes = baseline === undefined ? [] : diffLayers(layersOfBaseline(baseline.layers), layersOfResult(result));
  const rows = ANALYTIC_METRICS.flatMap((metric): GateRow[] => {
    const rule = rules[metric];
    const actual = result.totals[metric];
    if (rule === undefined || rule.level === 'off' || actual === null) return [];
    const expected = baseline?.metrics[metric] ?? null;
    const budget = budgetProblem(rule, actual);
    const bad: GateVerdict = rule.level === 'warn' ? 'warn' : 'fail';
    if (budget !== undefined) return [explained(row(model, metric, expected, actual, bad, budget))];
    if (expected === null)
      return [row(model, metric, null, actual, 'pass', baseline ? 'not in the baseline yet' : undefined)];
    if (!sameSetup) {
      const detail = `the baseline is for ${baseline?.setup}, this is ${setupOf(result)}`;
      return [{ ...row(model, metric, expected, actual, bad, detail), accept: 'archmeter baseline update' }];
    }
    const direction = rule.direction ?? METRICS[metric].better;
    const judged = judge(rule, direction, expected, actual, baseline?.accepted?.[metric], today);
    return [explained(row(model, metric, expected, actual, judged.verdict, judged.detail))];
  });

  function explained(judged: GateRow): GateRow {
    const figure = EXPLAINED_BY[judged.metric as MetricId];
    if (judged.verdict === 'pass' || judged.expected === null || figure === undefined) return judged;
    const layers = contributions(changes, figure).slice(0, MOST_LAYERS);
    const first = layers.find(({ line }) => line !== undefined);
    return {
      ...judged,
      layers,
      ...(judged.location && first ? { location: { ...judged.location, line: first.line } } : {}),
    };
  }
  return [...rows, ...checkFindings(model, baseline, config)];
}

function row(
  model: GatedModel,
  metric: GateRow['metric'],
  expected: number | null,
  actual: number | null,
  verdict: GateVerdict,
  detail?: string,
): GateRow {
  const regression = verdict === 'fail' || verdict === 'warn';
  return {
    model: model.name,
    metric,
    expected,
    actual,
    verdict,
    ...(detail === undefined ? {} : { detail }),
    ...(model.file === undefined ? {} : { location: { file: model.file } }),
    ...(regression && expected !== null
      ? { accept: `archmeter accept ${quoted(model.name)} ${metric} --reason "…"` }
      : {}),
  };
}

function quoted(name: string): string {
  return /^[\w./-]+$/.test(name) ? name : JSON.stringify(name);
}

function budgetProblem(rule: MetricRule, actual: number): string | undefined {
  if (rule.max !== undefined && actual > parseQuantity(rule.max)) return `above its budget of ${rule.max}`;
  if (rule.min !== undefined && actual < parseQuantity(rule.min)) return `below its least of ${rule.min}`;
  return undefined;
}

/** A regression exceeds the relative and the absolute tolerance both. */
function judge(
  rule: MetricRule,
  direction: 'lower' | 'higher' | 'either' | 'neither',
  expected: number,
  actual: number,
  accepted: Acceptance | undefined,
  today: string,
): { verdict: GateVerdict; detail?: string } {
  const change = actual - expected;
  if (change === 0) return { verdict: 'pass' };
  const worsening = direction === 'higher' ? -change : direction === 'lower' ? change : Math.abs(change);
  if (worsening < 0) return { verdict: 'improved' };
  const relative = rule.relative ?? 0;
  const absolute = rule.absolute === undefined ? 0 : parseQuantity(rule.absolute);
  if (worsening <= relative * Math.abs(expected) || worsening <= absolute) {
    return { verdict: 'pass', detail: 'within tolerance' };
  }
  const tolerated = `tolerance ${100 * relative} % and ${absolute}`;
  if (accepted === undefined)
    return { verdict: rule.level === 'warn' ? 'warn' : 'fail', detail: `beyond its ${tolerated}` };
  const covered =
    direction === 'higher'
      ? actual >= accepted.value
      : direction === 'lower'
        ? actual <= accepted.value
        : actual === accepted.value;
  if (!covered)
    return {
      verdict: rule.level === 'warn' ? 'warn' : 'fail',
      detail: `beyond what was accepted (${accepted.value}: ${accepted.reason})`,
    };
  if (accepted.until !== undefined && accepted.until < today) {
    return {
      verdict: rule.level === 'warn' ? 'warn' : 'fail',
      detail: `its acceptance (${accepted.reason}) ended on ${accepted.until}`,
    };
  }
  return { verdict: 'accepted', detail: `${accepted.reason}${accepted.until ? ` (until ${accepted.until})` : ''}` };
}

function checkFindings(model: GatedModel, baseline: BaselineModel | undefined, config: GateConfig): GateRow[] {
  const known = new Set(baseline?.findings ?? []);
  return (model.findings ?? []).flatMap((id) => {
    const level = Object.entries(config.findings ?? {}).find(([key]) => id === key || id.startsWith(`${key}:`))?.[1];
    if (level === undefined || level === 'off' || known.has(id)) return [];
    return [
      row(
        model,
        `finding:${id}`,
        null,
        null,
        level === 'warn' ? 'warn' : 'fail',
        'a finding that the baseline does not have',
      ),
    ];
  });
}

/** Models of the baseline that the configuration no longer names. */
export function staleModels(baseline: Readonly<Record<string, BaselineModel>>, names: readonly string[]): string[] {
  return Object.keys(baseline).filter((name) => !names.includes(name));
}

export type { AnalyticMetric };
