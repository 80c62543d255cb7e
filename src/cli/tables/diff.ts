import type { MeasurementComparison } from '../../core/compare/measurements.js';
import type { ModelDiff } from '../../core/compare/model-diff.js';
import { DIFF_FIGURES, diffSummary, layerCells, totalCells } from '../../core/report/gate/index.js';
import { formatFigure, significant } from '../../core/report/number-format.js';
import { METRICS } from '../../core/units.js';
import type { Streams } from '../define-command.js';
import { paint, renderTable } from './table.js';

export function diffTable(diff: ModelDiff, top: number | undefined, streams: Streams): string {
  const { before, after } = diff;
  const title = before === after ? after : `${before} → ${after}`;
  const totals = totalCells(diff);
  const layers = diff.layers.slice(0, top).map(layerCells);
  const hidden = diff.layers.length - layers.length;
  const right = (heading: string) => ({ heading, align: 'right' as const });
  const left = (heading: string) => ({ heading, align: 'left' as const });
  const key = (heading: string, shrinkable = false) => ({ ...left(heading), shrinkable, isKey: true });
  const parts = [
    `${paint(title, 'strong', streams.color)}  ${paint(diffSummary(diff), 'dim', streams.color)}`,
    totals.length > 0 &&
      renderTable([left('Total'), right('Before'), right('After'), right('Change')], totals, streams),
    layers.length > 0 &&
      renderTable(
        [
          key(''),
          key('Layer', true),
          left('Op'),
          left('Output'),
          ...DIFF_FIGURES.map((id) => right(METRICS[id].heading)),
        ],
        layers,
        streams,
      ),
    hidden > 0 && paint(`${hidden} more`, 'dim', streams.color),
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

const NO_INTERVAL = 'too few copies for an interval';

/** Two measurements that were taken apart. */
export function measurementDiffTable(comparison: MeasurementComparison, streams: Streams): string {
  const rows = comparison.arms.map(({ name, batch, medianMs, ratio, low, high, verdict, reason }) => [
    name,
    String(batch),
    medianMs ? formatFigure(medianMs.before, 'ms') : '',
    medianMs ? formatFigure(medianMs.after, 'ms') : '',
    ratio === undefined ? '' : `${significant(ratio)}×`,
    low === undefined || high === undefined ? '' : `${significant(low)} – ${significant(high)}`,
    {
      text: [verdict, reason ?? (ratio !== undefined && low === undefined ? NO_INTERVAL : undefined)]
        .filter(Boolean)
        .join(': '),
    },
  ]);
  const columns = [
    { heading: 'Timed', align: 'left', shrinkable: true },
    { heading: 'Batch', align: 'right' },
    { heading: 'Before', align: 'right' },
    { heading: 'After', align: 'right' },
    { heading: 'Ratio', align: 'right' },
    { heading: 'Interval', align: 'right' },
    { heading: 'Verdict', align: 'left', wraps: true },
  ] as const;
  const { differences, comparable, removed, added } = comparison;
  const lines = [
    differences.length > 0 &&
      `${comparable ? 'Set-ups differ' : 'Not comparable'}: ${differences.join('; ')}${comparable ? '' : '. --across-devices compares all the same.'}`,
    removed.length > 0 && `Only before: ${removed.join(', ')}`,
    added.length > 0 && `Only after: ${added.join(', ')}`,
  ].filter(Boolean);
  return `${[renderTable(columns, rows, streams), ...lines].join('\n\n')}\n`;
}
