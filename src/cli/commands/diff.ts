import type { AnalysisResult } from '../../core/analysis/result.js';
import { compareMeasurements } from '../../core/compare/measurements.js';
import { diffModels, type ModelDiff } from '../../core/compare/model-diff.js';
import { ArchmeterError } from '../../core/errors.js';
import type { Measurement } from '../../core/measurement.js';
import { diffJson, diffMarkdown } from '../../core/report/gate/index.js';
import { type Arguments, defineCommand, type Streams } from '../define-command.js';
import { writeDiffReports } from '../gate/diff-report.js';
import { CONFIG_OPTION } from '../gate/session.js';
import { diffSide } from '../inputs/diff-sides.js';
import { EXECUTION_OPTION, MODEL_OPTIONS, wholeNumber } from '../options/model.js';
import { deliver, OUTPUT_OPTIONS } from '../output.js';
import { diffTable, measurementDiffTable } from '../tables/diff.js';
import { setupOf } from '../tables/setup.js';
import { paint } from '../tables/table.js';

export default defineCommand({
  usage: 'diff <a> <b>',
  summary: 'What differs between two models, results or git revisions, layer by layer',
  positionals: {
    a: {
      type: 'string',
      describe: "Zoo name, model or spec file, saved result, REF:path, or a revision (the configuration's models)",
    },
    b: { type: 'string', describe: 'The same; . stands for the files as they are now' },
  },
  options: {
    ...MODEL_OPTIONS,
    ...EXECUTION_OPTION,
    ...CONFIG_OPTION,
    top: { type: 'number', describe: 'Show only so many layers', requiresArg: true },
    'across-devices': { type: 'boolean', describe: 'Compare measurements of different devices or runtimes too' },
    format: { choices: ['table', 'json', 'markdown'], default: 'table', describe: 'Form of the output' },
    output: OUTPUT_OPTIONS.output,
    report: {
      ...OUTPUT_OPTIONS.report,
      describe: 'Also draw both structures with what was added, removed and changed: .html or .png (repeatable)',
    },
    force: OUTPUT_OPTIONS.force,
  },
  examples: [
    ['diff vovnet39 vovnet57', 'two models'],
    ['diff HEAD~1:models/net.yaml models/net.yaml', 'one file, before and now'],
    ['diff origin/main .', "the configuration's models"],
    ['diff before.json after.json', 'saved analyses or measurements'],
    ['diff vovnet39 vovnet57 --report diff.html', 'both structures, changes in colour'],
  ],
  async run(args, streams) {
    const [a, b] = [String(args['a']), String(args['b'])];
    const [before, after] = [await diffSide(a, args), await diffSide(b, args)];
    const [from, to] = [before.measurements[0], after.measurements[0]];
    if (from !== undefined && to !== undefined) {
      if (args['report'] !== undefined) {
        throw new ArchmeterError(
          '--report draws models, and these are measurements',
          'Leave it out, or give the models themselves.',
        );
      }
      await deliver(measurementText(from, to, args, streams), args, streams);
      return 0;
    }
    const problems = new Map([...(before.problems ?? []), ...(after.problems ?? [])]);
    for (const problem of problems.values()) streams.err(`left out: ${problem}\n`);
    if (before.analyses.length === 0 || after.analyses.length === 0) {
      const empty = before.analyses.length === 0 ? a : b;
      throw new ArchmeterError(
        `'${empty}' holds nothing that the other could be compared with`,
        'Give two models, two analyses, two measurements or two revisions.',
      );
    }
    const readable = (list: readonly AnalysisResult[]) => list.filter(({ model }) => !problems.has(model.name));
    const sides = pairs(readable(before.analyses), readable(after.analyses));
    const diffs = sides.map(([was, is]) => diffModels(was, is));
    const setups = [...new Set([...before.analyses, ...after.analyses].map(setupOf))];
    const setup = args['format'] === 'table' ? `${paint(setups.join('\n'), 'dim', streams.color)}\n\n` : '';
    await deliver(setup + modelText(diffs, args, streams), args, streams);
    await writeDiffReports(sides, args, streams);
    return 0;
  },
});

/** One model with one whatever they are called; several by name, and those of one side alone against nothing. */
function pairs(
  before: readonly AnalysisResult[],
  after: readonly AnalysisResult[],
): [AnalysisResult, AnalysisResult][] {
  const [first, second] = [before[0], after[0]];
  if (first !== undefined && second !== undefined && before.length === 1 && after.length === 1)
    return [[first, second]];
  const names = [...new Set([...before, ...after].map(({ model }) => model.name))];
  const find = (list: readonly AnalysisResult[], name: string) => list.find(({ model }) => model.name === name);
  return names.flatMap((name) => {
    const [was, is] = [find(before, name), find(after, name)];
    const known = (was ?? is) as AnalysisResult;
    return [[was ?? nothingOf(known), is ?? nothingOf(known)] as [AnalysisResult, AnalysisResult]];
  });
}

function nothingOf(result: AnalysisResult): AnalysisResult {
  const totals = Object.fromEntries(
    Object.entries(result.totals).map(([key, value]) => [key, typeof value === 'number' ? 0 : value]),
  );
  return { ...result, layers: [], totals: totals as unknown as AnalysisResult['totals'] };
}

function modelText(diffs: readonly ModelDiff[], args: Arguments, streams: Streams): string {
  if (args['format'] === 'json') return diffJson(diffs);
  if (args['format'] === 'markdown') return diffMarkdown(diffs);
  const top = wholeNumber(args['top'], '--top');
  return diffs.map((diff) => diffTable(diff, top, streams)).join('\n');
}

function measurementText(before: Measurement, after: Measurement, args: Arguments, streams: Streams): string {
  const comparison = compareMeasurements(before, after, { acrossDevices: args['across-devices'] === true });
  if (args['format'] === 'table') return measurementDiffTable(comparison, streams);
  const json = JSON.stringify(comparison, null, 2);
  return args['format'] === 'json' ? json : `\`\`\`json\n${json}\n\`\`\``;
}
