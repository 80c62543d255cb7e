import { ArchmeterError } from '../errors.js';
import { GraphBuilder } from '../graph/builder.js';
import type { Graph } from '../ir/graph.js';
import type { Shape } from '../ir/tensor.js';
import type { AnyBlock } from './define-block.js';

export interface MatchRequest {
  /** [N, C, H, W]. */
  readonly input: Shape;
  readonly outChannels: number;
  /** What the cost should come to. */
  readonly budget: number;
  /** Widths are multiples of it, for hardware that wants them so; default 1. */
  readonly multiple?: number;
}

/** The width at which a block comes nearest to a budget. */
export interface BlockMatch {
  readonly width: number;
  readonly options: Readonly<Record<string, unknown>>;
  readonly graph: Graph;
  readonly cost: number;
  readonly budget: number;
  /** (cost - budget) / budget: how near it came. */
  readonly deviation: number;
}

/** Where the search gives up: a block that is still below the budget never comes near it. */
const WIDEST = 1 << 20;

/**
 * Finds the width at which `cost` of the block comes nearest to the budget; of two equally near the narrower. The cost
 * must not fall as the block gets wider (parameters, multiply-adds and memory access cost do not).
 */
export function matchBlock(block: AnyBlock, request: MatchRequest, cost: (graph: Graph) => number): BlockMatch {
  const { sizing } = block;
  const { input, outChannels, budget, multiple = 1 } = request;
  if (sizing === undefined) {
    throw new ArchmeterError(`block '${block.name}' has no width that could be matched to a budget`);
  }
  if (!(budget > 0)) throw new ArchmeterError(`the budget must be greater than 0, not ${budget}`);
  const at = (steps: number): BlockMatch => {
    const width = steps * multiple;
    const options = sizing.options(input[1] as number, outChannels, width);
    const builder = new GraphBuilder(block.name);
    const output = block.apply(builder, builder.input('input', input), options);
    const graph = builder.finish([output], { format: 'zoo' });
    const value = cost(graph);
    return { width, options, graph, cost: value, budget, deviation: (value - budget) / budget };
  };
  let low = at(1);
  const reached = low.graph.values[low.graph.outputs[0] as number]?.shape[1];
  if (reached !== outChannels) {
    throw new ArchmeterError(
      `block '${block.name}' makes ${reached} of ${input[1]} channels, not ${outChannels}`,
      'Give as many output as input channels.',
    );
  }
  if (low.cost >= budget) return low;
  let lowSteps = 1;
  let highSteps = 2;
  let high = at(highSteps);
  while (high.cost < budget) {
    if (highSteps * multiple >= WIDEST) return high;
    lowSteps = highSteps;
    low = high;
    highSteps *= 2;
    high = at(highSteps);
  }
  while (highSteps - lowSteps > 1) {
    const middleSteps = (lowSteps + highSteps) >> 1;
    const middle = at(middleSteps);
    if (middle.cost < budget) {
      lowSteps = middleSteps;
      low = middle;
    } else {
      highSteps = middleSteps;
      high = middle;
    }
  }
  return Math.abs(high.deviation) < Math.abs(low.deviation) ? high : low;
}
