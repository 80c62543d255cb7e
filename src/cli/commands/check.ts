import { ArchmeterError } from '../../core/errors.js';
import { annotationOfError } from '../../core/report/gate/index.js';
import { type Arguments, defineCommand, type Streams } from '../define-command.js';
import { addToHistory } from '../gate/history.js';
import { judge } from '../gate/judge.js';
import { deliverOutcome, GATE_OUTPUT_OPTIONS, wantsGithub } from '../gate/outputs.js';
import { CONFIG_OPTION } from '../gate/session.js';
import { TIMING_OPTIONS } from '../options/timing.js';
import { commandLine } from '../output.js';

const EXIT_CODES = { pass: 0, fail: 1, inconclusive: 3 } as const;

export default defineCommand({
  usage: 'check',
  summary: 'The CI gate: budgets, and regressions against the baseline or a git revision',
  options: {
    ...CONFIG_OPTION,
    against: {
      type: 'string',
      describe: "Compare with the models' own files at the commit shared with this git revision",
      requiresArg: true,
    },
    time: { type: 'boolean', describe: 'Time both revisions interleaved, for measured metrics; with --against' },
    measurement: {
      type: 'string',
      describe: 'With --time but no --against: a measurement taken earlier, shown but never a reason to fail',
      requiresArg: true,
    },
    'save-measurement': {
      type: 'string',
      describe: 'With --time: write the measurement to this file (JSON)',
      requiresArg: true,
    },
    'fail-on-inconclusive': { type: 'boolean', describe: 'Exit with 3 where a timing is inconclusive' },
    ...GATE_OUTPUT_OPTIONS,
    ...timingOptions(),
  },
  examples: [
    ['check', 'against archmeter.baseline.json'],
    ['check --against origin/main', "against the pull request's base"],
    ['check --against origin/main --time', 'timings too'],
    ['check --comment comment.md --sarif archmeter.sarif --junit archmeter.xml', 'files for CI'],
  ],
  async run(args, streams) {
    try {
      return await check(args, streams);
    } catch (error) {
      if (error instanceof ArchmeterError && wantsGithub(args)) streams.annotate(annotationOfError(error), 'out');
      throw error;
    }
  },
});

/** Both sides are timed hot and whole, so options for anything else are left out. */
function timingOptions() {
  const { cold: _cold, 'per-layer': _perLayer, 'save-measurement': _save, ...options } = TIMING_OPTIONS;
  return options;
}

async function check(args: Arguments, streams: Streams): Promise<number> {
  refuseOddTiming(args);
  const judgement = await judge(args, streams);
  const { outcome } = judgement;
  const path = args['history'] as string | undefined;
  const history = path === undefined ? undefined : await addToHistory(path, judgement);
  const report = { title: 'Efficiency gate', command: commandLine(), ...judgement.report };
  await deliverOutcome(outcome, report, history, args, streams);
  const code = EXIT_CODES[outcome.verdict];
  return code === 3 && args['fail-on-inconclusive'] !== true ? 0 : code;
}

/** Options of timing that would be passed over in silence are errors. */
function refuseOddTiming(args: Arguments): void {
  const [against, measurement, save] = ['against', 'measurement', 'save-measurement'].map((name) => args[name]);
  if (args['time'] === true) {
    if (against !== undefined && measurement !== undefined) {
      throw new ArchmeterError('--against and --measurement are two bases', 'Give one of them.');
    }
    if (against === undefined && measurement === undefined && save === undefined) {
      throw new ArchmeterError(
        '--time needs something to time against',
        'Give --against <git revision>; a --measurement taken earlier tells less.',
      );
    }
    return;
  }
  const odd = measurement !== undefined ? '--measurement' : save !== undefined ? '--save-measurement' : undefined;
  if (odd !== undefined) throw new ArchmeterError(`${odd} means nothing without --time`, 'Add --time.');
}
