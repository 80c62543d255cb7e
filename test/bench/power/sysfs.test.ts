import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAmdMeter } from '../../../src/bench/power/amd-hwmon.js';
import { createIntelMeter } from '../../../src/bench/power/intel-hwmon.js';
import { createRaplMeter } from '../../../src/bench/power/rapl.js';
import { epochNow } from '../../../src/bench/power/sampling.js';
import type { DeviceInfo } from '../../../src/core/measurement.js';
import { afterRise } from './clocks.js';

let sysfs = '';
beforeEach(() => {
  sysfs = mkdtempSync(join(tmpdir(), 'archmeter-sysfs-'));
});
afterEach(() => rmSync(sysfs, { recursive: true }));

function write(path: string, content: string | number): void {
  const file = join(sysfs, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${content}\n`);
}

const cpu: DeviceInfo = { kind: 'cpu', name: 'EPYC' };
const gpu = (pciBusId?: string): DeviceInfo => ({
  kind: 'gpu',
  name: 'some GPU',
  ...(pciBusId === undefined ? {} : { pciBusId }),
});
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('RAPL', () => {
  const zone = (path: string, name: string, energy: number, range = 262_143_328_850): void => {
    write(`class/powercap/${path}/name`, name);
    write(`class/powercap/${path}/energy_uj`, energy);
    write(`class/powercap/${path}/max_energy_range_uj`, range);
  };

  it('sums packages and DRAM, and leaves out what lies within or around them', async () => {
    zone('intel-rapl:0', 'package-0', 1_000_000);
    zone('intel-rapl:0:0', 'core', 0);
    zone('intel-rapl:0:1', 'dram', 500_000);
    zone('intel-rapl:1', 'package-1', 2_000_000);
    zone('intel-rapl:2', 'psys', 9_000_000);
    zone('intel-rapl-mmio:0', 'package-0', 0);
    const meter = await createRaplMeter({ sysfs }).open({ device: cpu });
    await meter.start();
    zone('intel-rapl:0', 'package-0', 4_000_000);
    zone('intel-rapl:0:0', 'core', 2_000_000);
    zone('intel-rapl:0:1', 'dram', 750_000);
    zone('intel-rapl:1', 'package-1', 2_500_000);
    zone('intel-rapl:2', 'psys', 19_000_000);
    const { joules, domainsJoules } = await meter.stop();
    expect(domainsJoules).toEqual({ 'package-0': 3, 'package-0/dram': 0.25, 'package-1': 0.5 });
    expect(joules).toBeCloseTo(3.75, 12);
    await meter.close();
  });

  it('goes on where a counter wraps', async () => {
    zone('intel-rapl:0', 'package-0', 9_000_000, 10_000_000);
    let ms = 0;
    const meter = await createRaplMeter({ sysfs, now: () => ms }).open({ device: cpu });
    await meter.start();
    zone('intel-rapl:0', 'package-0', 1_500_000, 10_000_000);
    ms = 4;
    expect(await meter.stop()).toMatchObject({ joules: expect.closeTo(2.5, 9), seconds: 0.004 });
  });

  it('is refused where a counter may have wrapped unseen', async () => {
    zone('intel-rapl:0', 'package-0', 9_000_000, 10_000_000);
    let ms = 0;
    const meter = await createRaplMeter({ sysfs, now: () => ms }).open({ device: cpu });
    await meter.start();
    ms = 6000;
    await expect(meter.stop()).rejects.toThrow(
      'the energy counter package-0 was not read for 6.0 s, in which it may have wrapped more than once.',
    );
  });

  it('tells of a counter that was reset while it measured, and no energy', async () => {
    zone('intel-rapl:0', 'package-0', 9_000_000);
    const meter = await createRaplMeter({ sysfs }).open({ device: cpu });
    await meter.start();
    zone('intel-rapl:0', 'package-0', 1_000);
    await expect(meter.stop()).rejects.toThrow(
      /^the energy counter package-0 went from 9\.0 J to 0\.0 J in .* it was reset/,
    );
    await meter.start();
    zone('intel-rapl:0', 'package-0', 2_001_000);
    expect((await meter.stop()).joules).toBeCloseTo(2, 9);
  });

  it('starts anew each time', async () => {
    zone('intel-rapl:0', 'package-0', 0);
    const meter = await createRaplMeter({ sysfs }).open({ device: cpu });
    await meter.start();
    zone('intel-rapl:0', 'package-0', 1_000_000);
    await meter.stop();
    await meter.start();
    zone('intel-rapl:0', 'package-0', 1_250_000);
    expect((await meter.stop()).joules).toBeCloseTo(0.25, 9);
  });

  it('says why it cannot be used', async () => {
    const probe = () => createRaplMeter({ sysfs }).probe({ device: cpu });
    expect(await probe()).toEqual({ available: false, reason: `no RAPL domains under ${sysfs}/class/powercap` });
    zone('intel-rapl:0', 'package-0', 0);
    expect(await probe()).toEqual({ available: true });
    expect((await createRaplMeter({ sysfs }).probe({ device: gpu() })).applies).toBe(false);
    write('class/powercap/intel-rapl:0/energy_uj', 'nonsense');
    expect((await probe()).reason).toMatch(/energy_uj holds no number$/);
  });

  it.skipIf(process.getuid?.() === 0)(
    'names the command that makes its counters readable (skipped for root)',
    async () => {
      zone('intel-rapl:0', 'package-0', 0);
      chmodSync(join(sysfs, 'class/powercap/intel-rapl:0/energy_uj'), 0);
      expect(await createRaplMeter({ sysfs }).probe()).toEqual({
        available: false,
        reason: 'its counters are readable by root only',
        remedy: `sudo chmod a+r ${sysfs}/class/powercap/intel-rapl:*/energy_uj`,
      });
    },
  );
});

describe('GPU sensors under hwmon', () => {
  const card = (index: number, busId: string, driver: string, sensors: Readonly<Record<string, number>>): void => {
    const root = `class/drm/card${index}/device`;
    write(`${root}/uevent`, `DRIVER=${driver}\nPCI_SLOT_NAME=${busId}`);
    write(`${root}/hwmon/hwmon${index + 2}/name`, driver);
    for (const [name, value] of Object.entries(sensors)) write(`${root}/hwmon/hwmon${index + 2}/${name}`, value);
  };

  it('of AMD are sampled, of the card at the PCI bus id', async () => {
    card(0, '0000:03:00.0', 'amdgpu', { power1_average: 11_000_000 });
    card(1, '0000:83:00.0', 'amdgpu', { power1_input: 88_500_000 });
    const meter = await createAmdMeter({ sysfs, now: afterRise() }).open({ device: gpu('00000000:83:00.0') });
    await meter.start();
    const { joules, seconds, samples = [] } = await meter.stop();
    expect(joules / seconds).toBeCloseTo(88.5, 6);
    expect(samples.length).toBeGreaterThan(0);
    await meter.close();
  });

  it('that vanish in the middle leave what was read', async () => {
    card(0, '0000:03:00.0', 'amdgpu', { power1_average: 20_000_000 });
    const meter = await createAmdMeter({ sysfs, now: afterRise() }).open({ device: gpu() });
    await meter.start();
    rmSync(join(sysfs, 'class/drm/card0/device/hwmon'), { recursive: true });
    await wait(50);
    const { joules, seconds } = await meter.stop();
    expect(joules / seconds).toBeCloseTo(20, 6);
  });

  it('give nothing when stopped within the rise', async () => {
    card(0, '0000:03:00.0', 'amdgpu', { power1_average: 20_000_000 });
    const ms = epochNow();
    const meter = await createAmdMeter({ sysfs, now: () => ms }).open({ device: gpu() });
    await meter.start();
    await expect(meter.stop()).rejects.toThrow(/none of them after its rise of 500 ms/);
  });

  it('of Intel are counters', async () => {
    card(0, '0000:03:00.0', 'xe', { energy1_input: 5_000_000, energy2_input: 1 });
    const meter = await createIntelMeter({ sysfs }).open({ device: gpu('03:00.0') });
    await meter.start();
    card(0, '0000:03:00.0', 'xe', { energy1_input: 6_250_000 });
    expect((await meter.stop()).joules).toBeCloseTo(1.25, 9);
  });

  it('are not guessed', async () => {
    const reason = async (device: DeviceInfo) => (await createAmdMeter({ sysfs }).probe({ device })).reason;
    expect(await reason(gpu())).toBe('no AMD GPU with an amdgpu sensor found');
    card(0, '0000:03:00.0', 'i915', { energy1_input: 1 });
    expect(await reason(gpu('03:00.0'))).toBe('no AMD GPU with an amdgpu sensor found');
    card(1, '0000:04:00.0', 'amdgpu', { power1_average: 1 });
    expect(await reason(gpu())).toBeUndefined();
    card(2, '0000:05:00.0', 'amdgpu', { power1_average: 1 });
    expect(await reason(gpu())).toMatch(/^there are 2 of AMD GPU/);
    expect(await reason(gpu('06:00.0'))).toBe('no AMD GPU with an amdgpu sensor at PCI bus id 0000:06:00.0');
    card(3, '0000:07:00.0', 'amdgpu', {});
    expect(await reason(gpu('07:00.0'))).toMatch(/has no power reading$/);
  });
});
