import { describe, expect, it } from 'vitest';
import { quantumOf, smallestStep } from '../../../src/bench/harness/clock/clock.js';
import { balancedOrders } from '../../../src/bench/harness/order.js';
import { isFlat } from '../../../src/bench/harness/stages/warm-up.js';
import { createRandom } from '../../../src/core/statistics/random.js';
import { arm, CALM, measure, schemaErrors, withFault } from './helpers.js';

describe('the orders of arms', () => {
  it.each([2, 3, 4, 5, 6])('of %i arms are balanced in each block', (count) => {
    const rows = count % 2 === 1 ? 2 * count : count;
    const orders = balancedOrders(count, createRandom(count));
    for (let block = 0; block < 3; block++) {
      const places = new Map<string, number>();
      const followers = new Map<string, number>();
      const add = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);
      for (let row = 0; row < rows; row++) {
        const order = orders.next().value as readonly number[];
        expect([...order].sort()).toEqual(Array.from({ length: count }, (_, i) => i));
        order.forEach((arm, place) => {
          add(places, `${arm} at ${place}`);
          if (place > 0) add(followers, `${order[place - 1]} then ${arm}`);
        });
      }
      expect(new Set(places.values())).toEqual(new Set([rows / count]));
      expect(places.size).toBe(count * count);
      expect(new Set(followers.values())).toEqual(new Set([rows / count]));
      expect(followers.size).toBe(count * (count - 1));
    }
  });

  it('follow from the seed', () => {
    const take = (seed: number) => {
      const orders = balancedOrders(4, createRandom(seed));
      return Array.from({ length: 8 }, () => orders.next().value as readonly number[]);
    };
    expect(take(1)).toEqual(take(1));
    expect(take(1)).not.toEqual(take(2));
  });
});

describe('the quantum of a clock', () => {
  it('is the common step of its readings', () => {
    expect(quantumOf([0.3, 0.5, 0.9, 1.1])).toBeCloseTo(0.1, 9);
    expect(quantumOf([15.625, 31.25, 62.5, 46.875])).toBeCloseTo(15.625, 9);
    expect(quantumOf([0.1 + 0.2, 0.7, 0.5, 1.3, 1.3])).toBeCloseTo(0.1, 6);
  });

  it('is 0 where readings have none, or are too few', () => {
    const random = createRandom(1);
    expect(quantumOf(Array.from({ length: 30 }, () => 5 + random.uniform()))).toBe(0);
    expect(quantumOf([0.1, 0.2])).toBe(0);
    expect(quantumOf([])).toBe(0);
  });

  it('is seen by reading the clock over and over', () => {
    let reads = 0;
    expect(smallestStep(() => Math.floor(reads++ / 7) * 0.25)).toBe(0.25);
    expect(smallestStep(() => 42)).toBe(0);
    let back = 10;
    expect(() => smallestStep(() => back--)).toThrow(
      'the clock went backwards. Run on a machine with a monotonic clock.',
    );
  });
});

describe('a warm-up', () => {
  it('ends where two windows agree', () => {
    const falling = Array.from({ length: 80 }, (_, i) => 5 + 5 * Math.exp(-i / 6));
    const ends = falling.findIndex((_, i) => isFlat(falling.slice(0, i + 1), 5, 0.005));
    expect(falling[ends]).toBeLessThan(5.1);
    expect(isFlat([5, 5, 5, 5], 5, 0.005)).toBe(false);
  });

  it('takes noise for no slope', () => {
    const random = createRandom(3);
    const noisy = Array.from({ length: 16 }, () => 5 * Math.exp(0.1 * random.normal()));
    expect(isFlat(noisy, 8, 0.001)).toBe(true);
  });
});

describe('the fixed cost of a call', () => {
  it('is negligible where the empty model takes next to nothing', async () => {
    const a = arm(await measure({ arms: { a: 80 }, noise: { ...CALM, overheadMs: 0.01 } }), 'a');
    expect(a.method).toMatchObject({ reduction: 'single', iterations: 1 });
  });

  it('is that of the empty model where the arms agree with it', async () => {
    const a = arm(await measure({ noise: { ...CALM, overheadMs: 1.5 } }), 'a');
    expect(a.method?.reduction).toBe('corrected');
    expect(a.method?.overheadMs).toBeCloseTo(1.5, 6);
  });

  it("is each arm's own where it is not", async () => {
    const result = await measure({
      noise: { ...CALM, overheadMs: 0.5 },
      session: (session) =>
        withFault(session, 5.5, (copy) => ({
          time: async (iterations) => ({ wallMs: (await copy.time(iterations)).wallMs + 3 }),
        })),
    });
    const b = arm(result, 'b');
    expect(b.method?.reduction).toBe('differenced');
    expect(b.method?.overheadMs).toBeCloseTo(3.5, 0);
    expect(Math.abs((b.wall?.hot.medianMs ?? 0) / 5.5 - 1)).toBeLessThan(0.01);
    // One reduction for all, so that none is compared with another's.
    expect(arm(result, 'a').method?.reduction).toBe('differenced');
  });

  it("is each arm's own where the empty model cannot be run", async () => {
    const result = await measure({
      noise: { ...CALM, overheadMs: 1 },
      session: (session) => ({
        ...session,
        async prepare(graph, seed) {
          if (graph.name === 'archmeter-empty') throw new Error('relu is not supported');
          return session.prepare(graph, seed);
        },
      }),
    });
    expect(arm(result, 'a').method?.reduction).toBe('differenced');
    expect(Math.abs((arm(result, 'a').wall?.hot.medianMs ?? 0) / 5 - 1)).toBeLessThan(0.005);
  });
});

describe('layers', () => {
  const layers = (times: Readonly<Record<string, number>>) => () => ({
    timeLayers: async () => Object.entries(times).map(([name, latencyMs]) => ({ name, latencyMs })),
  });

  it('are timed beside the whole, with what their sum leaves unexplained', async () => {
    const result = await measure({
      options: { perLayer: true },
      session: (session) => withFault(session, 5, layers({ conv1: 3, relu1: 0.5, conv2: 1 })),
    });
    const { layers: found, wall } = arm(result, 'a');
    expect(found?.timings).toEqual([
      { name: 'conv1', latencyMs: 3 },
      { name: 'relu1', latencyMs: 0.5 },
      { name: 'conv2', latencyMs: 1 },
    ]);
    expect(found?.unexplainedFraction).toBeCloseTo(1 - 4.5 / (wall?.hot.medianMs ?? 1), 9);
    expect(arm(result, 'b').layers).toBeUndefined();
    expect(arm(result, 'b').layersUnavailable).toBe('the runtime runs it as a whole');
    expect(result.warnings.filter(({ id }) => id === 'no-layers').map(({ arm }) => arm)).toEqual(['b']);
    expect(schemaErrors(result)).toEqual([]);
    expect(arm(result, 'b').status).toBe('ok');
  });

  it('that fail fail the arm', async () => {
    const fail = async () => {
      throw new Error('profiling is off');
    };
    const result = await measure({
      options: { perLayer: true },
      session: (session) => withFault(session, 5, () => ({ timeLayers: fail })),
    });
    expect(arm(result, 'a').message).toBe("the runtime threw while timing the layers of 'a': profiling is off");
  });
});
