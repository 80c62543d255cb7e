import facts from '../../../../fixtures/papers/repvit.json' with { type: 'json' };
import { definePaper } from '../define-paper.js';
import { modelTable } from '../model-table.js';

export default definePaper({
  paper: {
    title: 'RepViT: Revisiting Mobile CNN From ViT Perspective',
    url: 'https://arxiv.org/abs/2307.09283',
    year: 2023,
  },
  async reproduce() {
    return {
      figures: await modelTable(facts.readme, 'README of the authors; ours as deployed', { deploy: true }),
      missing: ['Latencies, and what the paper claims of them: an iPhone 12 by Core ML.'],
    };
  },
});
