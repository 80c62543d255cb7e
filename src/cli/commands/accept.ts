import { type Acceptance, type BaselineModel, entryOf, setupOf, withEntry } from '../../core/compare/baseline.js';
import type { GateMetric } from '../../core/compare/gate.js';
import {
  ANALYTIC_METRICS,
  type AnalyticMetric,
  MEASURED_METRICS,
  type MeasuredMetric,
} from '../../core/compare/gate-config.js';
import { ArchmeterError } from '../../core/errors.js';
import { nearest } from '../../core/nearest.js';
import { formatExact } from '../../core/report/number-format.js';
import { updateBaseline } from '../../node/baseline-file.js';
import { defineCommand } from '../define-command.js';
import {
  baselinePathOf,
  CONFIG_OPTION,
  chooseModels,
  loadSessionModels,
  openGate,
  type SessionModel,
  today,
} from '../gate/session.js';

export default defineCommand({
  usage: 'accept <model> <metric>',
  summary: 'Record a wanted regression beside the baseline, with its reason',
  positionals: {
    model: { type: 'string', describe: 'Name of a model of the configuration' },
    metric: { type: 'string', describe: 'Metric, or finding:ID, as archmeter check names it' },
  },
  options: {
    ...CONFIG_OPTION,
    reason: { type: 'string', demandOption: true, describe: 'Why it is wanted', requiresArg: true },
    until: { type: 'string', describe: 'Last day on which it holds: YYYY-MM-DD', requiresArg: true },
  },
  examples: [['accept models/net.yaml madds --reason "wider head for +1.2 % top-1" --until 2027-01-31', '']],
  async run(args, streams) {
    const reason = String(args['reason']).trim();
    if (reason === '') throw new ArchmeterError('the reason is empty', 'Say why the regression is wanted.');
    const until = dateOf(args['until'] as string | undefined);
    const metric = metricOf(String(args['metric']));
    const session = await openGate(args);
    const path = baselinePathOf(session);
    const [named, ...more] = chooseModels(session, [String(args['model'])]);
    if (named === undefined || more.length > 0) {
      throw new ArchmeterError(`'${args['model']}' stands for several models`, 'Accept one at a time.');
    }
    const [model] = (await loadSessionModels(session, [named])) as [SessionModel];
    const value = valueToAccept(model, metric, until);
    const acceptance: Acceptance = {
      ...(value === undefined ? {} : { value }),
      reason,
      ...(until === undefined ? {} : { until }),
    };
    await updateBaseline(path, (baseline) => {
      // A check against a revision needs no figures here, but looks for acceptances.
      const entry = entryOf(baseline, named.name) ?? { setup: setupOf(model.result), metrics: {} };
      return withEntry(baseline, named.name, accepting(entry, metric, acceptance));
    });
    const limit = value === undefined ? '' : ` up to ${formatExact(value)}`;
    streams.err(`accepted ${metric} of ${named.name}${limit}${until === undefined ? '' : ` until ${until}`}\n`);
    return 0;
  },
});

/** Counts are accepted up to what they are now; timings and findings whatever they are. */
function valueToAccept(
  { name, result }: SessionModel,
  metric: GateMetric,
  until: string | undefined,
): number | undefined {
  if (metric.startsWith('finding:')) return undefined;
  if (isAnalytic(metric)) {
    const value = result.totals[metric];
    if (typeof value === 'number') return value;
    throw new ArchmeterError(`'${name}' has no ${metric}`);
  }
  if (until !== undefined) return undefined;
  throw new ArchmeterError(
    'a slower timing is accepted for a time only, since its value differs by machine',
    'Give --until YYYY-MM-DD.',
  );
}

function accepting(entry: BaselineModel, metric: GateMetric, acceptance: Acceptance): BaselineModel {
  const others = Object.entries(entry.accepted ?? {}).filter(([other]) => other !== metric);
  return { ...entry, accepted: Object.fromEntries([...others, [metric, acceptance]]) };
}

function isAnalytic(metric: GateMetric): metric is AnalyticMetric {
  return (ANALYTIC_METRICS as readonly string[]).includes(metric);
}

function metricOf(text: string): AnalyticMetric | MeasuredMetric | `finding:${string}` {
  if (/^finding:./.test(text)) return text as `finding:${string}`;
  const known = [...ANALYTIC_METRICS, ...MEASURED_METRICS];
  const found = known.find((metric) => metric === text);
  if (found !== undefined) return found;
  const near = nearest(text, known);
  throw new ArchmeterError(
    `there is no metric '${text}'`,
    near === undefined ? `Metrics: ${known.join(', ')}.` : `Did you mean '${near}'?`,
  );
}

function dateOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const date = new Date(`${text}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(date.getTime()) || !date.toISOString().startsWith(text)) {
    throw new ArchmeterError(`'${text}' is not a date`, 'Write --until YYYY-MM-DD.');
  }
  if (text < today()) throw new ArchmeterError(`${text} is past`, 'Give a day from today on.');
  return text;
}
