import { describe, expect, it } from 'vitest';
import { run } from '../run.js';

const FIXED = 'fixtures/pt2/attention-core.pt2';

describe('estimate --batch with a file that fixes its batch', () => {
  it('times the kernels of the file at that batch', async () => {
    const latency = async (batch: string) => {
      const { code, out } = await run(['estimate', FIXED, '--on', 'rtx-4090', '--batch', batch, '--format', 'json']);
      expect(code).toBe(0);
      return JSON.parse(out).estimates[0].latency;
    };
    const [some, more] = [await latency('512'), await latency('1024')];
    expect([some.batch, more.batch]).toEqual([512, 1024]);
    expect(more.latencyMs).toBeGreaterThan(some.latencyMs);
    expect(more.latencyMs).toBeLessThan(2.1 * some.latencyMs);
  });

  it('refuses a batch that is none', async () => {
    const { code, err } = await run(['estimate', FIXED, '--on', 'rtx-4090', '--batch', '0']);
    expect(code).not.toBe(0);
    expect(err).toContain('--batch must be a whole number of at least 1');
  });
});
