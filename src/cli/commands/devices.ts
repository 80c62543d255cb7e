import { defineCommand } from '../define-command.js';
import { deliver, OUTPUT_OPTIONS } from '../output.js';

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
      const { devicesText } = await import('../tables/devices.js');
      await deliver(devicesText(runtimes, meters, streams), args, streams);
    }
    return 0;
  },
});
