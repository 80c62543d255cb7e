import type { Finding } from '../../core/analysis/advice/index.js';
import type { ReportFinding } from '../../core/report/define-reporter.js';
import { formatFigure } from '../../core/report/number-format.js';
import { METRICS, type MetricId } from '../../core/units.js';
import type { Streams } from '../define-command.js';
import { paint } from './table.js';

export function toReportFinding({ id, model, title, detail, layers, saving, source }: Finding): ReportFinding {
  return { id, model, title, detail, layers, source, ...(saving === undefined ? {} : { saving }) };
}

/** What a saving is a part of. */
const SAVED: Readonly<Partial<Record<MetricId, string>>> = {
  estimatedLatencyMs: "the kernels' estimated time",
  peakActivationBytes: 'the peak of activation memory',
};

export function findingText({ id, title, detail, saving, source }: Finding, streams: Streams): string {
  const saved =
    saving === undefined
      ? ''
      : paint(
          `  saves ${formatFigure(saving.value, METRICS[saving.metric].unit)} of ${saving.of === undefined ? (SAVED[saving.metric] ?? METRICS[saving.metric].heading) : `${saving.of}, at most`} (${(100 * saving.fraction).toFixed(1)} %)`,
          'good',
          streams.color,
        );
  return [
    `${paint(title, 'strong', streams.color)}  ${paint(id, 'dim', streams.color)}`,
    ...(saved === '' ? [] : [saved]),
    `  ${detail}`,
    `  ${paint(source, 'dim', streams.color)}`,
  ].join('\n');
}
