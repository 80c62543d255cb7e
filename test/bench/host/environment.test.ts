import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withAfter } from '../../../src/bench/harness/host.js';
import { flushBytesFor, lastLevelCacheBytes } from '../../../src/bench/host/cache-size.js';
import { devicePeak } from '../../../src/bench/host/device-peak.js';
import { readEnvironment } from '../../../src/bench/host/environment.js';
import { linuxFacts } from '../../../src/bench/host/linux-facts.js';
import { processorTime } from '../../../src/bench/host/processor-time.js';
import type { DeviceInfo } from '../../../src/core/measurement.js';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'archmeter-machine-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, content: string | number): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${content}\n`);
}

const facts = () => linuxFacts({ sysfs: join(root, 'sys'), procfs: join(root, 'proc') });
const cpu: DeviceInfo = { kind: 'cpu', name: 'a processor' };

describe('the time that the scheduler counts', () => {
  const time = () => processorTime(join(root, 'proc'));

  it('is that of this thread, in ms', () => {
    write('proc/thread-self/schedstat', '814436344 1252521803 270');
    expect(time()).toEqual({ ranMs: 814.436344, waitedMs: 1252.521803 });
  });

  it('is unknown where the kernel does not count it, or there is none', () => {
    expect(time()).toBeUndefined();
    write('proc/thread-self/schedstat', '0 0 0');
    expect(time()).toBeUndefined();
  });
});

describe('what Linux tells', () => {
  it('is read where it is', () => {
    for (const index of [0, 1]) {
      write(`sys/devices/system/cpu/cpu${index}/cpufreq/scaling_governor`, 'powersave');
      write(`sys/devices/system/cpu/cpu${index}/cpufreq/cpuinfo_max_freq`, 3_600_000 + index * 200_000);
      write(`sys/devices/system/cpu/cpu${index}/thermal_throttle/core_throttle_count`, 3);
    }
    write('sys/devices/system/cpu/intel_pstate/no_turbo', 0);
    write('sys/class/hwmon/hwmon0/name', 'nvme');
    write('sys/class/hwmon/hwmon0/temp1_input', 90_000);
    write('sys/class/hwmon/hwmon1/name', 'k10temp');
    write('sys/class/hwmon/hwmon1/temp1_input', 61_500);
    write('sys/class/hwmon/hwmon1/temp2_input', 58_000);
    write('sys/fs/cgroup/cpu.max', '150000 100000');
    write('sys/fs/cgroup/memory.max', 2 ** 31);
    write('sys/class/power_supply/BAT0/type', 'Battery');
    write('sys/class/power_supply/BAT0/status', 'Discharging');
    write('proc/cpuinfo', 'flags\t\t: fpu avx2 hypervisor');
    expect(facts()).toEqual({
      cpuGovernor: 'powersave',
      cpuMaximumClockMhz: 3800,
      cpuTurbo: 'on',
      cpuThrottleCount: 6,
      cpuTemperatureCelsius: 61.5,
      cpuLimit: 1.5,
      memoryLimitBytes: 2 ** 31,
      powerSource: 'battery',
      virtualMachine: 'yes',
    });
  });

  it('is null where it is not', () => {
    expect(new Set(Object.values(facts()))).toEqual(new Set([null]));
  });

  it('has its older forms too', () => {
    write('sys/devices/system/cpu/cpufreq/boost', 0);
    write('sys/devices/system/cpu/cpu0/cpufreq/scaling_governor', 'performance');
    write('sys/devices/system/cpu/cpu1/cpufreq/scaling_governor', 'schedutil');
    write('sys/class/thermal/thermal_zone0/type', 'x86_pkg_temp');
    write('sys/class/thermal/thermal_zone0/temp', 48_000);
    write('sys/fs/cgroup/cpu.max', 'max 100000');
    write('sys/fs/cgroup/cpu/cpu.cfs_quota_us', 200_000);
    write('sys/fs/cgroup/cpu/cpu.cfs_period_us', 100_000);
    write('sys/fs/cgroup/memory/memory.limit_in_bytes', '9223372036854771712');
    write('sys/class/power_supply/AC/type', 'Mains');
    write('sys/class/power_supply/AC/online', 1);
    expect(facts()).toMatchObject({
      cpuTurbo: 'off',
      cpuGovernor: 'performance, schedutil',
      cpuTemperatureCelsius: 48,
      cpuLimit: 2,
      memoryLimitBytes: null,
      powerSource: 'mains',
    });
  });
});

describe('the environment', () => {
  it('is plain JSON with a unit in every key that needs one', async () => {
    const environment = await readEnvironment(cpu);
    expect(JSON.parse(JSON.stringify(environment))).toEqual(environment);
    expect(environment.node).toBe(process.version);
    expect(environment.cpuCount).toBeGreaterThan(0);
    expect(environment.memoryBytes).toBeGreaterThan(2 ** 20);
  });

  it('keeps what changed while timing went on under a key of its own', () => {
    const before = { loadAverage1: 0.2, cpuTemperatureCelsius: 50, node: 'v20', gpuThrottleReasons: 'none' };
    const after = { loadAverage1: 1.1, cpuTemperatureCelsius: null, node: 'v20', gpuThrottleReasons: 'power cap' };
    expect(withAfter(before, after)).toEqual({
      ...before,
      loadAverage1After: 1.1,
      gpuThrottleReasonsAfter: 'power cap',
    });
  });
});

describe('caches', () => {
  it('are flushed with twice the last level', () => {
    const sysfs = join(root, 'sys');
    for (const [index, size] of ['32K', '32K', '1024K', '36608K'].entries())
      write(`sys/devices/system/cpu/cpu0/cache/index${index}/size`, size);
    expect(lastLevelCacheBytes(sysfs)).toBe(36_608 * 1024);
    expect(flushBytesFor(cpu, sysfs)).toBe(2 * 36_608 * 1024);
    expect(flushBytesFor({ kind: 'gpu', name: 'a GPU' }, sysfs)).toBe(2 ** 29);
    expect(lastLevelCacheBytes(join(root, 'none'))).toBeUndefined();
    expect(flushBytesFor(cpu, join(root, 'none'))).toBe(2 ** 28);
  });
});

describe.skipIf(process.arch !== 'x64')('the peak of a processor (skipped elsewhere than on x86-64)', () => {
  it('is an upper bound from clock, processors and vectors', () => {
    write('proc/cpuinfo', 'flags : sse avx avx2 avx512f');
    const procfs = join(root, 'proc');
    const machine = { cpuCount: 4, cpuMaximumClockMhz: 3000 };
    // 4 · 3 GHz · 2 units · 16 lanes · 2.
    expect(devicePeak(cpu, machine, 'float32', procfs)).toEqual({
      flopsPerSecond: 768e9,
      source: 'upper bound: 4 processors x 3.00 GHz x 2 FMA units x 16 lanes x 2',
    });
    expect(devicePeak(cpu, machine, 'float16', procfs)?.flopsPerSecond).toBe(1536e9);
    write('proc/cpuinfo', 'flags : sse avx2');
    expect(devicePeak(cpu, { cpuCount: 1, cpuClockMhz: 2000 }, 'float32', procfs)?.flopsPerSecond).toBeCloseTo(
      83.2e9,
      0,
    );
    expect(devicePeak(cpu, { cpuCount: 1 }, 'float32', procfs)?.flopsPerSecond).toBeCloseTo(198.4e9, 0);
    expect(devicePeak(cpu, {}, 'float32', procfs)).toBeUndefined();
    expect(devicePeak({ kind: 'gpu', name: 'a GPU' }, machine)).toBeUndefined();
  });
});
