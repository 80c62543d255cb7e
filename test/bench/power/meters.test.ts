import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { accumulate, pollMsOf } from '../../../src/bench/power/accumulator.js';
import { createCsvMeter, readCsv } from '../../../src/bench/power/csv.js';
import { openMeter, probeMeters } from '../../../src/bench/power/index.js';
import { matchByBusId, normalizedBusId } from '../../../src/bench/power/pci.js';
import { meanPower, sampledReading, updatePeriodMs } from '../../../src/bench/power/sampling.js';
import type { DeviceInfo } from '../../../src/core/measurement.js';

const folder = mkdtempSync(join(tmpdir(), 'archmeter-meters-'));
afterAll(() => rmSync(folder, { recursive: true }));

const device: DeviceInfo = { kind: 'unknown', name: 'something' };
const every = (stepMs: number, watts: readonly number[]) =>
  watts.map((powerWatts, i) => ({ atMs: i * stepMs, powerWatts }));

describe('meters', () => {
  it('are listed, each with the reason where it does not work', async () => {
    const meters = await probeMeters();
    expect(meters.map(({ name }) => name)).toEqual([
      'nvml',
      'nvidia-smi',
      'amd-hwmon',
      'intel-hwmon',
      'rapl',
      'powermetrics',
      'csv',
    ]);
    for (const { available, reason } of meters) expect(available || (reason ?? '').length > 0).toBe(true);
  });

  it('that nobody has are a null meter that says why', async () => {
    const meter = await openMeter(undefined, { device: { kind: 'gpu', name: 'a GPU', pciBusId: 'ff:1f.7' } });
    expect(meter.name).toBe('none');
    expect(meter.unavailable).toMatch(/^no power meter works for this device\. nvml: .*; nvidia-smi: .*; amd-hwmon: /);
    await expect(meter.stop()).rejects.toThrow(/^no power meter works/);
    expect((await openMeter('none', { device })).unavailable).toBe('not asked for (--meter none)');
  });

  it('of an unknown name are refused with the names there are', async () => {
    await expect(openMeter('wattage', { device })).rejects.toThrow(
      "there is no power meter 'wattage'. Use one of: nvml, nvidia-smi, amd-hwmon, intel-hwmon, rapl, powermetrics, csv, none.",
    );
  });
});

describe('PCI bus ids', () => {
  it('are the same in every notation', () => {
    for (const text of ['0000:0a:00.0', '00000000:0A:00.0', '0A:00.0', 'a:0'])
      expect(normalizedBusId(text)).toBe('0000:0a:00.0');
    expect(normalizedBusId('00010000:0A:00.1')).toBe('10000:0a:00.1');
    for (const text of ['', 'GPU-1234', '0a', '0a:00.9']) expect(normalizedBusId(text)).toBeUndefined();
  });

  it('decide, and where there are none the only device', () => {
    const two = [{ busId: '0a:00.0' }, { busId: '0b:00.0' }];
    expect(matchByBusId(two, { ...device, pciBusId: '0000:0B:00.0' }, 'GPU')).toEqual({ found: two[1] });
    expect(matchByBusId(two.slice(1), device, 'GPU')).toEqual({ found: two[1] });
    expect(matchByBusId(two, device, 'GPU')).toHaveProperty('reason');
    expect(matchByBusId(two, undefined, 'GPU')).toEqual({ found: two[0] });
    expect(matchByBusId([], undefined, 'GPU')).toEqual({ reason: 'no GPU found' });
  });
});

describe('sampled power', () => {
  it('is weighted by time', () => {
    const samples = [
      { atMs: 0, powerWatts: 100 },
      { atMs: 10, powerWatts: 100 },
      { atMs: 40, powerWatts: 20 },
    ];
    expect(meanPower(samples)).toBeCloseTo((100 * 10 + 20 * 30) / 40, 12);
    expect(meanPower(samples.slice(0, 1))).toBe(100);
  });

  it('counts what comes after the rise, for the whole time', () => {
    const { joules, seconds, samples } = sampledReading(every(100, [5, 5, 50, 50, 50, 99]), 0, 400, { riseMs: 150 });
    expect(seconds).toBe(0.4);
    expect(samples?.length).toBe(3);
    expect(joules).toBeCloseTo(20, 12);
  });

  it('shows how often the sensor is renewed', () => {
    expect(updatePeriodMs(every(10, [1, 1, 2, 2, 2, 3, 3, 4, 4, 4, 5]))).toBe(30);
    expect(updatePeriodMs(every(10, [1, 1, 1]))).toBeUndefined();
  });
});

