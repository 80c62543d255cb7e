import { defineCommand } from '../define-command.js';
import { PRECISION_OPTION } from '../options/precision.js';
import { TIMING_OPTIONS } from '../options/timing.js';
import { OUTPUT_OPTIONS } from '../output.js';
import { SWEEP_ACTIONS } from '../sweep/actions.js';

// Designs have no files whose weights could be taken, and one seed serves the search and the timing.
const { weights: _weights, 'per-layer': _perLayer, seed: _seed, ...TIMING } = TIMING_OPTIONS;

export default defineCommand({
  usage: 'sweep <what> [operands..]',
  summary: 'Every design of a space: exact counts, estimates, the Pareto front; in shards on any cluster',
  positionals: {
    what: {
      type: 'string',
      describe: `A space file to run, or one of ${Object.keys(SWEEP_ACTIONS).join(', ')}`,
    },
    operands: { type: 'string', array: true, describe: 'What the action works on: a folder, a design, a query' },
  },
  options: {
    output: {
      alias: 'o',
      type: 'string',
      describe: 'Folder of the results, by default the name of the space; of other actions the file to write',
      requiresArg: true,
    },
    shard: { type: 'string', describe: 'Compute only these parts: 0/8, or 0,3,4/8', requiresArg: true },
    shards: { type: 'number', describe: 'How many parts. Default: 16, fewer of a small space', requiresArg: true },
    jobs: { type: 'number', describe: 'Threads. Default: one a processor', requiresArg: true },
    batch: { type: 'number', describe: 'Images at once. Default: as the model says', requiresArg: true },
    ...PRECISION_OPTION,
    search: {
      type: 'number',
      describe: 'Search for the front in so many generations (NSGA-II), in place of every design',
      requiresArg: true,
    },
    population: { type: 'number', default: 100, describe: 'With --search: designs in a generation', requiresArg: true },
    seed: {
      type: 'number',
      default: 1,
      describe: 'Seed of the search, and of weights where designs are timed',
      requiresArg: true,
    },
    top: { type: 'number', default: 20, describe: 'Designs of the front to show', requiresArg: true },
    'time-top': { type: 'number', describe: 'Time so many designs of the front on this machine', requiresArg: true },
    ...TIMING,
    report: { ...OUTPUT_OPTIONS.report, describe: 'Also draw the front, as .html or .png (repeatable)' },
    each: { type: 'boolean', describe: 'Beside a .html report, the full report of each design on the front' },
    format: { choices: ['table', 'json', 'csv'], default: 'table', describe: 'Form of the output' },
    force: { type: 'boolean', describe: 'Compute anew where another sweep stands in the folder' },
  },
  examples: [
    ['sweep space.yaml --output designs', 'all designs; parts that are there already are kept'],
    ['sweep space.yaml --output parts --shard 3/64', 'one part, as a cluster starts it'],
    ['sweep front designs --report front.html', 'the Pareto front'],
    ['sweep front designs --report front.html --each', 'and the full report of each design on it'],
    ['sweep rows designs --format csv', 'every design, for a spreadsheet'],
    ['sweep front designs --time-top 5 --runtime tfjs-wasm', 'and five of it, timed here'],
    ['sweep show 12 designs --output model.yaml', 'a design as a spec file'],
    ['sweep query "SELECT design, params FROM sweep ORDER BY params LIMIT 5" designs', 'SQL, by DuckDB'],
    ['sweep emit slurm space.yaml --shards 64', 'an array job for exactly this sweep'],
  ],
  async run(args, streams) {
    const what = String(args['what']);
    const operands = ((args['operands'] as string[] | undefined) ?? []).map(String);
    const action = Object.hasOwn(SWEEP_ACTIONS, what) ? await SWEEP_ACTIONS[what]?.() : undefined;
    if (action !== undefined) return action(operands, args, streams);
    const { runSweep } = await import('../sweep/run.js');
    return runSweep(what, args, streams);
  },
});
