import { ArchmeterError } from '../errors.js';
import type { Profile } from './profile.js';

const isUnnamed = (name: string) => name.includes('its name is not in');

/** @throws ArchmeterError where constants of one device and program cannot be fitted to all, or one is given twice */
export function refuseUnlike(profiles: readonly Profile[]): void {
  const traces = profiles.map(({ trace }) => trace);
  const [first, ...others] = traces;
  for (const other of others) {
    if (first === undefined) return;
    const place = { file: other.file };
    if (first.device.name !== other.device.name) {
      throw new ArchmeterError(
        `the trace is of ${other.device.name}, and ${first.file ?? 'the first'} is of ${first.device.name}`,
        'Constants are of one device: calibrate from the traces of each by themselves.',
        place,
      );
    }
    if (isUnnamed(first.device.name)) {
      throw new ArchmeterError(
        'the traces do not name their devices, and may be of several',
        'Calibrate from one of them.',
        place,
      );
    }
    if (first.format !== other.format) {
      throw new ArchmeterError(
        `the trace is of ${other.title}, and ${first.file ?? 'the first'} is of ${first.title}`,
        'Constants are of one program: calibrate from the traces of each by themselves.',
        place,
      );
    }
  }
  const timesOf = ({ rows }: Profile) =>
    JSON.stringify(rows.map(({ name, samplesMs }) => [name, Array.from(samplesMs)]));
  const known = new Set<string>();
  for (const one of profiles) {
    const times = timesOf(one);
    if (known.has(times)) {
      throw new ArchmeterError(
        'the trace is given twice',
        'Held against itself no error would show: name each trace once.',
        { file: one.trace.file },
      );
    }
    known.add(times);
  }
}
