import type { ProbedRuntime } from '../../bench/runtimes/index.js';
import { defineCommand, type Streams } from '../define-command.js';
import { deliver, OUTPUT_OPTIONS } from '../output.js';
import { paint } from '../tables/table.js';

export default defineCommand({
  usage: 'devices',
  summary: 'Runtimes and devices on this machine, and what is missing',
  options: {
    known: { type: 'boolean', describe: 'Devices that estimates can be made for, with their data sheets' },
    format: { choices: ['table', 'json'], default: 'table', describe: 'Form of the output' },
    output: OUTPUT_OPTIONS.output,
    force: OUTPUT_OPTIONS.force,
  },
  examples: [
    ['devices', 'what can time here'],
    ['devices --known', 'what estimate --on takes'],
  ],
  async run(args, streams) {
    if (args['known'] === true) {
      const { DEVICES } = await import('../../core/analysis/devices/index.js');
      if (args['format'] === 'json') await deliver(JSON.stringify(DEVICES, null, 2), args, streams);
      else
        await deliver((await import('../tables/known-devices.js')).knownDevicesTable(DEVICES, streams), args, streams);
      return 0;
    }
    const { probeRuntimes } = await import('../../bench/runtimes/index.js');
    const { probeMeters } = await import('../../bench/power/index.js');
    const runtimes = await probeRuntimes();
    const meters = await probeMeters();
    if (args['format'] === 'json') {
      const plain = runtimes.map(({ runtime, probe }) => ({ name: runtime.name, title: runtime.title, ...probe }));
      await deliver(JSON.stringify({ runtimes: plain, meters }, null, 2), args, streams);
    } else {
      const meterLines = meters.map(({ name, title, available, reason, remedy }) =>
        [
          `${available ? mark(true, streams) : mark(false, streams)} ${name}  ${title}`,
          ...detail(available ? undefined : reason, remedy),
        ].join('\n'),
      );
      await deliver(
        [
          paint('Runtimes', 'strong', streams.color),
          ...runtimes.map((entry) => runtimeText(entry, streams)),
          '',
          paint('Power meters', 'strong', streams.color),
          ...meterLines,
        ].join('\n'),
        args,
        streams,
      );
    }
    return 0;
  },
});

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
