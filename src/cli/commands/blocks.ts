import { join } from 'node:path';
import type { BenchmarkArm } from '../../bench/harness/options.js';
import type { BlockGroup } from '../../core/compose/matched-groups.js';
import type { Measurement } from '../../core/measurement.js';
import type { ReportInput } from '../../core/report/define-reporter.js';
import { type Arguments, defineCommand, type Streams } from '../define-command.js';
import { EXECUTION_OPTION, MODEL_OPTIONS } from '../options/model.js';
import { batchOf } from '../options/several-models.js';
import { TIMING_OPTIONS } from '../options/timing.js';
import {
  commandLine,
  OUTPUT_OPTIONS,
  outputFolder,
  REPORT_INPUT_OPTIONS,
  writeReportFiles,
  writeReports,
} from '../output.js';
import { blocksSummary, blocksText } from '../tables/blocks-summary.js';
import { matchedGroups, solvedGroup } from '../timing/block-arms.js';
import { timingExitCode } from '../timing/measurement-file.js';
import { timeArms } from '../timing/timing.js';

export default defineCommand({
  usage: 'blocks',
  summary: "The paper's experiment: OSA, dense and residual blocks at equal budgets, counted and timed",
  options: {
    group: { type: 'string', describe: 'Groups of matched blocks: A,B,C,D,E,E2; default A to E', requiresArg: true },
    match: {
      choices: ['params', 'madds', 'memory-access'],
      describe: 'Solve for widths of equal cost instead',
      requiresArg: true,
    },
    blocks: {
      type: 'string',
      default: 'osa,dense,bottleneck,basic',
      describe: 'Blocks to solve for with --match',
      requiresArg: true,
    },
    in: { type: 'number', describe: 'Input channels with --match; default 256', requiresArg: true },
    out: { type: 'number', describe: 'Output channels with --match; default as --in', requiresArg: true },
    budget: {
      type: 'number',
      describe: "Budget with --match; default: what the paper's OSA module costs",
      requiresArg: true,
    },
    resolution: { type: 'number', describe: 'Side of the feature map with --match; default 56', requiresArg: true },
    batch: MODEL_OPTIONS.batch,
    dtype: MODEL_OPTIONS.dtype,
    ...EXECUTION_OPTION,
    time: { type: 'boolean', default: true, describe: 'Time the blocks (--no-time counts only)' },
    all: { type: 'boolean', describe: 'Time every configuration, not only one of each kind' },
    ...TIMING_OPTIONS,
    output: {
      alias: 'o',
      type: 'string',
      describe: 'Folder for result.json, report.md, report.html and report.png',
      requiresArg: true,
    },
    report: OUTPUT_OPTIONS.report,
    on: REPORT_INPUT_OPTIONS.on,
    'png-charts': REPORT_INPUT_OPTIONS['png-charts'],
    force: OUTPUT_OPTIONS.force,
  },
  examples: [
    ['blocks', 'five groups of matched blocks'],
    ['blocks --group A --all', 'every configuration of one group'],
    ['blocks --match madds --in 128 --out 256 --resolution 28', 'widths solved for equal multiply-adds'],
    ['blocks --no-time', 'costs alone'],
  ],
  async run(args, streams) {
    const groups = args['match'] === undefined ? await matchedGroups(args) : [await solvedGroup(args)];
    const folder = args['output'] as string | undefined;
    if (folder !== undefined) await outputFolder(folder, `One report: --report ${folder}.`);
    const measurement = args['time'] === false ? undefined : await timeGroups(groups, folder, args, streams);
    streams.out(`${blocksText(groups, measurement, streams)}\n`);
    const reports = [
      ...(folder === undefined ? [] : [join(folder, 'report.html')]),
      ...((args['report'] as string[]) ?? []),
    ];
    if (reports.length === 0) {
      streams.out(`\n${blocksSummary(groups, measurement, reports, streams)}\n`);
      return timingExitCode(measurement);
    }
    const input = await reportInput(groups, measurement, args);
    if (folder !== undefined) {
      const paths = ['result.json', 'report.md', 'report.html', 'report.png'].map((name) => join(folder, name));
      await writeReportFiles(input, paths, { ...args, force: true }, streams);
    }
    await writeReports(input, args, streams);
    streams.out(`\n${blocksSummary(groups, measurement, reports, streams)}\n`);
    return timingExitCode(measurement);
  },
});

function timeGroups(groups: readonly BlockGroup[], folder: string | undefined, args: Arguments, streams: Streams) {
  const arms = groups.flatMap((group): BenchmarkArm[] => {
    const timed = group.arms.filter((arm) => arm.timed);
    const baseline = timed[0]?.name;
    return timed.map(({ name, graph }) => ({
      name,
      graph,
      batch: batchOf(graph),
      ...(baseline === undefined ? {} : { baseline }),
    }));
  });
  const path = args['save-measurement'] as string | undefined;
  if (path !== undefined || folder === undefined) return timeArms(arms, args, streams, path);
  return timeArms(arms, { ...args, force: true }, streams, join(folder, 'measurement.json'));
}

async function reportInput(
  groups: readonly BlockGroup[],
  measurement: Measurement | undefined,
  args: Arguments,
): Promise<ReportInput> {
  const [{ onDevicesOf }, { namedDevices }] = await Promise.all([
    import('../../core/compose/on-devices.js'),
    import('../options/target-devices.js'),
  ]);
  const arms = groups.flatMap((group) => group.arms);
  return {
    title: 'OSA, dense and residual blocks',
    command: commandLine(),
    ...(measurement === undefined ? {} : { createdAt: measurement.startedAt }),
    analyses: arms.map(({ result }) => result),
    graphs: arms.map(({ graph }) => graph),
    groups: groups.map(({ title, note, arms: members }) => ({
      title,
      note,
      models: members.map(({ name, architecture }) => ({ name, architecture })),
    })),
    measurements: measurement === undefined ? [] : [measurement],
    ...(await onDevicesOf(arms, await namedDevices(args['on']), measurement)),
  };
}
