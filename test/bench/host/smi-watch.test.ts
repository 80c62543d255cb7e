import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UNKNOWN_HOST } from '../../../src/bench/harness/host.js';
import { gpuState, watchGpu } from '../../../src/bench/host/gpu-watch.js';
import { parseState } from '../../../src/bench/host/smi-watch.js';
import type { DeviceInfo } from '../../../src/core/measurement.js';
import { measure, schemaErrors } from '../harness/helpers.js';

const folder = mkdtempSync(join(tmpdir(), 'archmeter-smi-'));
afterAll(() => rmSync(folder, { recursive: true }));

const gpu: DeviceInfo = { kind: 'gpu', name: 'NVIDIA Test GPU', pciBusId: '0000:17:00.0' };

/** Answers as nvidia-smi does for two GPUs, the second one throttled; in a loop it writes three lines and waits. */
function fakeSmi(name: string): string {
  const smi = join(folder, name);
  writeFileSync(
    smi,
    `#!${process.execPath}
const args = process.argv.slice(2);
if (!args.includes('--format=csv,noheader,nounits')) throw new Error('another format');
if (args[0] === '--query-gpu=pci.bus_id') {
  console.log('00000000:0A:00.0\\n00000000:17:00.0');
} else {
  if (args[0] !== '--id=00000000:17:00.0') throw new Error('wrong GPU');
  const line = (i) => '2026/11/24 04:31:36.' + i + '00, P2, ' + (1200 - i) + ', 8' + i + ', 698.50, 0x0000000000000044';
  if (args[3] === '--loop-ms=100') {
    console.log([0, 1, 2].map(line).join('\\n'));
    setInterval(() => {}, 1000);
  } else console.log(line(0));
}
`,
  );
  chmodSync(smi, 0o755);
  return smi;
}

describe.skipIf(process.platform === 'win32')('nvidia-smi in place of NVML (a script; skipped on Windows)', () => {
  const sources = { library: join(folder, 'missing.so'), smi: fakeSmi('nvidia-smi') };

  it('tells what the GPU does under load, throttled throughout', async () => {
    const states = (await (await watchGpu(gpu, sources))?.stop()) ?? [];
    const atMs = new Date(2026, 10, 24, 4, 31, 36).getTime();
    const throttle = 'power cap, thermal (hardware)';
    expect(states).toEqual(
      [0, 1, 2].map((i) => ({
        atMs: atMs + 100 * i,
        pState: 2,
        clockMhz: 1200 - i,
        temperatureCelsius: 80 + i,
        powerWatts: 698.5,
        throttle,
      })),
    );
    expect(await gpuState(gpu, sources)).toMatchObject({ pState: 2, clockMhz: 1200, throttle });
  });

  it('makes a throttled run known', async () => {
    const host = { ...UNKNOWN_HOST, watch: () => watchGpu(gpu, sources) };
    const result = await measure({ hooks: { host }, options: { timeBudgetSeconds: 10 } });
    expect(schemaErrors(result)).toEqual([]);
    expect(result.environment).toMatchObject({
      gpuClockMhzUnderLoad: 1199,
      gpuThrottleReasonsUnderLoad: 'power cap, thermal (hardware)',
      gpuThrottledShareUnderLoad: 1,
    });
    expect(result.warnings.find(({ id }) => id === 'gpu-throttled')?.text).toMatch(
      /^the GPU was slowed down in 100 % of the readings under load: power cap, thermal \(hardware\)\./,
    );
  });

  it('that is not there, or knows another GPU, tells nothing', async () => {
    expect(await watchGpu(gpu, { ...sources, smi: join(folder, 'none') })).toBeUndefined();
    expect(await gpuState(gpu, { ...sources, smi: join(folder, 'none') })).toBeUndefined();
    expect(await watchGpu({ ...gpu, pciBusId: '0000:18:00.0' }, sources)).toBeUndefined();
  });
});

it('a line of nvidia-smi gives what the GPU tells, and no more', () => {
  expect(parseState('2026/11/24 04:31:36.000, P0, [N/A], 45, [N/A], [N/A]')).toEqual({
    atMs: new Date(2026, 10, 24, 4, 31, 36).getTime(),
    pState: 0,
    temperatureCelsius: 45,
  });
  expect(parseState('2026/11/24 04:31:36.000, P8, 210, 30, 9.80, 0x0000000000000001')).toMatchObject({ throttle: '' });
  expect(parseState('Unable to determine the device handle')).toBeUndefined();
});
