import { ArchmeterError } from '../../core/errors.js';
import { nearest } from '../../core/nearest.js';
import { formatFigure } from '../../core/report/number-format.js';
import type { ReproducedFigure, Reproduction } from '../../core/reproduce/index.js';
import { claimSentence, differenceText, reproductionMarkdown } from '../../core/reproduce/markdown.js';
import { defineCommand, type Streams } from '../define-command.js';
import { TIMING_OPTIONS } from '../options/timing.js';
import { deliver, OUTPUT_OPTIONS } from '../output.js';
import { renderTable } from '../tables/table.js';
import { wrapWords } from '../tables/width.js';
import { timeExperiments, withTimed } from '../timing/experiments.js';
import { timingExitCode } from '../timing/measurement-file.js';

export default defineCommand({
  usage: 'reproduce [paper]',
  summary: "A paper's figures beside archmeter's: theirs, ours, difference, and what cannot be reproduced",
  positionals: {
    paper: { type: 'string', describe: 'A paper, or a family of the zoo; without one: which there are' },
  },
  options: {
    all: { type: 'boolean', describe: 'Every paper' },
    time: { type: 'boolean', describe: "Time the paper's experiments here too, where it has such" },
    ...TIMING_OPTIONS,
    format: { choices: ['table', 'json', 'markdown'], default: 'table', describe: 'Form of the output' },
    output: OUTPUT_OPTIONS.output,
    force: OUTPUT_OPTIONS.force,
  },
  examples: [
    ['reproduce vovnet', 'tables, the CIFAR ablation and the speed claims of VoVNet'],
    ['reproduce shufflenet-v2', 'its guidelines G1 to G4 as experiments'],
    ['reproduce shufflenet-v2 --time', 'the same timed on a runtime of this machine'],
    ['reproduce --all --format json', 'everything, for a script'],
  ],
  async run(args, streams) {
    const { knownPapers, reproduce } = await import('../../core/reproduce/index.js');
    const known = await knownPapers();
    const asked = args['paper'] as string | undefined;
    if (asked === undefined && args['all'] !== true) {
      await deliver(wrapWords(`Papers: ${known.join(', ')}.`, streams.columns ?? 100), args, streams);
      return 0;
    }
    if (asked !== undefined && !known.includes(asked)) {
      const near = nearest(asked, known);
      throw new ArchmeterError(
        `no paper is known as '${asked}'`,
        near === undefined ? `Papers: ${known.join(', ')}.` : `Did you mean '${near}'?`,
      );
    }
    const found: Reproduction[] = [];
    const timed = args['time'] === true ? await timeExperiments(asked, args, streams) : undefined;
    for (const name of asked === undefined ? known : [asked]) {
      const paper = await reproduce(name);
      found.push(timed === undefined ? paper : withTimed(paper, timed));
    }
    const texts: Readonly<Record<string, () => string>> = {
      json: () => JSON.stringify({ schema: 'archmeter/reproduction@1', papers: found }, null, 2),
      markdown: () => found.map(reproductionMarkdown).join('\n'),
      table: () => found.map((one) => reproductionText(one, streams)).join('\n'),
    };
    await deliver(texts[String(args['format'])]?.() ?? '', args, streams);
    return timingExitCode(timed?.measurement);
  },
});

function reproductionText(one: Reproduction, streams: Streams): string {
  const wrap = (text: string) => wrapWords(text, streams.columns ?? 100);
  return [
    wrap(`${one.title} (${one.url})`),
    '',
    ...(one.figures.length === 0 ? [] : [figureTable(one.figures, streams), '']),
    ...one.findings.flatMap((text) => [wrap(text), '']),
    ...one.claims.flatMap((claim) => [wrap([claimSentence(claim), ...claim.measured].join(' ')), '']),
    'Not reproduced:',
    ...one.missing.map((text) => wrap(`- ${text}`)),
    '',
  ].join('\n');
}

/** A table for each table or section of the paper; a note that several figures share is told once, by number. */
function figureTable(figures: readonly ReproducedFigure[], streams: Streams): string {
  const notes = figures.flatMap(({ note }) => note ?? []);
  const shared = [...new Set(notes)].filter((note) => notes.indexOf(note) !== notes.lastIndexOf(note));
  const markOf = (note: string | undefined) =>
    note !== undefined && shared.includes(note) ? ` [${shared.indexOf(note) + 1}]` : '';
  const tables = [...new Set(figures.map(({ where }) => where))].map((where) => {
    const group = figures.filter((figure) => figure.where === where);
    const table = renderTable(
      [
        { heading: sentence(where), align: 'left', wraps: true },
        { heading: 'Theirs', align: 'right' },
        { heading: 'Ours', align: 'right' },
        { heading: 'Difference', align: 'right' },
      ],
      group.map(({ what, unit, theirs, ours, note }) => [
        `${what}${markOf(note)}`,
        theirs === undefined ? '–' : formatFigure(theirs, unit),
        formatFigure(ours, unit),
        differenceText(theirs, ours),
      ]),
      streams,
    );
    const own = group.flatMap(({ what, note }) =>
      note === undefined || shared.includes(note) ? [] : [`- ${what}: ${note}.`],
    );
    return [table, ...own.map((line) => wrapWords(line, streams.columns ?? 100))].join('\n');
  });
  const footnotes = shared.map((note, i) => wrapWords(`[${i + 1}] ${note}.`, streams.columns ?? 100));
  return [...tables, ...(footnotes.length === 0 ? [] : [footnotes.join('\n')])].join('\n\n');
}

/** A name of a library or an address stays as it is. */
const sentence = (text: string) =>
  text.replace(
    /^(?:table|section|figure|appendix|abstract)\b/,
    (word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`,
  );
