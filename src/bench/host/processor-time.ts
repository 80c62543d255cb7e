import { readFileSync } from 'node:fs';
import type { ProcessorTime } from '../harness/host.js';

/**
 * What the scheduler counted of the calling thread (Linux, Documentation/scheduler/sched-stats.rst): nanoseconds that it
 * ran, and that it was ready and waited for a processor. Undefined where the system does not tell.
 */
export function processorTime(procfs = '/proc'): ProcessorTime | undefined {
  let text: string;
  try {
    text = readFileSync(`${procfs}/thread-self/schedstat`, 'utf8');
  } catch {
    return undefined;
  }
  const [ran, waited] = text.trim().split(/\s+/).map(Number);
  // All 0 where the kernel was built without the counts.
  if (!(ran !== undefined && waited !== undefined && ran + waited > 0)) return undefined;
  return { ranMs: ran / 1e6, waitedMs: waited / 1e6 };
}
