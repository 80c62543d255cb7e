import { DEVICE_FIELDS, type Device, type DeviceField, sustainedFraction } from '../../core/analysis/devices/index.js';
import { PROFILES } from '../../core/analysis/latency/index.js';
import type { Streams } from '../define-command.js';
import { paint, renderTable } from './table.js';

const COLUMNS: readonly DeviceField[] = [
  'float32Tflops',
  'tensorFloat16Tflops',
  'tensorFloat16AccumulateTflops',
  'memoryBandwidthGbs',
  'l2Megabytes',
  'tdpWatts',
  'computeUnits',
  'processNm',
];

/** Data sheets side by side; what no source confirmed is marked. */
export function knownDevicesTable(devices: readonly Device[], streams: Streams): string {
  const table = renderTable(
    [
      { heading: 'Device', align: 'left' },
      { heading: 'Name', align: 'left', shrinkable: true },
      { heading: 'Timed', align: 'left' },
      { heading: 'Sustained', align: 'right' },
      ...COLUMNS.map((field) => {
        const { heading, unit } = DEVICE_FIELDS[field];
        return { heading: unit === '' ? heading : `${heading} (${unit})`, align: 'right' as const };
      }),
    ],
    devices.map((device) => [
      device.id,
      device.name,
      PROFILES.some((profile) => profile.device === device.id) ? 'yes' : 'no',
      `${Math.round(100 * sustainedFraction(device))} %`,
      ...COLUMNS.map((field) => {
        const value = device[field];
        if (value === null || value === undefined) return '–';
        return `${value}${device.unverified.includes(field) ? '?' : ''}`;
      }),
    ]),
    streams,
  );
  const notes = [
    'Dense peaks at boost clock, 2 per multiply-add. ? marks figures that no source confirmed.',
    'Sustained: the part of these peaks that the board holds for long at its power; no estimate is faster.',
    'Timed: a profile fitted to timings is shipped; the others are estimated from their data sheet. --format json gives sources.',
  ];
  return `${table}\n${notes.map((note) => paint(note, 'dim', streams.color)).join('\n')}`;
}
