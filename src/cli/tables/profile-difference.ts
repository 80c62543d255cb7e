import { type IterationTimes, iterationTimes } from '../../core/analysis/measured/times.js';
import {
  type PairedLayers,
  type ProfileSide,
  pairProfiles,
  type TimeRatio,
} from '../../core/compare/profiles/pairs.js';
import { namesOf, type ReportedProfile } from '../../core/compose/profile-report.js';
import type { ArmMeasurement } from '../../core/measurement.js';
import { formatFigure, formatInterval, formatRatio } from '../../core/report/number-format.js';
import { pairPhrases } from '../../core/report/profile/sentences.js';
import type { Streams } from '../define-command.js';
import { type Cell, paint, renderTable } from './table.js';

const MOST_LAYERS = 25;

/** Two profiles row by row, those with the greatest difference first; layers of equal work as one row. */
export function profileDifferenceTable(first: ReportedProfile, second: ReportedProfile, streams: Streams): string {
  const names = namesOf([first, second]) as [string, string];
  const sides = [first, second].map(({ measurement }, i): ProfileSide & { readonly times: IterationTimes } => {
    const arm = { ...(measurement.arms[0] as ArmMeasurement), name: names[i] as string };
    return { arm, measurement, times: iterationTimes(arm, measurement) as IterationTimes };
  });
  const [before, after] = sides as [(typeof sides)[number], (typeof sides)[number]];
  const pair = pairProfiles(before, after);
  const total = (name: string, of: (times: IterationTimes) => number, ratio?: TimeRatio) =>
    totalCells(name, [of(before.times), of(after.times)], ratio);
  const table = renderTable(
    [
      { heading: 'Layers', align: 'left', shrinkable: true },
      { heading: '', align: 'right' },
      { heading: 'First', align: 'right' },
      { heading: 'Second', align: 'right' },
      { heading: 'Difference', align: 'right' },
      { heading: 'Ratio', align: 'right' },
    ],
    [
      ...pair.rows.slice(0, MOST_LAYERS).map(rowCells),
      total('busy', ({ busyMs }) => busyMs),
      total('idle', ({ idleMs }) => idleMs),
      total('an iteration', ({ time }) => time.medianMs, pair.iteration),
    ],
    streams,
  );
  const about = [first, second].map(({ profile: { trace, dtype } }, i) =>
    paint(
      `${i === 0 ? 'First' : 'Second'}: ${names[i]} · ${trace.device.name} · ${trace.title} · ${dtype} · ${trace.iterations.length} iteration${trace.iterations.length === 1 ? '' : 's'}`,
      'dim',
      streams.color,
    ),
  );
  const rest = pair.rows.length - MOST_LAYERS;
  const notes = [
    ...(rest > 0 ? [`${rest} more rows are in reports.`] : []),
    pairPhrases(before, after, pair)
      .map((phrase) => (typeof phrase === 'string' ? phrase : phrase.model))
      .join(''),
    ...(pair.unlike.length === 0
      ? []
      : [`The two did not do the same work: they differ in ${pair.unlike.join(' and ')}.`]),
  ];
  return `${[about.join('\n'), table, notes.join('\n')].join('\n\n')}\n`;
}

function rowCells({ name, count, unjoined, firstMs, secondMs, ratio }: PairedLayers): (string | Cell)[] {
  const ms = (value: number | undefined) => (value === undefined ? '' : formatFigure(value, 'ms'));
  return [
    unjoined ? { text: `(${name})`, style: 'dim' } : name,
    count > 1 ? `×${count}` : '',
    ms(firstMs),
    ms(secondMs),
    signed((secondMs ?? 0) - (firstMs ?? 0)),
    ratioText(ratio),
  ];
}

function totalCells(name: string, [before, after]: readonly [number, number], ratio?: TimeRatio): (string | Cell)[] {
  const strong = (text: string): Cell => ({ text, style: 'strong' });
  return [
    strong(name),
    '',
    strong(formatFigure(before, 'ms')),
    strong(formatFigure(after, 'ms')),
    strong(signed(after - before)),
    strong(ratioText(ratio ?? (before > 0 ? { ratio: after / before } : undefined))),
  ];
}

const signed = (ms: number) => `${ms > 0 ? '+' : ms < 0 ? '-' : ''}${formatFigure(Math.abs(ms), 'ms')}`;

function ratioText(ratio: TimeRatio | undefined): string {
  if (ratio === undefined) return '';
  const { low, high } = ratio;
  return low === undefined || high === undefined
    ? formatRatio(ratio.ratio)
    : `${formatRatio(ratio.ratio)} (${formatInterval(low, high, 'ratio')})`;
}
