import type { Arguments, Streams } from '../define-command.js';

/** One thing that `archmeter sweep` does: `sweep ACTION …`; without an action, a space file is run. */
export type SweepAction = (operands: readonly string[], args: Arguments, streams: Streams) => Promise<number>;

export const SWEEP_ACTIONS: Readonly<Record<string, () => Promise<SweepAction>>> = {
  status: async () => (await import('./status.js')).status,
  merge: async () => (await import('./front.js')).merge,
  front: async () => (await import('./front.js')).front,
  rows: async () => (await import('./rows.js')).rows,
  show: async () => (await import('./show.js')).show,
  query: async () => (await import('./query.js')).query,
  emit: async () => (await import('./emit.js')).emit,
};
