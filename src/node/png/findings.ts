import type { ReportFinding } from '../../core/report/define-reporter.js';
import { significant } from '../../core/report/number-format.js';
import { LIGHT } from '../../core/report/palette.js';
import { METRICS } from '../../core/units.js';
import type { Sheet } from './canvas.js';
import { drawText, fitText } from './text.js';

const ROW = 34;
const HEAD = 40;
/** Findings that a picture still shows, those that save most. */
const MOST = 10;
const BAR = 220;
const SAVING = 250;

/** Of all findings those that save most; those without a figure come last. */
function chosen(findings: readonly ReportFinding[], most: number): ReportFinding[] {
  const saved = ({ saving }: ReportFinding) => saving?.fraction ?? -1;
  return [...findings].sort((a, b) => saved(b) - saved(a)).slice(0, most);
}

export function findingsHeight(findings: readonly ReportFinding[], most = MOST): number {
  return findings.length === 0 ? 0 : HEAD + chosen(findings, most).length * ROW + 24;
}

/** What `archmeter advise` found: a row a finding, with a bar as long as the share that it would save. */
export function drawFindings(
  { context }: Sheet,
  findings: readonly ReportFinding[],
  x: number,
  y: number,
  width: number,
  most = MOST,
): void {
  if (findings.length === 0) return;
  const shown = chosen(findings, most);
  const several = new Set(findings.map(({ model }) => model)).size > 1;
  const rest = findings.length - shown.length;
  const title = `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}${rest > 0 ? `, the ${shown.length} that save most` : ''}`;
  drawText(context, title, x, y + 18, { size: 16, weight: 600 });
  shown.forEach(({ model, title: what, saving }, i) => {
    const top = y + HEAD + i * ROW;
    const text = several ? `${model}: ${what}` : what;
    drawText(context, fitText(context, text, width - BAR - SAVING - 20, { size: 14 }), x, top + 18, { size: 14 });
    const left = x + width - BAR;
    context.fillStyle = LIGHT.gridLine;
    context.fillRect(left, top + 8, BAR, 10);
    if (saving !== undefined) {
      context.fillStyle = LIGHT.good;
      context.fillRect(left, top + 8, BAR * Math.min(1, Math.max(0, saving.fraction)), 10);
    }
    const share =
      saving === undefined
        ? 'no saving is estimated'
        : `−${significant(saving.fraction * 100, 2)} % ${saving.of === undefined ? METRICS[saving.metric].heading : `of ${saving.of}`}`;
    const style = { size: 13, align: 'right', colour: saving === undefined ? LIGHT.mutedText : LIGHT.text } as const;
    drawText(context, share, left - 14, top + 18, style);
  });
}
