import type { BlockArm, BlockGroup } from '../../core/compose/matched-groups.js';
import type { Measurement } from '../../core/measurement.js';
import { formatChange, formatFigure, formatRatio, significant } from '../../core/report/number-format.js';
import { METRICS } from '../../core/units.js';
import type { Streams } from '../define-command.js';
import { type Cell, paint, renderTable } from './table.js';

/** One group: costs of every configuration, times of those that were timed, the lowest of each column strong. */
export function blockTable(group: BlockGroup, measurement: Measurement | undefined, streams: Streams): string {
  const timed = measurement !== undefined && group.arms.some(({ name }) => armOf(measurement, name) !== undefined);
  const solved = group.arms.some(({ deviation }) => deviation !== undefined);
  const columns = figures(measurement, timed, solved);
  const rows = columns.map(({ value, format, better }) => {
    const values = group.arms.map((arm) => value(arm));
    const known = values.filter((entry): entry is number => entry !== undefined);
    const best = better === 'lower' ? Math.min(...known) : better === 'higher' ? Math.max(...known) : Number.NaN;
    return values.map((entry, i): Cell => {
      if (entry === undefined) return { text: '–', style: 'dim' };
      const text = format(entry, group.arms[i] as BlockArm);
      return entry === best && new Set(known).size > 1 ? { text, style: 'strong' } : { text };
    });
  });
  const table = renderTable(
    [
      { heading: 'Block', align: 'left', wraps: true },
      ...columns.map(({ heading }) => ({ heading, align: 'right' as const })),
    ],
    group.arms.map((arm, i) => [arm.name, ...rows.map((row) => row[i] as Cell)]),
    streams,
  );
  return [`${paint(group.title, 'strong', streams.color)}  ${paint(group.note, 'dim', streams.color)}`, table].join(
    '\n',
  );
}

interface Figure {
  readonly heading: string;
  readonly better: 'lower' | 'higher' | 'neither';
  value(arm: BlockArm): number | undefined;
  format(value: number, arm: BlockArm): string;
}

function figures(measurement: Measurement | undefined, timed: boolean, solved: boolean): Figure[] {
  const count = (value: number) => formatFigure(value, 'count');
  const list: Figure[] = [
    {
      heading: 'Convs',
      better: 'neither',
      value: (arm) => arm.result.layers.filter(({ kind }) => kind === 'convolution').length,
      format: String,
    },
    { heading: 'Params', better: 'neither', value: (arm) => arm.result.totals.params, format: count },
    ...(solved
      ? [
          {
            heading: 'Off',
            better: 'neither' as const,
            value: (arm: BlockArm) => arm.deviation,
            format: (value: number) => formatChange(1 + value),
          },
        ]
      : []),
    { heading: 'MAdds', better: 'neither', value: (arm) => arm.result.totals.madds, format: count },
    {
      heading: 'Memory access',
      better: 'lower',
      value: (arm) => arm.result.totals.memoryAccessCost,
      format: count,
    },
    { heading: 'MAC (paper)', better: 'lower', value: (arm) => arm.result.totals.paperMemoryAccessCost, format: count },
    {
      heading: METRICS.memoryAccessCostRatio.heading,
      better: 'lower',
      value: (arm) => arm.result.totals.memoryAccessCostRatio ?? undefined,
      format: (value) => formatFigure(value, 'ratio'),
    },
    {
      heading: 'Traffic, eager',
      better: 'lower',
      value: (arm) => arm.result.totals.eager.readBytes + arm.result.totals.eager.writeBytes,
      format: (value) => formatFigure(value, 'bytes'),
    },
    {
      heading: 'Traffic, fused',
      better: 'lower',
      value: (arm) => arm.result.totals.fused.readBytes + arm.result.totals.fused.writeBytes,
      format: (value) => formatFigure(value, 'bytes'),
    },
  ];
  if (measurement === undefined || !timed) return list;
  const { clock } = measurement.settings;
  const hot = (arm: BlockArm) => armOf(measurement, arm.name)?.[clock]?.hot;
  return [
    {
      heading: clock === 'device' ? 'Device time' : 'Latency',
      better: 'lower',
      value: (arm) => hot(arm)?.medianMs,
      format: (value, arm) => {
        const time = hot(arm);
        const { lowMs, highMs } = time ?? {};
        if (lowMs === undefined || highMs === undefined) return formatFigure(value, 'ms');
        const half = (100 * (highMs - lowMs)) / 2 / value;
        return `${formatFigure(value, 'ms')} ±${significant(half, 2)} %`;
      },
    },
    ...(clock === 'wall'
      ? []
      : [
          {
            heading: METRICS.measuredWallMs.heading,
            better: 'lower' as const,
            value: (arm: BlockArm) => armOf(measurement, arm.name)?.wall?.hot.medianMs,
            format: (value: number) => formatFigure(value, 'ms'),
          },
        ]),
    {
      heading: 'MAdd/s',
      better: 'higher',
      value: (arm) => armOf(measurement, arm.name)?.maddsPerSecond,
      format: count,
    },
    {
      heading: 'Time to first',
      better: 'neither',
      value: (arm) => measurement.comparisons.find(({ name }) => name === arm.name)?.ratio,
      format: (value, arm) => {
        const verdict = measurement.comparisons.find(({ name }) => name === arm.name)?.verdict;
        return `${formatRatio(value)} ${verdict}`;
      },
    },
    ...list,
  ];
}

function armOf(measurement: Measurement, name: string) {
  return measurement.arms.find((arm) => arm.name === name);
}
