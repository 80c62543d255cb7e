import { describe, expect, it } from 'vitest';
import type { DeviceState } from '../../../../src/bench/harness/host.js';
import { UNKNOWN_HOST } from '../../../../src/bench/harness/host.js';
import { arm, CALM, measure, schemaErrors } from '../helpers.js';

/** A host that reads the device every 5 virtual ms, as `at` has it at each. */
async function watched(at: (seconds: number) => Omit<DeviceState, 'atMs'>) {
  let now = (): number => 0;
  const host = {
    ...UNKNOWN_HOST,
    watch: async () => ({
      stop: async () =>
        Array.from(
          { length: Math.ceil(now() / 5) },
          (_, i): DeviceState => ({
            atMs: performance.timeOrigin + 5 * i,
            ...at(i / 200),
          }),
        ),
    }),
  };
  return measure({
    noise: { ...CALM, jitter: 0.03 },
    options: { timeBudgetSeconds: 10 },
    hooks: { host },
    session: (session, machine) => {
      now = machine.now;
      return session;
    },
  });
}

describe('the device under load', () => {
  it('throttled throughout is recorded as such, whatever it is at rest', async () => {
    const result = await watched(() => ({
      clockMhz: 900,
      powerWatts: 300,
      temperatureCelsius: 88,
      throttle: 'thermal (software)',
    }));
    expect(schemaErrors(result)).toEqual([]);
    expect(result.environment).toMatchObject({
      gpuClockMhzUnderLoad: 900,
      gpuPowerWattsUnderLoad: 300,
      gpuTemperatureCelsiusMostUnderLoad: 88,
      gpuThrottleReasonsUnderLoad: 'thermal (software)',
      gpuThrottledShareUnderLoad: 1,
    });
    expect(result.warnings.find(({ id }) => id === 'gpu-throttled')?.text).toMatch(
      /^the GPU was slowed down in 100 % of the readings under load: thermal \(software\)\./,
    );
  });

  it('has samples left out and counted in which its clock had fallen', async () => {
    const result = await watched((seconds) => ({ clockMhz: seconds > 7 && seconds < 8 ? 1000 : 1500, throttle: '' }));
    expect(result.environment).toMatchObject({ gpuThrottleReasonsUnderLoad: 'none', gpuClockMhzLeastUnderLoad: 1000 });
    const left = arm(result, 'a').method?.slowClockSamples ?? 0;
    expect(left).toBeGreaterThan(5);
    expect(result.warnings.filter(({ id }) => id === 'slow-clock').map(({ arm: name }) => name)).toEqual(['a', 'b']);
    const all = arm(result, 'a').raw?.filter(({ phase }) => phase === 'hot').length ?? 0;
    expect(arm(result, 'a').wall?.hot.samplesMs.length).toBeLessThan(all);
  });
});
