import type { AnalysisResult } from '../analysis/result.js';
import { ArchmeterError } from '../errors.js';
import { bytesInWords, METRICS } from '../units.js';
import { type BaselineModel, setupOf } from './baseline.js';
import type { GateMetric, GateRow, GateVerdict } from './gate.js';
import {
  ANALYTIC_METRICS,
  type AnalyticMetric,
  findingLevel,
  type GateConfig,
  type MetricRule,
  rulesFor,
} from './gate-config.js';
import { acceptedRow, budgetProblem, type Direction, toleranceOf, toleranceText, worsening } from './judge.js';
import { causesOf, diffLayers, layersAbovePeak, layersOfBaseline, layersOfResult } from './layer-diff.js';

/** A model of the configuration, analysed. */
export interface GatedModel {
  readonly name: string;
  readonly result: AnalysisResult;
  /** Where it is described: its own file, or its line of the configuration. */
  readonly location?: GateRow['location'];
  /** What `advise` finds, where findings are gated. */
  readonly findings?: readonly GatedFinding[] | undefined;
}

export interface GatedFinding {
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  readonly detail: string;
  readonly layers: readonly string[];
}

export interface CheckOptions {
  /** ISO date, by which acceptances expire. */
  readonly today: string;
  /** Put behind commands that accept a difference, e.g. ` --config other.yaml`. */
  readonly commandOptions?: string;
  /** Whether there is a baseline file for acceptances; default true. */
  readonly acceptable?: boolean;
  /** Whether the baseline was made from another revision just now, rather than read from a file. */
  readonly fromRevision?: boolean;
}

const MOST_LAYERS = 5;

/**
 * Refuses models of which some ops have no count: every total would leave them out.
 *
 * @throws ArchmeterError that lists them all
 */
export function refuseUnsupported(models: readonly GatedModel[]): void {
  const found = models.filter(({ result }) => result.unsupportedOps.length > 0);
  if (found.length === 0) return;
  const lists = found.map(({ name, result }) => {
    const ops = result.unsupportedOps.map(({ type, count }) => `${type} (${count}x)`);
    return `'${name}' holds ${ops.join(', ')}`;
  });
  throw new ArchmeterError(
    `totals would leave out ops that archmeter does not know: ${lists.join('; ')}`,
    'Take the model out of the configuration, or report the op.',
    { file: found[0]?.location?.file },
  );
}

/** Judges a model's analytic metrics and findings: budgets always, regressions where there is a baseline. */
export function checkModel(
  model: GatedModel,
  baseline: BaselineModel | undefined,
  config: GateConfig,
  options: CheckOptions,
): GateRow[] {
  const rules = rulesFor(config, model.name);
  const checker = new ModelChecker(model, baseline, options);
  const metrics = ANALYTIC_METRICS.flatMap((metric): GateRow[] => {
    const rule = rules[metric];
    return rule === undefined || rule.level === 'off' ? [] : [checker.metric(metric, rule)];
  });
  return [...metrics, ...checker.findings(config)];
}

class ModelChecker {
  private readonly setupChanged: boolean;
  private readonly changes: ReturnType<typeof diffLayers>;

  constructor(
    private readonly model: GatedModel,
    private readonly baseline: BaselineModel | undefined,
    private readonly options: CheckOptions,
  ) {
    const { result } = model;
    // Of another revision the setup is part of what is compared.
    this.setupChanged = baseline !== undefined && options.fromRevision !== true && baseline.setup !== setupOf(result);
    this.changes =
      baseline?.layers === undefined ? [] : diffLayers(layersOfBaseline(baseline.layers), layersOfResult(result));
  }

  metric(metric: AnalyticMetric, rule: MetricRule): GateRow {
    const { model, baseline } = this;
    const actual = model.result.totals[metric];
    const expected = baseline?.metrics[metric] ?? null;
    const bad: GateVerdict = rule.level === 'warn' ? 'warn' : 'fail';
    const row = (verdict: GateVerdict, detail?: string): GateRow => this.row(metric, expected, actual, verdict, detail);
    const update = (detail: string): GateRow => ({
      ...row(bad, detail),
      accept: `archmeter baseline update ${shellQuoted(model.name)}${this.options.commandOptions ?? ''}`,
    });

    if (actual === null) {
      return expected === null
        ? row('pass', 'this model has no such figure')
        : update('this model no longer has such a figure');
    }
    const budget = budgetProblem(rule, actual);
    if (budget !== undefined) return this.explained(row(bad, budget));
    if (baseline === undefined) {
      const hasBudget = rule.max !== undefined || rule.min !== undefined;
      return row('pass', hasBudget ? 'within its budget' : 'a new model, with nothing to compare');
    }
    if (this.setupChanged) return update(`the baseline is for ${baseline.setup}; this is ${setupOf(model.result)}`);
    if (expected === null) return update('the baseline has no figure for it');

    const direction: Direction = rule.direction ?? METRICS[metric].better;
    const worse = worsening(expected, actual, direction);
    if (worse === 0) return row('pass');
    if (worse < 0) return this.explained(row('improved'));
    const tolerance = toleranceOf(rule, expected);
    if (worse <= tolerance) return row('pass', 'within tolerance');
    const judged = acceptedRow(this.acceptance(metric), actual, direction, this.options.today);
    if (judged?.verdict === 'accepted') return this.explained(row('accepted', judged.detail));
    const beyond = tolerance === 0 ? undefined : `beyond its tolerance of ${toleranceText(rule)}`;
    return this.explained({ ...row(bad, judged?.detail ?? beyond), ...this.accepting(metric) });
  }

