import { describe, expect, it } from 'vitest';
import { UNKNOWN_HOST } from '../../../../src/bench/harness/host.js';
import { CALM, measure, type Setup, schemaErrors } from '../helpers.js';

/** A machine on which other programs have the processor for a share of the time. */
async function loaded(share: number, { arms, session }: Pick<Setup, 'arms' | 'session'>) {
  let now = (): number => 0;
  const host = {
    ...UNKNOWN_HOST,
    processorTime: () => ({ ranMs: (1 - share) * now(), waitedMs: share * now() }),
  };
  return measure({
    ...(arms === undefined ? {} : { arms }),
    noise: { ...CALM, jitter: 0.002 },
    hooks: { host },
    session: (own, machine) => {
      now = machine.now;
      return session?.(own, machine) ?? own;
    },
  });
}

describe('on a machine with other load', () => {
  it('no difference is claimed, nor denied, that is smaller than the share of time that others had', async () => {
    for (const other of [5.3, 5.0001]) {
      const result = await loaded(0.1, { arms: { a: 5, b: other } });
      expect(schemaErrors(result)).toEqual([]);
      expect(result.comparisons[0]?.verdict).toBe('inconclusive');
      expect(result.environment.processorWaitingShare).toBeCloseTo(0.1, 9);
      expect(result.warnings.find(({ id }) => id === 'competing-load')?.text).toBe(
        'for 10 % of the time the timing waited for a processor that other work had. Other programs, or more threads than there are processors; differences up to that share are not judged. Close other programs, or lower --threads, and time again.',
      );
    }
  });

  it('a larger one is', async () => {
    expect((await loaded(0.1, { arms: { a: 5, b: 6 } })).comparisons[0]?.verdict).toBe('slower');
  });

  it('a share within the tolerance changes nothing', async () => {
    const result = await loaded(0.009, { arms: { a: 5, b: 5.3 } });
    expect(result.comparisons[0]?.verdict).toBe('slower');
    expect(result.warnings.map(({ id }) => id)).not.toContain('competing-load');
  });

  it('device time, which others do not take, is judged as ever', async () => {
    const result = await loaded(0.5, {
      arms: { a: 5, b: 5.3 },
      session: (own) => ({
        ...own,
        hasDeviceClock: true,
        async prepare(graph, seed) {
          const copy = await own.prepare(graph, seed);
          return {
            ...copy,
            async time(iterations) {
              const { wallMs } = await copy.time(iterations);
              return { wallMs, deviceMs: wallMs };
            },
          };
        },
      }),
    });
    expect(result.comparisons[0]?.verdict).toBe('slower');
  });
});
