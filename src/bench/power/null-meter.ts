import type { MeterSession } from './define-meter.js';

/** A meter that measures nothing and says why: energy is then `unavailable`, never 0. */
export function nullMeter(reason: string): MeterSession {
  return {
    name: 'none',
    unavailable: reason,
    method: { kind: 'counter', periodMs: 0, windowMs: 0, riseMs: 0, description: reason },
    async start() {},
    async stop() {
      throw new Error(reason);
    },
    async close() {},
  };
}
