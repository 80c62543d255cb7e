import {
  type BaselineModel,
  baselineModel,
  entryOf,
  standingAcceptances,
  withEntry,
} from '../../core/compare/baseline.js';
import { staleModels } from '../../core/compare/check.js';
import { ArchmeterError } from '../../core/errors.js';
import { ARCHMETER_VERSION } from '../../core/version.js';
import { readBaseline, updateBaseline } from '../../node/baseline-file.js';
import { defineCommand, type Streams } from '../define-command.js';
import {
  baselinePathOf,
  CONFIG_OPTION,
  chooseModels,
  type GateSession,
  loadSessionModels,
  openGate,
  shownPath,
  today,
} from '../gate/session.js';

export default defineCommand({
  usage: 'baseline [action] [models..]',
  summary: 'Write the figures that archmeter check holds models against',
  positionals: {
    action: { choices: ['update'], describe: 'update: write the figures of today' },
    models: { type: 'string', array: true, describe: 'Only these models of the configuration (* stands for anything)' },
  },
  options: {
    ...CONFIG_OPTION,
    reason: { type: 'string', describe: 'Why, to be kept with the figures', requiresArg: true },
    'check-stale': { type: 'boolean', describe: 'List entries whose model is gone; exit 1 where there are any' },
    'in-ci': { type: 'boolean', describe: 'Update in CI too' },
  },
  examples: [
    ['baseline update', 'all models; entries whose model is gone are removed'],
    ['baseline update models/net.yaml --reason "wider head"', 'one model'],
    ['baseline --check-stale', 'entries that nothing checks any more'],
  ],
  async run(args, streams) {
    const session = await openGate(args);
    if (args['check-stale'] === true) return checkStale(session, streams);
    if (args['action'] === undefined) {
      throw new ArchmeterError('there is nothing to do', "Write 'archmeter baseline update' or give --check-stale.");
    }
    if (inCi() && args['in-ci'] !== true) {
      throw new ArchmeterError(
        'a baseline is not updated in CI, where it would hide what it should show',
        'Update it in a checkout and commit it, or give --in-ci.',
      );
    }
    const patterns = ((args['models'] as string[] | undefined) ?? []).map(String);
    return update(session, patterns, args['reason'] as string | undefined, streams);
  },
});

function inCi(): boolean {
  const { CI } = process.env;
  return CI !== undefined && CI !== '' && CI !== 'false' && CI !== '0';
}

async function update(
  session: GateSession,
  patterns: readonly string[],
  reason: string | undefined,
  streams: Streams,
): Promise<number> {
  const path = baselinePathOf(session);
  const models = await loadSessionModels(session, chooseModels(session, patterns));
  const { layers = true } = session.config;
  const entries = models.map(({ name, result, findings = [] }): [string, BaselineModel] => [
    name,
    baselineModel(result, {
      findings: findings.map(({ id }) => id),
      layers,
      ...(reason === undefined ? {} : { reason }),
    }),
  ]);
  let stale: string[] = [];
  const whole = patterns.length === 0;
  await updateBaseline(path, (baseline) => {
    const names = session.models.map(({ name }) => name);
    stale = whole ? staleModels(baseline.models, names) : [];
    const kept = stale.reduce((rest, name) => withEntry(rest, name, undefined), baseline);
    const updated = entries.reduce((rest, [name, entry]) => {
      const standing = standingAcceptances(entryOf(baseline, name), today());
      return withEntry(rest, name, { ...entry, ...standing });
    }, kept);
    return whole ? { ...updated, archmeter: ARCHMETER_VERSION } : updated;
  });
  if (stale.length > 0) streams.err(`removed ${stale.join(', ')}: no longer in the configuration\n`);
  streams.err(`wrote ${shownPath(path)}: ${models.length} ${models.length === 1 ? 'model' : 'models'}\n`);
  return 0;
}

async function checkStale(session: GateSession, streams: Streams): Promise<number> {
  const path = baselinePathOf(session);
  const baseline = await readBaseline(path);
  if (baseline === undefined) {
    const remedy = `Write it with 'archmeter baseline update${session.commandOptions}'.`;
    throw new ArchmeterError('there is no baseline', remedy, { file: shownPath(path) });
  }
  const stale = staleModels(
    baseline.models,
    session.models.map(({ name }) => name),
  );
  for (const name of stale) streams.out(`${name}\n`);
  if (stale.length === 0) {
    streams.err(`${shownPath(path)}: no entry is stale\n`);
    return 0;
  }
  streams.err(`'archmeter baseline update${session.commandOptions}' removes them\n`);
  return 1;
}
