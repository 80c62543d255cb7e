import type { Profile } from '../../core/profile/profile.js';
import { formatFigure, significant } from '../../core/report/number-format.js';
import type { Streams } from '../define-command.js';
import { type Cell, paint, renderTable } from './table.js';

interface Side {
  readonly name: string;
  readonly profile: Profile;
}

const MOST_LAYERS = 25;

/** Two profiles row by row, those with the greatest difference first; the same rows have the same name in both. */
export function profileDifferenceTable(first: Side, second: Side, streams: Streams): string {
  const rows = new Map<string, [number, number]>();
  [first, second].forEach(({ profile }, side) => {
    for (const { name, layers, latencyMs } of profile.rows) {
      const key = layers.length === 0 ? `(${name})` : name;
      const times = rows.get(key) ?? [0, 0];
      times[side] = (times[side] as number) + latencyMs;
      rows.set(key, times);
    }
  });
  const sorted = [...rows].sort((a, b) => Math.abs(b[1][1] - b[1][0]) - Math.abs(a[1][1] - a[1][0]));
  const sum = (side: 0 | 1) => sorted.reduce((total, [, times]) => total + times[side], 0);
  const cells = (name: string, [before, after]: readonly [number, number]): (string | Cell)[] => [
    name,
    before === 0 ? '' : formatFigure(before, 'ms'),
    after === 0 ? '' : formatFigure(after, 'ms'),
    formatFigure(after - before, 'ms'),
    before === 0 || after === 0 ? '' : `${significant(after / before)}×`,
  ];
  const table = renderTable(
    [
      { heading: 'Layer', align: 'left', shrinkable: true },
      { heading: 'First', align: 'right' },
      { heading: 'Second', align: 'right' },
      { heading: 'Difference', align: 'right' },
      { heading: 'Ratio', align: 'right' },
    ],
    [
      ...sorted.slice(0, MOST_LAYERS).map(([name, times]) => cells(name, times)),
      cells('Σ of all rows', [sum(0), sum(1)]),
    ],
    streams,
  );
  const about = [first, second].map(({ name, profile: { trace, dtype } }, i) =>
    paint(
      `${i === 0 ? 'First' : 'Second'}: ${name} · ${trace.device.name} · ${trace.title} · ${dtype} · ${trace.iterations.length} iteration${trace.iterations.length === 1 ? '' : 's'}`,
      'dim',
      streams.color,
    ),
  );
  const more =
    sorted.length > MOST_LAYERS ? [`${sorted.length - MOST_LAYERS} more rows are in the JSON and in reports.`] : [];
  const few = [first, second].some(({ profile }) => profile.trace.iterations.length < 6)
    ? ['With so few iterations no verdict is given: differences of some per cent may be chance.']
    : [];
  return `${[about.join('\n'), table, [...more, ...few].join('\n')].filter(Boolean).join('\n\n')}\n`;
}
