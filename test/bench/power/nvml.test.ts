import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import koffi from 'koffi';
import { afterAll, describe, expect, it } from 'vitest';
import { readEnvironment } from '../../../src/bench/host/environment.js';
import { gpuState, watchGpu } from '../../../src/bench/host/gpu-watch.js';
import { createNvmlMeter } from '../../../src/bench/power/nvml.js';
import type { DeviceInfo } from '../../../src/core/measurement.js';
import { afterRise } from './clocks.js';

const STUB = fileURLToPath(new URL('nvml-stub.c', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'archmeter-nvml-'));
afterAll(() => rmSync(folder, { recursive: true }));

let built = 0;
/** Compiles the stub; each call gives a library with readings of its own. */
function stub(defines: Readonly<Record<string, string | number>>): string {
  const file = join(folder, `libstub${built++}.so`);
  const flags = Object.entries(defines).map(([name, value]) => `-D${name}=${value}`);
  execFileSync('cc', ['-shared', '-fPIC', '-O1', ...flags, '-o', file, STUB]);
  return file;
}

function compilerMissing(): string | false {
  if (process.platform === 'win32') return 'the stub library is built for Unix';
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'there is no C compiler (cc) to build the stub library with';
  }
}

const gpu = (pciBusId?: string): DeviceInfo => ({
  kind: 'gpu',
  name: 'NVIDIA Test GPU',
  ...(pciBusId === undefined ? {} : { pciBusId }),
});
/** How often the power of a stub was read, by whatever thread: it is loaded once a process. */
const readingsOf = (library: string) => koffi.load(library).func('int stubReadings()') as () => number;
const missing = compilerMissing();

