import facts from '../../../../fixtures/papers/shvit.json' with { type: 'json' };
import { speedClaim } from '../claim.js';
import { definePaper } from '../define-paper.js';
import { modelTable } from '../model-table.js';

export default definePaper({
  paper: {
    title: 'SHViT: Single-Head Vision Transformer with Memory Efficient Macro Design',
    url: 'https://arxiv.org/abs/2401.16456',
    year: 2024,
  },
  async reproduce() {
    return {
      figures: await modelTable(facts.readme, 'README of the authors; ours as deployed', { deploy: true }),
      claims: [
        await speedClaim({
          claim: 'SHViT-S4 is faster than MobileViTv2 x1.0',
          where: 'abstract: 3.3 times on a GPU',
          faster: 'shvit_s4:deploy=true',
          slower: 'mobilevitv2_100',
        }),
      ],
      missing: ['Throughputs: they were timed by the authors on a GPU, a CPU and an iPhone 12.'],
    };
  },
});
