import { readFile } from 'node:fs/promises';
import { type MeasuredRules, measuredRules, notComparedRow } from '../../core/compare/check-timed.js';
import type { GateRow, GateVerdict } from '../../core/compare/gate.js';
import { type GateConfig, type MeasuredMetric, rulesFor } from '../../core/compare/gate-config.js';
import { type ArmDifference, compareMeasurements } from '../../core/compare/measurements.js';
import { ArchmeterError } from '../../core/errors.js';
import type { Measurement } from '../../core/measurement.js';
import type { Arguments, Streams } from '../define-command.js';
import { timeArms } from '../timing/timing.js';
import type { SessionModel } from './session.js';
import type { TimeArms, TimedCheck } from './time.js';
import { batchOf, HEAD } from './time.js';

/**
 * Times the models as they are and sets them beside a measurement that was taken earlier. What was timed apart is never
 * a failure: slower is inconclusive, and another device, driver or runtime is not comparable.
 *
 * @param stored undefined where there is nothing to compare with yet
 */
export async function checkAgainstStored(
  models: readonly SessionModel[],
  stored: Measurement | undefined,
  config: GateConfig,
  args: Arguments,
  streams: Streams,
  time: TimeArms = timeArms,
): Promise<TimedCheck> {
  const gated = models.filter(({ name }) => Object.keys(rulesOf(config, name)).length > 0);
  if (gated.length === 0) return { rows: [], measurements: [] };
  const arms = gated.map(({ name, graph }) => ({ name, graph, batch: batchOf(graph) }));
  const measurement = await time(arms, { ...args, cold: false }, streams);
  const before = stored === undefined ? undefined : withPlainNames(stored);
  const found = before === undefined ? [] : compareMeasurements(before, measurement).arms;
  const rows = gated.flatMap((model) => {
    const arm = found.find(({ name }) => name === model.name);
    const metrics = Object.keys(rulesOf(config, model.name)) as MeasuredMetric[];
    return metrics.map((metric) => storedRow(model, metric, arm));
  });
  return { rows, measurements: [measurement] };
}

/** @throws ArchmeterError where the file holds no measurement */
export async function readMeasurement(path: string): Promise<Measurement> {
  const text = await readFile(path, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
    const problem = code === 'ENOENT' ? 'there is no such measurement' : `it cannot be read (${code})`;
    throw new ArchmeterError(problem, "Write it with 'archmeter check --time --save-measurement'.", { file: path });
  });
  const { joinSavedFiles } = await import('../../core/report/index.js');
  const [measurement] = joinSavedFiles([{ name: path, text }], { command: '', title: '' }).measurements;
  if (measurement !== undefined) return measurement;
  throw new ArchmeterError('it holds no measurement', "Write one with 'archmeter check --time --save-measurement'.", {
    file: path,
  });
}

function rulesOf(config: GateConfig, name: string): MeasuredRules {
  return measuredRules(rulesFor(config, name));
}

/** A check against a revision calls its arms base and head: the head is the model. */
function withPlainNames(measurement: Measurement): Measurement {
  const plain = (name: string) => (name.endsWith(HEAD) ? name.slice(0, -HEAD.length) : name);
  return { ...measurement, arms: measurement.arms.map((arm) => ({ ...arm, name: plain(arm.name) })) };
}

function storedRow(model: SessionModel, metric: MeasuredMetric, arm: ArmDifference | undefined): GateRow {
  if (arm === undefined) return notComparedRow(model, metric, 'not-comparable', 'no earlier measurement of it');
  if (metric === 'measuredEnergyJoules')
    return notComparedRow(model, metric, 'not-comparable', 'energies taken apart are not compared');
  const { verdict, reason = '', medianMs, madds } = arm;
  if (verdict === 'not comparable' || medianMs === undefined)
    return notComparedRow(model, metric, 'not-comparable', reason);
  const isLatency = metric === 'measuredLatencyMs';
  const value = (side: 'before' | 'after') => (isLatency ? medianMs[side] : (1000 * madds[side]) / medianMs[side]);
  return {
    ...notComparedRow(model, metric, 'pass', 'as before, though timed apart'),
    expected: value('before'),
    actual: value('after'),
    ...VERDICTS[isLatency || madds.before === madds.after ? verdict : 'inconclusive'],
  };
}

const VERDICTS: Readonly<Record<string, { readonly verdict: GateVerdict; readonly detail: string }>> = {
  equivalent: { verdict: 'pass', detail: 'as before, though timed apart' },
  faster: { verdict: 'improved', detail: 'faster, though timed apart' },
  slower: { verdict: 'inconclusive', detail: 'slower, but timed apart: --against <revision> would tell' },
  inconclusive: { verdict: 'inconclusive', detail: 'timed apart: --against <revision> would tell' },
};