describe.skipIf(missing)(`NVML${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it('reads the energy counter of the GPU at the PCI bus id, in joules', async () => {
    // One reading each by locate (twice), start and stop.
    const library = stub({ ENERGY: '5000,5000,7000,19500' });
    let ms = 0;
    const meter = await createNvmlMeter({ library, now: () => ms }).open({ device: gpu('0000:17:00.0') });
    expect(meter.method.kind).toBe('counter');
    await meter.start();
    ms = 20;
    const { joules, seconds, samples } = await meter.stop();
    expect(joules).toBeCloseTo(12.5, 9);
    expect(seconds).toBe(0.02);
    expect(samples).toBeUndefined();
    await meter.close();
  });

  it('tells of a counter that went back: the driver was loaded anew', async () => {
    const library = stub({ ENERGY: '5000,5000,90000,1000' });
    const meter = await createNvmlMeter({ library }).open({ device: gpu('0000:17:00.0') });
    await meter.start();
    await expect(meter.stop()).rejects.toThrow(
      /^the energy counter gpu went from 90\.0 J to 1\.0 J in .* it was reset/,
    );
    await meter.close();
  });

  it('samples power where there is no counter, however busy this thread is', async () => {
    const library = stub({ POWER: '10000,70000', ARCHITECTURE: 6 });
    const meter = await createNvmlMeter({ library, now: afterRise() }).open({ device: gpu('0A:00.0') });
    // Turing (6) reads power as it is: what comes within the rise of 300 ms still tells of the time before.
    expect(meter.method).toMatchObject({ kind: 'sampled', windowMs: 100, riseMs: 300 });
    await meter.start();
    const readings = readingsOf(library);
    const before = readings();
    // No timer of this thread could read anything meanwhile.
    while (readings() < before + 12);
    const { joules, seconds, samples = [] } = await meter.stop();
    expect(joules / seconds).toBeCloseTo(70, 6);
    expect(samples.length).toBeGreaterThan(10);
    expect(samples.every(({ powerWatts }) => powerWatts === 70)).toBe(true);
    await meter.close();
  });

  it('knows that Ampere and newer average over a second, unless the instant field is there', async () => {
    const averaged = await createNvmlMeter({ library: stub({ POWER: '1000' }) }).open({ device: gpu('0A:00.0') });
    expect(averaged.method.riseMs).toBe(1200);
    expect(averaged.method.description).toContain('averaged over 1 s');
    await averaged.close();
    const library = stub({ POWER: '1000', INSTANT: 42_000 });
    const instant = await createNvmlMeter({ library, now: afterRise() }).open({ device: gpu('0A:00.0') });
    expect(instant.method).toMatchObject({ riseMs: 300, windowMs: 100 });
    await instant.start();
    const { joules, seconds } = await instant.stop();
    expect(joules / seconds).toBeCloseTo(42, 6);
    await instant.close();
  });

  it('says why it cannot be used', async () => {
    const probe = (library: string, device: DeviceInfo) => createNvmlMeter({ library }).probe({ device });
    expect(await probe(stub({ INIT: 9 }), gpu('0A:00.0'))).toEqual({
      available: false,
      reason: "NVIDIA's management library says: Driver Not Loaded",
    });
    const library = stub({ ENERGY: '1' });
    expect((await probe(library, gpu('0B:00.0'))).reason).toBe('no NVIDIA GPU at PCI bus id 0000:0b:00.0');
    expect((await probe(library, gpu())).reason).toBe(
      'there are 2 of NVIDIA GPU, and the runtime does not tell the PCI bus id of its own',
    );
    expect((await probe(stub({}), gpu('0A:00.0'))).reason).toBe('NVIDIA Test GPU tells neither energy nor power');
    expect(await probe(library, gpu('0A:00.0'))).toEqual({ available: true });
    expect(await probe(stub({ DENIED: 4 }), gpu('0A:00.0'))).toEqual({
      available: false,
      reason: 'NVIDIA Test GPU tells neither energy nor power: Insufficient Permissions',
      remedy: 'Run as administrator, or let users read the performance counters',
    });
    await expect(createNvmlMeter({ library }).open({ device: gpu() })).rejects.toThrow(
      /^NVML cannot be used: there are 2/,
    );
  });

  it('tells what a GPU does under load, throttled throughout', async () => {
    const library = stub({ POWER: '250000' });
    const watch = await watchGpu(gpu('0A:00.0'), { library });
    const readings = readingsOf(library);
    while (readings() < 5);
    const states = (await watch?.stop()) ?? [];
    expect(states.length).toBeGreaterThan(2);
    expect(states[0]).toMatchObject({
      clockMhz: 1410,
      temperatureCelsius: 71,
      powerWatts: 250,
      throttle: 'power cap, thermal (hardware)',
    });
    expect(await watchGpu({ kind: 'cpu', name: 'EPYC' }, { library })).toBeUndefined();
    expect(await gpuState(gpu('0A:00.0'), { library })).toMatchObject({ pState: 8, clockMhz: 1410 });
  });

  it('tells clock, temperature and what slows the GPU down', async () => {
    const facts = await readEnvironment(gpu('0A:00.0'), { nvmlLibrary: stub({}) });
    expect(facts).toMatchObject({
      gpuDriver: '570.86.15',
      gpuClockMhz: 1410,
      gpuTemperatureCelsius: 71,
      gpuThrottleReasons: 'power cap, thermal (hardware)',
    });
  });
});

describe('NVML', () => {
  it('that is not installed is no error', async () => {
    const meter = createNvmlMeter({ library: join(folder, 'missing.so') });
    const { available, reason } = await meter.probe({ device: gpu('0A:00.0') });
    expect(available).toBe(false);
    expect(reason).toMatch(/cannot be loaded: no NVIDIA driver is installed$/);
  });

  it('does not measure a GPU while a processor is timed', async () => {
    const device: DeviceInfo = { kind: 'cpu', name: 'EPYC' };
    expect((await createNvmlMeter().probe({ device })).applies).toBe(false);
    await expect(createNvmlMeter().open({ device })).rejects.toThrow(
      "nvml measures GPUs, and 'EPYC' is none. Leave --meter out, or name a meter of this device.",
    );
  });

  it('does not take the power of a whole GPU for that of a slice', async () => {
    const device: DeviceInfo = { kind: 'gpu', name: 'NVIDIA H100 (MIG slice)', pciBusId: '00000000:17:00.0' };
    await expect(createNvmlMeter().open({ device })).rejects.toThrow(
      "nvml measures whole GPUs, and 'NVIDIA H100 (MIG slice)' is a part of one.",
    );
  });
});
