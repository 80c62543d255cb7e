import { GraphBuilder } from '../../core/graph/builder.js';
import type { Graph } from '../../core/ir/graph.js';
import { buildDesign, type ParameterValue } from '../../core/sweep/index.js';
import type { OpenSweep } from './open-space.js';

/** A design as a graph. Throws ArchmeterError where it cannot be built. */
export function designGraph(
  { chain }: OpenSweep,
  parameters: Readonly<Record<string, ParameterValue>>,
  name: string,
): Graph {
  const builder = new GraphBuilder(name);
  return builder.finish([buildDesign(chain, parameters, builder)]);
}
