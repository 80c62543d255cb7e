import { GraphBuilder } from '../../core/graph/builder.js';
import type { Graph } from '../../core/ir/graph.js';
import type { ParameterValue } from '../../core/sweep/index.js';
import type { OpenSweep } from './open-space.js';

/** A design as a graph. Throws ArchmeterError where it cannot be built. */
export function designGraph(
  { chain }: OpenSweep,
  parameters: Readonly<Record<string, ParameterValue>>,
  name: string,
): Graph {
  const builder = new GraphBuilder(name);
  const type = chain.inputOf(parameters);
  let value = builder.input('input', type.shape, type.dtype);
  for (const step of chain.stepsOf(parameters)) value = chain.build(step, builder, value);
  return builder.finish([value]);
}
