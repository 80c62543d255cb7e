import { describe, expect, it } from 'vitest';
import type { BenchmarkHooks } from '../../../../src/bench/harness/options.js';
import { runBenchmark } from '../../../../src/bench/harness/run-benchmark.js';
import type { MeterMethod, MeterSession } from '../../../../src/bench/power/define-meter.js';
import { nullMeter } from '../../../../src/bench/power/null-meter.js';
import { type SyntheticMachine, syntheticArm, syntheticMachine } from '../../simulation/synthetic-runtime.js';
import { arm, CALM, measure, schemaErrors, withFault } from '../helpers.js';

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
      (hooks.meter as { rest?(ms: number): void }).rest?.(ms);
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
  it('is that of one image, with the power at rest and without it', async () => {
    const { result } = await measureEnergy();
    expect(schemaErrors(result)).toEqual([]);
    const { energy } = arm(result, 'a');
    if (energy.status !== 'measured') throw new Error(energy.reason);
    // 100 W for 5 ms, two images.
    expect(energy.netEnergyJoules).toBeCloseTo(0.25, 2);
    expect(energy.grossEnergyJoules).toBeCloseTo(0.35, 2);
    expect(energy.imagesPerJoule).toBeCloseTo(1 / energy.grossEnergyJoules, 9);
    for (const { powerWatts, flat } of [energy.idle.before, energy.idle.after]) {
      expect(powerWatts).toBeCloseTo(IDLE_WATTS, 6);
      expect(flat).toBe(true);
    }
    expect(energy.powerWatts).toBeCloseTo(140, 6);
    expect(energy.seconds).toBeGreaterThanOrEqual(5);
    expect(energy.repetitions).toBeGreaterThanOrEqual(32);
    expect(energy.domainsJoules?.package).toBeCloseTo(0.25, 2);
    expect(energy.method).toBe('a made-up counter');
    const b = arm(result, 'b').energy;
    expect(b.status === 'measured' && b.netEnergyJoules).toBeCloseTo(0.5, 2);
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
    expect(energy.netEnergyJoules).toBeCloseTo(0.25, 2);
    expect(energy.grossEnergyJoules).toBeCloseTo(0.35, 2);
  });

  it('that cannot be told from rest is unavailable, not 0', async () => {
    const { result } = await measureEnergy({}, () => ({}), -0.001);
    expect(arm(result, 'a').energy).toEqual({
      status: 'unavailable',
      reason: 'made up reads 40.00 W under load and 40.00 W at rest: the load cannot be told from rest',
    });
  });

  /** Joules of a device whose power at rest is `watts` of the time since its last load. */
  const held = (watts: (secondsSinceLoad: number) => number) => (_meter: MeterSession, machine: SyntheticMachine) => {
    let slept = 0;
    let loadEnds = 0;
    let begins = { busy: 0, slept: 0 };
    return {
      rest(ms: number) {
        slept += ms;
      },
      start: async () => {
        begins = { busy: machine.now(), slept };
      },
      stop: async () => {
        const busySeconds = (machine.now() - begins.busy) / 1000;
        const restSeconds = (slept - begins.slept) / 1000;
        if (busySeconds > 0) loadEnds = slept;
        let joules = busySeconds * 300;
        for (let i = 0; i < 100; i++)
          joules += (watts((begins.slept - loadEnds) / 1000 + (restSeconds * i) / 100) * restSeconds) / 100;
        return { seconds: busySeconds + restSeconds, joules };
      },
    };
  };

  it('at rest is waited for where the device holds its fastest state after a load', async () => {
    const hold = held((since) => (since < 8 ? 110 : 60));
    const { result } = await measureEnergy({}, hold);
    const { energy } = arm(result, 'a');
    if (energy.status !== 'measured') throw new Error(energy.reason);
    expect(energy.idle.after).toMatchObject({ flat: true, powerWatts: expect.closeTo(60, 6) });
    // 300 W for 5 ms, two images; 60 W of them at rest.
    expect(energy.grossEnergyJoules).toBeCloseTo(0.75, 2);
    expect(energy.netEnergyJoules).toBeCloseTo(0.6, 2);
  });

  it('has no net where the device does not come to rest, or to another rest than before', async () => {
    const never = (
      await measureEnergy(
        {},
        held((since) => 200 * Math.exp(-since / 8)),
      )
    ).result;
    expect(arm(never, 'a').energy).toMatchObject({
      status: 'measured',
      netUnavailable: 'power at rest was still changing before the load',
    });
    expect(arm(never, 'a').energy).not.toHaveProperty('netEnergyJoules');
    let loaded = false;
    const other = (
      await measureEnergy({}, (meter, machine) => {
        const own = held(() => (loaded ? 90 : 60))(meter, machine);
        const began = machine.now();
        return {
          ...own,
          start: async () => {
            loaded ||= machine.now() > began + 10_000;
            await own.start();
          },
        };
      })
    ).result;
    expect(schemaErrors(other)).toEqual([]);
    expect(arm(other, 'a').energy).toHaveProperty('grossEnergyJoules');
  });

  it('beyond twice what the device may draw is not believed', async () => {
    const { result } = await measureEnergy({ mostWatts: 120 });
    expect(arm(result, 'a').energy).toEqual({
      status: 'unavailable',
      reason: 'made up reads 140.00 W under load, more than twice what the device may draw (60 W)',
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
