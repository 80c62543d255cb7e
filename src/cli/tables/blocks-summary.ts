import { agreeingPairs, efficiencyPairs } from '../../core/compare/efficiency.js';
import type { BlockArm, BlockGroup } from '../../core/compose/matched-groups.js';
import type { Measurement } from '../../core/measurement.js';
import { formatFigure } from '../../core/report/number-format.js';
import type { Streams } from '../define-command.js';
import { blockTable } from './block.js';
import { layerTimingTables } from './layer-timing.js';
import { measurementAbout, measurementRemarks } from './measurement.js';
import { paint } from './table.js';

/** Every group's table, then how the blocks were timed. */
export function blocksText(
  groups: readonly BlockGroup[],
  measurement: Measurement | undefined,
  streams: Streams,
): string {
  const parts = groups.map((group) => `${blockTable(group, measurement, streams)}\n${leastOf(group)}`);
  if (measurement !== undefined) {
    parts.push(...layerTimingTables(measurement, streams), measurementAbout(measurement, streams));
    parts.push(...measurementRemarks(measurement));
  }
  return parts.join('\n\n');
}

/** Which block accesses the least memory, all ops counted: not always the one that a paper is about. */
function leastOf({ arms }: BlockGroup): string {
  const cost = ({ result }: BlockArm) => result.totals.memoryAccessCost;
  const sorted = arms.toSorted((a, b) => cost(a) - cost(b));
  const [first] = sorted;
  if (first === undefined || arms.length === 1) return '';
  return `Least memory access, all ops counted: ${first.name} (${formatFigure(cost(first), 'elements')} elements).`;
}

/** What was found, what it rests on, and where the report is: one line each. */
export function blocksSummary(
  groups: readonly BlockGroup[],
  measurement: Measurement | undefined,
  reports: readonly string[],
  streams: Streams,
): string {
  const lines = [
    ['Found', found(groups, measurement)],
    ['Rests on', basis(groups, measurement)],
    [
      'Report',
      reports.length === 0 ? 'none written; --output FOLDER or --report FILE.html writes one.' : reports.join(', '),
    ],
  ] as const;
  return lines.map(([label, text]) => `${paint(`${label}:`, 'strong', streams.color)} ${text}`).join('\n');
}

function found(groups: readonly BlockGroup[], measurement: Measurement | undefined): string {
  const totals = new Map(groups.flatMap(({ arms }) => arms.map(({ name, result }) => [name, result.totals])));
  if (measurement === undefined) return 'counts alone; without --no-time the blocks are timed too.';
  const pairs = efficiencyPairs(measurement, (name) => totals.get(name));
  const proven = pairs.filter(({ verdict }) => verdict !== 'open');
  const architecture = new Map(groups.flatMap(({ arms }) => arms.map((arm) => [arm.name, arm.architecture])));
  const dense = pairs
    .filter(({ name, baseline }) => architecture.get(name) === 'dense' && architecture.get(baseline) === 'osa')
    .map(({ efficiency: [ratio] }) => ratio);
  const [least, most] = [Math.min(...dense), Math.max(...dense)].map((ratio) => ratio.toFixed(2));
  return [
    proven.length === 0
      ? `none of ${pairs.length} pairs of blocks differ in multiply-adds a second beyond the noise.`
      : `${proven.length} of ${pairs.length} pairs of blocks differ in multiply-adds a second beyond the noise; in ${agreeingPairs(pairs, ({ access }) => access)} of them the one of lower memory access for each multiply-add has the higher rate.`,
    ...(dense.length === 0 || proven.length === 0
      ? []
      : [
          `Dense blocks reach ${least === most ? least : `${least} to ${most}`} of the rate of the OSA module beside them.`,
        ]),
  ].join(' ');
}

function basis(groups: readonly BlockGroup[], measurement: Measurement | undefined): string {
  const arms = groups.flatMap((group) => group.arms);
  const dtype = arms[0]?.result.options.dtype ?? 'float32';
  if (measurement === undefined) return `exact counts of ${arms.length} configurations, ${dtype}.`;
  const { runtime, device, settings, warnings } = measurement;
  const told =
    warnings.length === 0 ? '' : `; ${warnings.length} ${warnings.length === 1 ? 'warning' : 'warnings'} above`;
  const kind = device.kind === 'software' ? 'a software adapter, not a GPU' : device.kind;
  return `${settings.rounds} ${settings.rounds === 1 ? 'round' : 'rounds'} on ${runtime.name}, ${device.name} (${kind}), ${measurement.dtype}, stopped by ${settings.stoppedBy}${told}.`;
}
