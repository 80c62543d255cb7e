import type { ArmMeasurement, CheckedAgainst, Distribution, Measurement } from '../../core/measurement.js';
import { formatFigure, formatInterval, formatRatio, significant } from '../../core/report/number-format.js';
import { briefWarnings } from '../../core/report/warnings.js';
import type { Streams } from '../define-command.js';
import { layerTimingTables } from './layer-timing.js';
import { type Cell, paint, renderTable, type TableColumn } from './table.js';

/** What was timed, on what, how, and what came out of it. */
export function measurementTable(measurement: Measurement, streams: Streams): string {
  const { settings, comparisons } = measurement;
  const onDevice = settings.clock === 'device';
  const verdicts = new Map(comparisons.map((comparison) => [comparison.name, comparison]));
  const rows = measurement.arms.map((arm): (Cell | string)[] => {
    const time = arm[settings.clock]?.hot;
    const verdict = verdicts.get(arm.name);
    return [
      arm.name,
      time ? formatFigure(time.medianMs, 'ms') : { text: arm.status, style: 'bad' },
      interval(time),
      ...(onDevice ? [arm.wall ? formatFigure(arm.wall.hot.medianMs, 'ms') : ''] : []),
      arm[settings.clock]?.cold ? formatFigure(arm[settings.clock]?.cold?.medianMs as number, 'ms') : '',
      arm.imagesPerSecond === undefined ? '' : formatFigure(arm.imagesPerSecond, 'count'),
      arm.maddsPerSecond === undefined ? '' : formatFigure(arm.maddsPerSecond, 'count'),
      arm.flopsPerSecond === undefined ? '' : formatFigure(arm.flopsPerSecond, 'count'),
      arm.energy.status === 'measured'
        ? formatFigure(arm.energy.grossEnergyJoules, 'J')
        : { text: 'unavailable', style: 'dim' },
      verdict === undefined
        ? ''
        : { text: `${formatRatio(verdict.ratio)}  ${verdict.verdict}`, style: verdictStyle(verdict.verdict) },
    ];
  });
  const columns = [
    { heading: 'Timed', align: 'left', shrinkable: true },
    { heading: onDevice ? 'Device time' : 'Latency', align: 'right' },
    { heading: `${100 * (measurement.arms[0]?.[settings.clock]?.hot.confidence ?? 0.95)} % interval`, align: 'right' },
    ...(onDevice ? [{ heading: 'Wall time', align: 'right' } as const] : []),
    { heading: 'Cold', align: 'right' },
    { heading: 'Images/s', align: 'right' },
    { heading: 'MAdd/s', align: 'right' },
    { heading: 'FLOP/s', align: 'right' },
    { heading: 'Energy/image', align: 'right' },
    { heading: 'Time to baseline', align: 'left' },
  ] as const;
  // What was not timed (cold caches, another model) takes no column.
  const filled = columns.flatMap((_, i) => (rows.some((row) => textOf(row[i]) !== '') ? [i] : []));
  const table = renderTable(
    filled.map((i) => columns[i] as TableColumn),
    rows.map((row) => filled.map((i) => row[i] as Cell | string)),
    streams,
  );
  return `${[measurementAbout(measurement, streams), table, ...layerTimingTables(measurement, streams), ...measurementRemarks(measurement)].join('\n\n')}\n`;
}

const textOf = (cell: Cell | string | undefined): string => (typeof cell === 'object' ? cell.text : (cell ?? ''));

export function measurementAbout(measurement: Measurement, streams: Streams): string {
  const { runtime, device, settings, dtype } = measurement;
  const details = Object.entries(runtime.details).map(([key, value]) => `${key} ${value}`);
  const kind = device.kind === 'software' ? 'software adapter, not a GPU' : device.kind;
  const about = [
    `${device.name} (${kind})`,
    `${runtime.name}: ${details.join(', ')}`,
    dtype,
    `${settings.clock} clock`,
    `${settings.rounds} ${settings.rounds === 1 ? 'round' : 'rounds'}, ${copiesAndTime(settings)}stopped by ${settings.stoppedBy}`,
  ];
  return paint(about.join(' · '), 'dim', streams.color);
}

/** `8 copies, 52 of 60 s, `. */
function copiesAndTime({ copies, elapsedSeconds, timeBudgetSeconds }: Measurement['settings']): string {
  const prepared = copies === undefined ? '' : `${copies} ${copies === 1 ? 'copy' : 'copies'}, `;
  const spent =
    elapsedSeconds === undefined ? '' : `${significant(elapsedSeconds, 2)} of ${significant(timeBudgetSeconds, 2)} s, `;
  return `${prepared}${spent}`;
}

/** Empty where samples are too few for one. */
function interval(time: Distribution | undefined): string {
  const { lowMs, highMs } = time ?? {};
  return lowMs !== undefined && highMs !== undefined && lowMs < highMs ? formatInterval(lowMs, highMs, 'ms') : '';
}

function verdictStyle(verdict: string): 'good' | 'bad' | 'dim' {
  if (verdict === 'faster') return 'good';
  return verdict === 'slower' ? 'bad' : 'dim';
}

export function measurementRemarks(measurement: Measurement): string[] {
  const failures = measurement.arms
    .filter(({ message }) => message !== undefined)
    .map(({ name, message }) => `${name}: ${message}`);
  const files = measurement.arms.filter(({ source }) => source !== undefined).map(sourceLine);
  const energy = measurement.arms.find((arm): arm is ArmMeasurement => arm.energy.status === 'unavailable');
  const { control } = measurement;
  return [
    [
      ...files,
      ...failures,
      ...(control
        ? [
            `A/A floor ${significant(100 * (control.floor - 1))} %: ${control.copies} copies of one model stand apart by up to that; no difference within it is claimed.`,
          ]
        : []),
      ...(energy?.energy.status === 'unavailable' ? [`Energy unavailable: ${energy.energy.reason}`] : []),
      ...briefWarnings(measurement.warnings).map(({ text }) => `Warning: ${text}`),
    ].join('\n'),
  ].filter(Boolean);
}

/** What was timed of a model file, and what its outputs were held against. */
function sourceLine({ name, source, rebuiltBecause, check }: ArmMeasurement): string {
  const what =
    source === 'rebuilt' ? `rebuilt from its graph with random weights (${rebuiltBecause})` : 'the file as it is';
  const against = check?.against === undefined ? '' : `; outputs checked against ${AGAINST[check.against]}`;
  return `${name}: ${what}${against}`;
}

const AGAINST: Readonly<Record<CheckedAgainst, string>> = {
  'float64 reference': 'the float64 reference',
  "float64 reference with the file's weights": "the float64 reference with the file's weights",
  'second run': 'a second run: finite, and the same twice',
};
