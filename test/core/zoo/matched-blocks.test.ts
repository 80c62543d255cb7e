import { describe, expect, it } from 'vitest';
import { elementCount } from '../../../src/core/ir/tensor.js';
import type { MatchedArm } from '../../../src/core/zoo/index.js';
import { buildBlocks, MATCHED_BLOCKS } from '../../../src/core/zoo/index.js';
import { reference } from '../../reference.js';
import { count, sum } from './count.js';

interface Row {
  readonly convs: number;
  readonly weights: number;
  readonly madds_M: number;
  readonly io_M: number;
  readonly mac_M: number;
  readonly mac_over_lb: number;
  readonly acts_M: number;
  readonly madds_per_mac: number;
}

/** The figures as paper-facts.json prints them, over convolutions alone. */
async function row(arm: MatchedArm): Promise<Row> {
  const { layers } = count(await buildBlocks(arm.name, arm.steps, [1, ...arm.input]));
  const total = (figure: (layer: (typeof layers)[number]) => number) => sum(layers.map(figure));
  const madds = total((layer) => layer.madds);
  const mac = total((layer) => layer.memoryAccessCost);
  return {
    convs: layers.length,
    weights: total(({ weight }) => elementCount(weight)),
    madds_M: round(madds / 1e6, 2),
    io_M: round(total(({ input, output }) => elementCount(input) + elementCount(output)) / 1e6, 3),
    mac_M: round(mac / 1e6, 3),
    mac_over_lb: round(mac / total((layer) => layer.lowerBound), 3),
    acts_M: round(total(({ output }) => elementCount(output)) / 1e6, 3),
    madds_per_mac: round(madds / mac, 1),
  };
}

const round = (value: number, digits: number) => Number(value.toFixed(digits));

describe('matched blocks', () => {
  it('reproduces every row of paper-facts.json', async () => {
    const { source: _, ...groups } = reference.json<{ matched_blocks: Record<string, Record<string, Row>> }>(
      'paper-facts.json',
    ).matched_blocks;
    expect(Object.keys(groups)).toHaveLength(MATCHED_BLOCKS.length);
    let rows = 0;
    for (const [title, expected] of Object.entries(groups)) {
      const group = MATCHED_BLOCKS.find(({ id }) => id === title.split(' ')[0]);
      expect(group?.arms.map(({ name }) => name)).toEqual(Object.keys(expected));
      for (const arm of group?.arms ?? []) {
        expect(await row(arm), `${title}: ${arm.name}`).toEqual(expected[arm.name]);
        rows++;
      }
    }
    expect(rows).toBe(36);
  });

  it('does not flatter OSA: the basic block has the lowest memory access cost at equal weights', async () => {
    const arms = MATCHED_BLOCKS.find(({ id }) => id === 'A')?.arms ?? [];
    const rows = await Promise.all(arms.map(async (arm) => ({ name: arm.name, ...(await row(arm)) })));
    const [first] = rows.sort((a, b) => a.mac_M - b.mac_M);
    expect(first?.name).toBe('ResNet basic 256 x1');
    expect(first?.mac_over_lb).toBe(1);
  });

  it('builds real blocks: every convolution has its batch norm', async () => {
    const arm = MATCHED_BLOCKS[0]?.arms[0] as MatchedArm;
    const { ops } = count(await buildBlocks(arm.name, arm.steps, [2, ...arm.input]));
    expect(ops).toEqual({ conv: 6, batchNorm: 6, relu: 6, concat: 1 });
  });
});
