import { ArchmeterError } from '../../core/errors.js';
import { nearest } from '../../core/nearest.js';
import { formatFigure } from '../../core/report/number-format.js';
import { defineCommand, type Streams } from '../define-command.js';
import { deliver, OUTPUT_OPTIONS } from '../output.js';
import type { HeldClaim, ReproducedFigure, Reproduction } from '../reproduce/paper.js';
import { renderTable } from '../tables/table.js';

export default defineCommand({
  usage: 'reproduce [paper]',
  summary: "A paper's figures beside archmeter's: theirs, ours, difference, and what cannot be reproduced",
  positionals: {
    paper: { type: 'string', describe: 'vovnet, or a family of the zoo; without one: which there are' },
  },
  options: {
    all: { type: 'boolean', describe: 'Every paper' },
    format: { choices: ['table', 'json'], default: 'table', describe: 'Form of the output' },
    output: OUTPUT_OPTIONS.output,
    force: OUTPUT_OPTIONS.force,
  },
  examples: [
    ['reproduce vovnet', 'tables, the CIFAR ablation and the speed claims of VoVNet'],
    ['reproduce --all --format json', 'everything, for a script'],
  ],
  async run(args, streams) {
    const { publishedFamilies } = await import('../reproduce/published.js');
    const families = await publishedFamilies();
    const known = [...new Set(['vovnet', ...families])];
    const asked = args['paper'] as string | undefined;
    if (asked === undefined && args['all'] !== true) {
      await deliver(`Papers: ${known.join(', ')}.`, args, streams);
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
    for (const name of asked === undefined ? known : [asked]) found.push(await reproduce(name));
    const text =
      args['format'] === 'json'
        ? JSON.stringify({ schema: 'archmeter/reproduction@1', papers: found }, null, 2)
        : found.map((one) => reproductionText(one, streams)).join('\n');
    await deliver(text, args, streams);
    return 0;
  },
});

async function reproduce(name: string): Promise<Reproduction> {
  const { reproduceFamily } = await import('../reproduce/published.js');
  if (name !== 'vovnet') return reproduceFamily(name);
  const { reproduceVovnet } = await import('../reproduce/vovnet.js');
  return reproduceVovnet();
}

function reproductionText(one: Reproduction, streams: Streams): string {
  return [
    `${one.title} (${one.url})\n`,
    `${figureTable(one.figures, streams)}\n`,
    ...one.claims.map(claimText),
    'Not reproduced:',
    ...one.missing.map((text) => `- ${text}`),
    '',
  ].join('\n');
}

function figureTable(figures: readonly ReproducedFigure[], streams: Streams): string {
  const notes = figures.flatMap(({ what, note }) => (note === undefined ? [] : [`- ${what}: ${note}.`]));
  const table = renderTable(
    [
      { heading: 'Figure', align: 'left', wraps: true },
      { heading: 'Theirs', align: 'right' },
      { heading: 'Ours', align: 'right' },
      { heading: 'Difference', align: 'right' },
      { heading: 'Where', align: 'left', wraps: true },
    ],
    figures.map(({ what, where, unit, theirs, ours }) => [
      what,
      formatFigure(theirs, unit),
      formatFigure(ours, unit),
      differenceText(theirs, ours),
      where,
    ]),
    streams,
  );
  return [table, ...notes].join('\n');
}

function differenceText(theirs: number, ours: number): string {
  if (theirs === ours) return '0';
  const percent = 100 * (ours / theirs - 1);
  return `${percent > 0 ? '+' : '−'}${Math.abs(percent).toFixed(Math.abs(percent) < 0.1 ? 2 : 1)} %`;
}

function claimText({ claim, where, holds, fails, measured }: HeldClaim): string {
  const tried = holds.length + fails.length;
  return [
    `Claim: ${claim}. ${where}.`,
    `  By estimate at batch 256 it holds on ${holds.length} of ${tried} known GPUs${exceptions(holds, fails)}.`,
    ...measured.map((text) => `  ${text}`),
    '',
  ].join('\n');
}

const MOST_NAMED = 4;

/** The fewer of those on which a claim holds and does not, by name; --json has all. */
function exceptions(holds: readonly string[], fails: readonly string[]): string {
  if (fails.length === 0 || holds.length === 0) return '';
  const [names, words] = fails.length <= holds.length ? [fails, 'not on '] : [holds, ''];
  const more = names.length - MOST_NAMED;
  return ` (${words}${names.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''})`;
}
