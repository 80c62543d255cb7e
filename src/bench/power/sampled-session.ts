import type { MeterMethod, MeterSession, PowerSample } from './define-meter.js';
import { epochNow, sampledReading, updatePeriodMs } from './sampling.js';

/** Readings under way. */
export interface SampleStream {
  /** Ends the readings and gives all that there were. */
  stop(): Promise<readonly PowerSample[]>;
}

/** A session over a power sensor that is read again and again while `begin`'s stream is open. */
export function sampledSession(
  name: string,
  method: Omit<MeterMethod, 'kind'>,
  begin: () => Promise<SampleStream>,
  { now = epochNow, close = async () => undefined }: { now?: () => number; close?: () => Promise<void> } = {},
): MeterSession {
  let running: { since: number; stream: SampleStream } | undefined;
  let seen: readonly PowerSample[] = [];
  return {
    name,
    get method(): MeterMethod {
      const period = updatePeriodMs(seen);
      const observed = period === undefined ? '' : `; seen to change every ${period.toFixed(0)} ms`;
      return { kind: 'sampled', ...method, description: `${method.description}${observed}` };
    },
    async start() {
      await running?.stream.stop();
      const stream = await begin();
      running = { since: now(), stream };
    },
    async stop() {
      if (running === undefined) throw new Error('stop before start');
      const { since, stream } = running;
      const until = now();
      running = undefined;
      seen = await stream.stop();
      return sampledReading(seen, since, until, method);
    },
    async close() {
      await running?.stream.stop();
      running = undefined;
      await close();
    },
  };
}
