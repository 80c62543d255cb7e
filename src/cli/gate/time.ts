import type { BenchmarkArm } from '../../bench/harness/options.js';
import type { CheckOptions } from '../../core/compare/check.js';
import {
  checkTimed,
  type MeasuredRules,
  measuredRules,
  needsConfirmation,
  notComparedRow,
  type TimedModel,
} from '../../core/compare/check-timed.js';
import type { GateRow } from '../../core/compare/gate.js';
import { type GateConfig, type MeasuredMetric, rulesFor } from '../../core/compare/gate-config.js';
import { sameComputation } from '../../core/graph/same-computation.js';
import type { Graph } from '../../core/ir/graph.js';
import type { Measurement } from '../../core/measurement.js';
import type { Arguments, Streams } from '../define-command.js';
import { timeArms } from '../timing/timing.js';
import type { Base } from './base.js';
import type { SessionModel } from './session.js';

/** Times arms; tests pass their own. */
export type TimeArms = (arms: readonly BenchmarkArm[], args: Arguments, streams: Streams) => Promise<Measurement>;

/** What follows a model's name in the arm that times it as it is. */
export const HEAD = ' (head)';

interface Pair extends TimedModel {
  readonly model: SessionModel;
  readonly rules: MeasuredRules;
  readonly arms: readonly BenchmarkArm[];
}

export interface TimedCheck {
  readonly rows: readonly GateRow[];
  readonly measurements: readonly Measurement[];
}

/** Rows for measured metrics where nothing is timed: they say so. */
export function untimedRows(models: readonly SessionModel[], config: GateConfig): GateRow[] {
  return rowsOf(models, config, () => 'not timed: give --time with --against <revision>');
}

/**
 * Judges the measured metrics of models against their base, both timed interleaved in one process; what seems worse is
 * timed once more. Models that compute the same on both sides are not timed.
 */
export async function checkByTiming(
  models: readonly SessionModel[],
  base: Base,
  config: GateConfig,
  options: CheckOptions,
  args: Arguments,
  streams: Streams,
  time: TimeArms = timeArms,
): Promise<TimedCheck> {
  const rows: GateRow[] = [];
  const pairs: Pair[] = [];
  for (const model of models) {
    const rules = measuredRules(rulesFor(config, model.name));
    if (Object.keys(rules).length === 0) continue;
    const graph = base.graph(model.name);
    if (graph === undefined) {
      rows.push(...rowsOf([model], config, () => base.problem(model.name) ?? 'a new model, with nothing to compare'));
    } else if (!hasBudget(rules) && sameComputation(graph, model.graph)) {
      rows.push(...rowsOf([model], config, () => 'the same computation on both sides, so not timed', 'pass'));
    } else pairs.push(pairOf(model, graph, rules));
  }
  if (pairs.length === 0) return { rows, measurements: [] };

  const untimedCold = { ...args, cold: false };
  const first = await time(
    pairs.flatMap(({ arms }) => arms),
    untimedCold,
    streams,
  );
  const doubtful = pairs.filter((pair) => needsConfirmation(pair, pair.rules, first));
  const again = { ...untimedCold, seed: Number(args['seed'] ?? 1) + 1 };
  const second =
    doubtful.length === 0
      ? undefined
      : await time(
          doubtful.flatMap(({ arms }) => arms),
          again,
          streams,
        );
  for (const pair of pairs) {
    const runs = [first, doubtful.includes(pair) ? second : undefined] as const;
    rows.push(...checkTimed(pair, pair.rules, runs, base.entry(pair.name), options));
  }
  return { rows, measurements: second === undefined ? [first] : [first, second] };
}

function pairOf(model: SessionModel, baseGraph: Graph, rules: MeasuredRules): Pair {
  const { name, location, graph } = model;
  const [head, base, control] = [`${name}${HEAD}`, `${name} (base)`, `${name} (base again)`];
  const arm = (title: string, of: Graph): BenchmarkArm => ({
    name: title,
    graph: of,
    batch: batchOf(of),
    baseline: base,
  });
  const energy = rules.measuredEnergyJoules !== undefined;
  return {
    model,
    rules,
    name,
    ...(location === undefined ? {} : { location }),
    head,
    base,
    ...(energy ? { control } : {}),
    arms: [arm(base, baseGraph), arm(head, graph), ...(energy ? [arm(control, baseGraph)] : [])],
  };
}

export function batchOf(graph: Graph): number {
  return graph.values[graph.inputs[0] ?? -1]?.shape[0] ?? 1;
}

/** An absolute limit has to be timed even where nothing changed. */
function hasBudget(rules: MeasuredRules): boolean {
  return Object.values(rules).some(({ max, min }) => max !== undefined || min !== undefined);
}

function rowsOf(
  models: readonly SessionModel[],
  config: GateConfig,
  detail: (model: SessionModel) => string,
  verdict: 'pass' | 'not-comparable' = 'not-comparable',
): GateRow[] {
  return models.flatMap((model) =>
    Object.keys(measuredRules(rulesFor(config, model.name))).map((metric) =>
      notComparedRow(model, metric as MeasuredMetric, verdict, detail(model)),
    ),
  );
}