  /** Findings that the configuration gates: those that the baseline has pass. */
  findings(config: GateConfig): GateRow[] {
    const known = new Set(this.baseline?.findings ?? []);
    const { findings = [], name, result } = this.model;
    const lines = new Map(result.layers.map((layer) => [layer.name, layer.line]));
    return findings.flatMap((finding): GateRow[] => {
      const level = findingLevel(config, finding, name);
      if (level === 'off') return [];
      const metric: GateMetric = `finding:${finding.id}`;
      if (known.has(finding.id)) return [this.row(metric, null, null, 'pass', 'the baseline has it too')];
      const judged = acceptedRow(this.acceptance(metric), 0, 'lower', this.options.today);
      if (judged?.verdict === 'accepted') return [this.row(metric, null, null, 'accepted', judged.detail)];
      const detail = [finding.title, judged?.detail].filter(Boolean).join('; ');
      const row = this.row(metric, null, null, level === 'warn' ? 'warn' : 'fail', detail);
      const line = finding.layers.map((layer) => lines.get(layer)).find((known) => known !== undefined);
      return [
        {
          ...row,
          advice: finding.detail,
          ...(row.location === undefined || line === undefined ? {} : { location: { ...row.location, line } }),
          ...this.accepting(metric),
        },
      ];
    });
  }

  private acceptance(metric: GateMetric) {
    const { accepted } = this.baseline ?? {};
    return accepted !== undefined && Object.hasOwn(accepted, metric) ? accepted[metric] : undefined;
  }

  private accepting(metric: GateMetric): Pick<GateRow, 'accept'> {
    if (this.options.acceptable === false) return {};
    return { accept: acceptCommand(this.model.name, metric, this.options.commandOptions) };
  }

  private explained(row: GateRow): GateRow {
    const { expected, actual, location } = row;
    const metric = row.metric as AnalyticMetric;
    if (expected === null || actual === null || this.baseline?.layers === undefined) return row;
    const { result } = this.model;
    const isPeak = metric === 'peakActivationBytes';
    const causes = isPeak
      ? layersAbovePeak(layersOfResult(result), expected)
      : causesOf(metric, actual - expected, this.changes);
    const line = causes.find((layer) => layer.line !== undefined)?.line;
    const details = [row.detail, isPeak && actual > expected ? peakText(result) : undefined].filter(Boolean);
    return {
      ...row,
      ...(details.length === 0 ? {} : { detail: details.join('; ') }),
      layers: causes.slice(0, MOST_LAYERS),
      ...(location === undefined || line === undefined ? {} : { location: { ...location, line } }),
    };
  }

  private row(
    metric: GateMetric,
    expected: number | null,
    actual: number | null,
    verdict: GateVerdict,
    detail: string | undefined,
  ): GateRow {
    const { name, location } = this.model;
    return {
      model: name,
      metric,
      expected,
      actual,
      verdict,
      ...(detail === undefined ? {} : { detail }),
      ...(location === undefined ? {} : { location }),
    };
  }
}

/** What is alive at the peak: what raised it may have been computed long before. */
function peakText({ totals }: AnalysisResult): string {
  const tensors = totals.peakTensors.slice(0, 3).map(({ name, bytes }) => `${name} (${bytesInWords(bytes)})`);
  return `at its peak, in ${totals.peakLayer}, it holds ${tensors.join(', ')}`;
}

export function acceptCommand(model: string, metric: GateMetric, options = ''): string {
  return `archmeter accept ${shellQuoted(model)} ${shellQuoted(metric)} --reason "…"${options}`;
}

/** A word as a POSIX shell takes it whole. */
export function shellQuoted(word: string): string {
  return /^[\w./:=@,+][\w./:=@,+-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Models of the baseline that the configuration no longer names. */
export function staleModels(baseline: Readonly<Record<string, unknown>>, names: readonly string[]): string[] {
  const known = new Set(names);
  return Object.keys(baseline).filter((name) => !known.has(name));
}
