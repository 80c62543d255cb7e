import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNvidiaSmiMeter, parseLine } from '../../../src/bench/power/nvidia-smi.js';
import { createParser, createPowermetricsMeter } from '../../../src/bench/power/powermetrics.js';
import type { DeviceInfo } from '../../../src/core/measurement.js';

const folder = mkdtempSync(join(tmpdir(), 'archmeter-programs-'));
const path = process.env.PATH;
beforeAll(() => {
  process.env.PATH = `${folder}${delimiter}${path}`;
});
afterAll(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

/** A program of that name, first on PATH. */
function program(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!${process.execPath}\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

const gpu = (pciBusId?: string): DeviceInfo => ({
  kind: 'gpu',
  name: 'NVIDIA Test GPU',
  ...(pciBusId === undefined ? {} : { pciBusId }),
});

/** Behaves as nvidia-smi does for the two queries: 20 readings at once, 50 W in the first second and 150 W after it. */
const NVIDIA_SMI = `
const loop = process.argv.find((word) => word.startsWith('--loop-ms='));
if (!loop) {
  console.log('00000000:0A:00.0, 48.11\\n00000000:17:00.0, [N/A]');
} else {
  if (!process.argv.includes('--id=00000000:0A:00.0')) throw new Error('wrong GPU');
  if (loop !== '--loop-ms=100') throw new Error('wrong period');
  const lines = Array.from({ length: 20 }, (_, i) =>
    '2026/11/24 04:31:3' + Math.floor(i / 10) + '.' + (i % 10) + '00, ' + (i > 10 ? '150.00' : '50.00'));
  console.log(lines.join('\\n'));
  setInterval(() => {}, 1000);
}`;

describe.skipIf(process.platform === 'win32')('nvidia-smi (a script in its place; skipped on Windows)', () => {
  it('is polled every 100 ms, the rise dropped', async () => {
    program('nvidia-smi', NVIDIA_SMI);
    let ms = new Date(2026, 10, 24, 4, 31, 30).getTime();
    const meter = await createNvidiaSmiMeter({ now: () => ms }).open({ device: gpu('0000:0a:00.0') });
    await meter.start();
    ms += 1850;
    const { joules, seconds, samples = [] } = await meter.stop();
    expect(seconds).toBe(1.85);
    expect(joules / seconds).toBeCloseTo(150, 6);
    // Those at 1.3 to 1.8 s: the rise takes 1.2 s.
    expect(samples.length).toBe(6);
    await meter.close();
  });

  it('says why it cannot be used', async () => {
    program('nvidia-smi', NVIDIA_SMI);
    const reason = async (device: DeviceInfo) => (await createNvidiaSmiMeter().probe({ device })).reason;
    expect(await reason(gpu('17:00.0'))).toBe('nvidia-smi gives its power as [N/A]');
    expect(await reason(gpu())).toMatch(/^there are 2 of NVIDIA GPU/);
    expect(await reason(gpu('0a:00.0'))).toBeUndefined();
    program(
      'nvidia-smi',
      "console.error('Failed to initialize NVML: Driver/library version mismatch'); process.exit(18)",
    );
    expect(await reason(gpu('0a:00.0'))).toBe('Failed to initialize NVML: Driver/library version mismatch');
    const missing = createNvidiaSmiMeter({ command: 'no-such-smi' });
    expect((await missing.probe({ device: gpu() })).reason).toBe('no-such-smi is not installed');
  });

  it('that dies at the start is an error', async () => {
    program('nvidia-smi', NVIDIA_SMI);
    const meter = await createNvidiaSmiMeter().open({ device: gpu('0a:00.0') });
    program('nvidia-smi', "console.error('GPU is lost'); process.exit(1)");
    await expect(meter.start()).rejects.toThrow('GPU is lost');
  });

  it('writes lines that are read as local time', () => {
    const sample = parseLine('2026/11/24 04:31:36.234, 71.35');
    expect(sample).toEqual({ atMs: new Date(2026, 10, 24, 4, 31, 36, 234).getTime(), powerWatts: 71.35 });
    expect(parseLine('2026/11/24 04:31:36.234, [N/A]')).toBeUndefined();
    expect(parseLine('')).toBeUndefined();
  });
});

const POWERMETRICS = (elapsed: number, lines: readonly string[]): string =>
  `\n*** Sampled system activity (Tue Nov 24 04:31:36 2026 +0000) (${elapsed}ms elapsed) ***\n\n**** Processor usage ****\n\n${lines.join('\n')}\n`;

describe('powermetrics', () => {
  it('gives the combined power where it does, else the sum of its parts', () => {
    const parser = createParser(1000);
    const text =
      POWERMETRICS(100.5, [
        'CPU Power: 1200 mW',
        'GPU Power: 300 mW',
        'ANE Power: 0 mW',
        'Combined Power (CPU + GPU + ANE): 1500 mW',
      ]) +
      POWERMETRICS(99.5, ['Combined Power (CPU + GPU + ANE): 2500 mW', '**** GPU usage ****', 'GPU Power: 800 mW']) +
      POWERMETRICS(100, ['CPU Power: 1000 mW', 'GPU Power: 250 mW']);
    for (const line of text.split('\n')) parser.line(line);
    expect(parser.samples).toEqual([
      { atMs: 1100.5, powerWatts: 1.5 },
      { atMs: 1200, powerWatts: 2.5 },
      { atMs: 1300, powerWatts: 1.25 },
    ]);
  });

  it.skipIf(process.platform === 'win32')(
    'is run through sudo (a script in its place; skipped on Windows)',
    async () => {
      const block = JSON.stringify(POWERMETRICS(100, ['CPU Power: 4000 mW', 'GPU Power: 500 mW']));
      program(
        'sudo',
        `if (process.argv[2] !== '-n' || process.argv[3] !== 'powermetrics') process.exit(1);
       const once = process.argv.slice(2).join(' ').endsWith('-n 1');
       console.log(${block}.repeat(once ? 1 : 6)); if (!once) setInterval(() => {}, 1000);`,
      );
      let ms = 1000;
      const meter = await createPowermetricsMeter({ platform: 'darwin', now: () => ms }).open({
        device: { kind: 'cpu', name: 'M3' },
      });
      await meter.start();
      ms += 650;
      const { joules, seconds, samples = [] } = await meter.stop();
      expect(seconds).toBe(0.65);
      expect(joules / seconds).toBeCloseTo(4.5, 6);
      // Six blocks of 100 ms, those of the first 200 ms dropped.
      expect(samples.length).toBe(4);
      await meter.close();
      program('sudo', "console.error('sudo: a password is required'); process.exit(1)");
      expect(await createPowermetricsMeter({ platform: 'darwin' }).probe()).toEqual({
        available: false,
        reason: 'powermetrics needs root: sudo: a password is required',
        remedy: 'sudo -v',
      });
    },
  );

  it('is part of macOS', async () => {
    expect(await createPowermetricsMeter({ platform: 'linux' }).probe()).toEqual({
      available: false,
      applies: false,
      reason: 'it is part of macOS',
    });
  });
});
