import { describe, expect, it } from 'vitest';
import type { BenchmarkHooks } from '../../../src/bench/harness/options.js';
import { runBenchmark } from '../../../src/bench/harness/run-benchmark.js';
import type { MeterMethod, MeterSession } from '../../../src/bench/power/define-meter.js';
import { nullMeter } from '../../../src/bench/power/null-meter.js';
import { type SyntheticMachine, syntheticArm, syntheticMachine } from '../simulation/synthetic-runtime.js';
import { arm, CALM, measure, schemaErrors, withFault } from './helpers.js';

const IDLE_WATTS = 40;

/** A machine that draws 40 W at rest and 100 W more while it computes. */
async function measureEnergy(
  method: Partial<MeterMethod> = {},
  change: (meter: MeterSession, machine: SyntheticMachine) => Partial<MeterSession> = () => ({}),
  busyWatts = 100,
) {
  const machine = syntheticMachine(CALM, 1);
  let sleptMs = 0;
  const sleeps: number[] = [];
  const now = (): number => machine.now() + sleptMs;
  let since = 0;
  let sleptSince = 0;
  const meter: MeterSession = {
    name: 'made up',
    method: { kind: 'counter', periodMs: 100, windowMs: 0, riseMs: 0, description: 'a made-up counter', ...method },
    async start() {
      since = now();
      sleptSince = sleptMs;
    },
    async stop() {
      const seconds = (now() - since) / 1000;
      const busySeconds = seconds - (sleptMs - sleptSince) / 1000;
      const busy = busyWatts * busySeconds;
      const rest = IDLE_WATTS * seconds;
      return { seconds, joules: busy + rest, domainsJoules: { package: busy, dram: rest } };
    },
    async close() {},
  };
  const hooks: BenchmarkHooks = {
    now,
    sleep: async (ms) => {
      sleeps.push(ms);
      sleptMs += ms;
    },
    meter: { ...meter, ...change(meter, machine) },
  };
  const arms = [
    { ...syntheticArm('a', 5), batch: 2 },
    { ...syntheticArm('b', 10), batch: 2 },
  ];
  const result = await runBenchmark(machine.session, arms, { cold: false, timeBudgetSeconds: 20 }, hooks);
  return { result, sleeps };
}

describe('energy', () => {
  it('is that of one image, the power at rest subtracted, and both are shown', async () => {
    const { result } = await measureEnergy();
    expect(schemaErrors(result)).toEqual([]);
    const { energy } = arm(result, 'a');
    if (energy.status !== 'measured') throw new Error(energy.reason);
    // 100 W for 5 ms, two images.
    expect(energy.energyJoules).toBeCloseTo(0.25, 2);
    expect(energy.grossEnergyJoules).toBeCloseTo(0.35, 2);
    expect(energy.imagesPerJoule).toBeCloseTo(1 / energy.energyJoules, 9);
    expect(energy.idlePowerWatts).toBeCloseTo(IDLE_WATTS, 6);
    expect(energy.powerWatts).toBeCloseTo(140, 6);
    expect(energy.seconds).toBeGreaterThanOrEqual(5);
    expect(energy.repetitions).toBeGreaterThanOrEqual(32);
    expect(energy.domainsJoules?.package).toBeCloseTo(0.25, 2);
    expect(energy.method).toBe('a made-up counter');
    const b = arm(result, 'b').energy;
    expect(b.status === 'measured' && b.energyJoules).toBeCloseTo(0.5, 2);
  });

  it('of a sampled sensor has its starts shifted, and longer for the rise', async () => {
    const { result, sleeps } = await measureEnergy({ kind: 'sampled', riseMs: 1200, windowMs: 1000 });
    const { energy } = arm(result, 'a');
    if (energy.status !== 'measured') throw new Error(energy.reason);
    const shifts = sleeps.filter((ms) => ms < 100);
    expect(shifts.length).toBeGreaterThan(10);
    expect(new Set(shifts).size).toBe(shifts.length);
    expect(energy.seconds).toBeGreaterThanOrEqual(6.2);
    // The shifts are at rest: they change neither figure.
    expect(energy.energyJoules).toBeCloseTo(0.25, 2);
    expect(energy.grossEnergyJoules).toBeCloseTo(0.35, 2);
  });

  it('that cannot be told from rest is unavailable, not 0', async () => {
    const { result } = await measureEnergy({}, () => ({}), -0.001);
    expect(arm(result, 'a').energy).toEqual({
      status: 'unavailable',
      reason: 'made up reads 40.00 W under load and 40.00 W at rest: the load cannot be told from rest',
    });
  });

  it('says why there is none', async () => {
    const energyOf = async (meter?: MeterSession) =>
      arm(await measure({ hooks: meter === undefined ? {} : { meter } }), 'a').energy;
    expect(await energyOf()).toEqual({ status: 'unavailable', reason: 'no power meter was given' });
    expect(await energyOf(nullMeter('no RAPL domains'))).toEqual({ status: 'unavailable', reason: 'no RAPL domains' });
  });

  it('survives a meter that fails, and so do the times', async () => {
    const broken = async () => {
      throw new Error('GPU is lost');
    };
    const { result } = await measureEnergy({}, () => ({ stop: broken }));
    expect(arm(result, 'a').energy).toEqual({ status: 'unavailable', reason: 'made up: GPU is lost' });
    expect(arm(result, 'a').status).toBe('ok');
  });

  it('of an arm whose runtime fails meanwhile fails that arm alone', async () => {
    let long = 0;
    const machine = syntheticMachine(CALM, 1);
    const session = withFault(machine.session, 5, (copy) => ({
      async time(iterations) {
        if (iterations >= 20 && long++ > 3) throw new Error('too hot');
        return copy.time(iterations);
      },
    }));
    const meter: MeterSession = {
      name: 'steady',
      method: { kind: 'counter', periodMs: 1, windowMs: 0, riseMs: 0, description: 'steady' },
      start: async () => undefined,
      stop: async () => ({ seconds: 10, joules: 10 * machine.now() }),
      close: async () => undefined,
    };
    const hooks = { now: machine.now, sleep: async () => undefined, meter };
    const arms = [syntheticArm('a', 5), syntheticArm('b', 10)];
    const result = await runBenchmark(session, arms, { cold: false, timeBudgetSeconds: 20 }, hooks);
    expect(arm(result, 'a').message).toBe("the runtime threw while measuring the energy of 'a': too hot");
    expect(arm(result, 'b').status).toBe('ok');
    expect(arm(result, 'b').energy.status).toBe('measured');
  });
});
