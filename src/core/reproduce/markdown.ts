import { formatFigure } from '../report/number-format.js';
import type { HeldClaim, ReproducedFigure, Reproduction } from './define-paper.js';

/** A reproduction as Markdown. */
export function reproductionMarkdown({ title, url, figures, claims, findings, missing }: Reproduction): string {
  return [
    `## [${title}](${url})`,
    '',
    ...(figures.length === 0
      ? []
      : [
          '| figure | theirs | ours | difference | where | note |',
          '|---|--:|--:|--:|---|---|',
          ...figures.map(row),
          '',
        ]),
    ...findings.flatMap((text) => [text, '']),
    ...claims.flatMap((claim) => [`- ${claimSentence(claim)} ${claim.measured.join(' ')}`.trimEnd()]),
    ...(claims.length > 0 ? [''] : []),
    `Not reproduced: ${missing.join(' ')}`,
    '',
  ].join('\n');
}

function row({ what, where, unit, theirs, ours, note }: ReproducedFigure): string {
  const cells = [what, theirs === undefined ? '–' : formatFigure(theirs, unit), formatFigure(ours, unit)];
  return `| ${[...cells, differenceText(theirs, ours), where, note ?? ''].join(' | ')} |`;
}

export function differenceText(theirs: number | undefined, ours: number): string {
  if (theirs === undefined) return '–';
  if (theirs === ours) return '0';
  const percent = 100 * (ours / theirs - 1);
  return `${percent > 0 ? '+' : '−'}${Math.abs(percent).toFixed(Math.abs(percent) < 0.1 ? 2 : 1)} %`;
}

/** What the estimate says of a claim on all known GPUs. */
export function claimSentence({ claim, where, holds, fails }: HeldClaim): string {
  const tried = holds.length + fails.length;
  return `Claim: ${claim} (${where}). By estimate at batch 256 it holds on ${holds.length} of ${tried} known GPUs${exceptions(holds, fails)}.`;
}

const MOST_NAMED = 4;

/** The fewer of those on which a claim holds and does not, by name; --json has all. */
function exceptions(holds: readonly string[], fails: readonly string[]): string {
  if (fails.length === 0 || holds.length === 0) return '';
  const [names, words] = fails.length <= holds.length ? [fails, 'not on '] : [holds, ''];
  const more = names.length - MOST_NAMED;
  return ` (${words}${names.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''})`;
}
