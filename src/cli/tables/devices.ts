import type { ProbedMeter } from '../../bench/power/index.js';
import type { ProbedRuntime } from '../../bench/runtimes/index.js';
import type { Streams } from '../define-command.js';
import { paint } from './table.js';

/** What can time here and what cannot, each with the reason and the remedy. */
export function devicesText(
  runtimes: readonly ProbedRuntime[],
  meters: readonly ProbedMeter[],
  streams: Streams,
): string {
  const meterText = ({ name, title, available, reason, remedy }: ProbedMeter) =>
    [`${mark(available, streams)} ${name}  ${title}`, ...detail(available ? undefined : reason, remedy)].join('\n');
  return [
    paint('Runtimes', 'strong', streams.color),
    ...runtimes.map((entry) => runtimeText(entry, streams)),
    '',
    paint('Power meters', 'strong', streams.color),
    ...meters.map(meterText),
  ].join('\n');
}

function mark(available: boolean, streams: Streams): string {
  return available ? paint('✓', 'good', streams.color) : paint('–', 'dim', streams.color);
}

function detail(reason: string | undefined, remedy: string | undefined): string[] {
  return [...(reason ? [`    ${reason}`] : []), ...(remedy ? [`    → ${remedy}`] : [])];
}

function runtimeText({ runtime, probe }: ProbedRuntime, streams: Streams): string {
  const versions = Object.entries(probe.versions).map(([name, version]) => `${name} ${version}`);
  const devices = probe.devices.map((device) => {
    const about = [device.vendor, device.architecture, device.driver].filter(Boolean).join(', ');
    const kind = device.kind === 'software' ? 'software adapter, not a GPU' : device.kind;
    return `    ${device.id}: ${device.name} (${kind}${about ? `; ${about}` : ''})`;
  });
  return [
    `${mark(probe.available, streams)} ${runtime.name}  ${runtime.title}${versions.length > 0 ? `  (${versions.join(', ')})` : ''}`,
    ...devices,
    ...detail(probe.reason, probe.remedy),
  ].join('\n');
}
