import type { Graph } from '../../src/core/ir/graph.js';
import { buildBlocks, buildModel, MATCHED_BLOCKS } from '../../src/core/zoo/index.js';

/** The paper's three networks, and the five matched blocks, small enough for a reference in float64. */
export const NETWORKS = ['vovnet39', 'densenet121', 'resnet50'] as const;

export const network = (name: string, resolution: number): Promise<Graph> => buildModel(name, { resolution });

const FIVE = [
  'OSA 5x128 ->256',
  'ResNet bottleneck 256/64 x16',
  'ResNet basic 256 x1',
  'Dense-B k=32 n=11 trans->256',
  'Dense (no bott) k=32 n=9 trans->256',
];

/** The five configurations of equal weights (`matched_blocks` A) on images of `size` pixels a side. */
export function matchedBlocks(size: number): Promise<Graph[]> {
  const arms = MATCHED_BLOCKS[0]?.arms.filter(({ name }) => FIVE.includes(name)) ?? [];
  return Promise.all(
    arms.map(({ name, input, steps }) => buildBlocks(name, steps, [1, input[0] as number, size, size])),
  );
}
