import type { OtherWork, TracedNode, TraceStep } from '../trace.js';

/**
 * A piece of work that a trace tells by a name alone. It is joined to a layer of that name or to none: without shapes
 * nothing else tells what it is.
 */
export function stepByName(
  name: string,
  deviceMs: number,
  told: { readonly node?: TracedNode; readonly kernels?: number; readonly other?: OtherWork | undefined } = {},
): TraceStep {
  return {
    name,
    calls: [{ name, arguments: [] }],
    modules: [],
    deviceMs,
    kernels: told.kernels ?? 1,
    nodes: [told.node ?? { name }],
    ...(told.other === undefined ? {} : { other: told.other }),
  };
}
