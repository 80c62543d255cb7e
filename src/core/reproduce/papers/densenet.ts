import facts from '../../../../fixtures/papers/densenet.json' with { type: 'json' };
import { analyze } from '../../analysis/analyze.js';
import { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { denseBlock } from '../../zoo/blocks/dense.js';
import transition from '../../zoo/blocks/transition.js';
import { DENSENET } from '../../zoo/facts/papers.js';
import { batchNorm, channelsOf, classifierHead, conv } from '../../zoo/parts/layers.js';
import { speedClaim } from '../claim.js';
import { definePaper } from '../define-paper.js';

export default definePaper({
  paper: DENSENET,
  async reproduce() {
    return {
      figures: facts.table2.map(({ depth, growth, compressed, params }) => ({
        what: `DenseNet${compressed ? '-BC' : ''}, L = ${depth}, k = ${growth}, params`,
        where: 'table 2, as the README of the authors prints it to 0.1 M',
        unit: 'count' as const,
        theirs: params * 1e6,
        ours: cifarParams(depth, growth, compressed),
      })),
      claims: [
        await speedClaim({
          claim: 'DenseNet-201, with fewer params and multiply-adds than ResNet-101, is faster',
          where: 'not claimed: figure 3 sets accuracy against params and FLOPs, which readers take for speed',
          faster: 'densenet201',
          slower: 'resnet101',
        }),
      ],
      missing: ['Error rates (tables 2 and 3, figure 3): they need training.'],
    };
  },
});

/** Section 3: three blocks of equal depth; BC: 1x1 bottlenecks of 4k channels, transitions that keep half, a stem of 2k. */
function cifarParams(depth: number, growth: number, compressed: boolean): number {
  const layers = (depth - 4) / 3 / (compressed ? 2 : 1);
  const builder = new GraphBuilder('densenet');
  let x: Value = conv(builder, builder.input('image', [1, 3, 32, 32]), 'conv0', compressed ? 2 * growth : 16, 3);
  for (let block = 1; block <= 3; block++) {
    x = builder.scope(`denseblock${block}`, () => denseBlock(builder, x, layers, growth, compressed ? 4 : 0));
    if (block === 3) break;
    const outChannels = Math.floor(channelsOf(x) * (compressed ? 0.5 : 1));
    x = builder.scope(`transition${block}`, () => transition.apply(builder, x, { outChannels }));
  }
  x = builder.add('relu', [batchNorm(builder, x, 'norm')], {}, { name: 'relu' });
  return analyze(builder.finish([classifierHead(builder, x, 10, { linear: 'classifier' })])).totals.params;
}