describe('energy counters', () => {
  let [value, ms] = [8, 0];
  const counters = (range: number, mostWatts: number) => {
    [value, ms] = [8, 0];
    return accumulate([{ name: 'package', range, read: () => value, mostWatts }], () => ms);
  };

  it('add up over wraps between polls', () => {
    const own = counters(10, 50);
    for (value of [9, 1, 7, 2]) {
      ms += 150;
      own.poll();
    }
    expect(own.joules()).toEqual({ package: 14 });
  });

  it('that went back without a wrap were reset: no energy is known', () => {
    const own = counters(Number.POSITIVE_INFINITY, 600);
    [value, ms] = [0.5, 2000];
    expect(() => own.joules()).toThrow('the energy counter package went from 8.0 J to 0.5 J in 2.0 s: it was reset.');
    // As a wrap it would have been far more than the device can draw.
    const ranged = counters(262_143, 600);
    [value, ms] = [0.5, 2000];
    expect(() => ranged.joules()).toThrow(/it was reset/);
  });

  it('that may have wrapped unseen are refused, and are polled often enough that they do not', () => {
    const own = counters(100, 50);
    [value, ms] = [20, 2500];
    expect(() => own.poll()).toThrow(
      'the energy counter package was not read for 2.5 s, in which it may have wrapped more than once.',
    );
    const domain = { name: 'package', read: () => 0 };
    expect(pollMsOf([{ ...domain, range: 100, mostWatts: 50 }])).toBe(1000);
    expect(pollMsOf([{ ...domain, range: 262_143 }])).toBe(5000);
    expect(pollMsOf([{ ...domain, range: 0.001 }])).toBe(20);
  });
});

describe('the CSV of a watt-meter', () => {
  const file = join(folder, 'watts.csv');

  it('is read in the forms that loggers write', () => {
    writeFileSync(file, 'time,voltage,power_watts\n2026-11-24T04:00:00.000Z,230,50.5\n2026-11-24T04:00:01Z,231,60\n');
    const at = Date.UTC(2026, 10, 24, 4);
    const expected = [
      { atMs: at, powerWatts: 50.5 },
      { atMs: at + 1000, powerWatts: 60 },
    ];
    expect(readCsv(file)).toEqual(expected);
    writeFileSync(file, `\uFEFFUnix time;P [W]\r\n${at / 1000};50,5\r\n${at / 1000 + 1};60\r\n`);
    expect(readCsv(file)).toEqual(expected);
    writeFileSync(file, `timestamp_ms\tWatts\n${at + 1000}\t60\n${at}\t50.5\n`);
    expect(readCsv(file)).toEqual(expected);
  });

  it('may end in the middle of a line', () => {
    writeFileSync(file, 'time,watts\n1700000000,5\n1700000001,');
    expect(readCsv(file)).toHaveLength(1);
  });

  it('that is wrong is refused by line', () => {
    writeFileSync(file, 'time,watts\n1700000000,5\nyesterday,6\n1700000002,7\n');
    expect(() => readCsv(file)).toThrow(`${file}:3: the line holds no time and watts.`);
    writeFileSync(file, 'a,b\n1,2\n');
    expect(() => readCsv(file)).toThrow(
      `${file}:1: the header names no column of times and of watts. Name them, e.g. 'timestamp,power_watts'.`,
    );
    expect(() => readCsv(join(folder, 'none.csv'))).toThrow(
      'the watt-meter log cannot be read. Start the logger first.',
    );
  });

  it('is measured while it grows', async () => {
    let ms = 1_700_000_000_000;
    const log = (watts: number): void => appendFileSync(file, `${ms},${watts}\n`);
    writeFileSync(file, 'time,watts\n');
    log(5);
    const meter = await createCsvMeter({ now: () => ms }).open({ device, argument: file });
    await meter.start();
    // Within its rise of two seconds the meter still tells of the time before.
    for (let i = 0; i < 50; i++) {
      ms += 50;
      log(i < 40 ? 5 : 42);
    }
    ms += 20;
    const reading = meter.stop();
    // The line that reaches beyond the end comes a little later.
    ms += 30;
    setTimeout(() => log(900), 10);
    const { joules, seconds } = await reading;
    expect(seconds).toBeCloseTo(2.52, 9);
    expect(joules / seconds).toBeCloseTo(42, 6);
    await meter.close();
  });

  it('that stopped growing is not waited for without end', async () => {
    writeFileSync(file, 'time,watts\n1700000000,5\n');
    const meter = await createCsvMeter({ patienceMs: 50 }).open({ device, argument: file });
    await meter.start();
    await expect(meter.stop()).rejects.toThrow('the power sensor gave 1 readings, none of them after its rise');
  });

  it('needs a file', async () => {
    expect(await createCsvMeter().probe()).toEqual({
      available: false,
      reason: 'it needs a file',
      remedy: '--meter csv:FILE',
    });
    await expect(openMeter('csv', { device })).rejects.toThrow('the CSV meter needs a file. Give --meter csv:FILE.');
  });
});
