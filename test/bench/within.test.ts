import { describe, expect, it } from 'vitest';
import { within } from '../../src/bench/within.js';

const late = () => new Error('late');

describe('within', () => {
  it('settles as the promise does', async () => {
    await expect(within(60, Promise.resolve(3), late)).resolves.toBe(3);
    await expect(within(60, Promise.reject(new Error('no')), late)).rejects.toThrow('no');
  });

  it('rejects where there is no answer', async () => {
    await expect(within(0.01, new Promise(() => {}), late)).rejects.toThrow('late');
  });
});
