import facts from '../../../../fixtures/papers/convnext.json' with { type: 'json' };
import { CONVNEXT } from '../../zoo/facts/papers.js';
import { speedClaim } from '../claim.js';
import { definePaper } from '../define-paper.js';
import { modelTable } from '../model-table.js';

export default definePaper({
  paper: CONVNEXT,
  async reproduce() {
    return {
      figures: await modelTable(facts.readme, 'README of the authors'),
      claims: [
        await speedClaim({
          claim: 'ConvNeXt-T is faster than Swin-T at equal FLOPs',
          where: 'table 1, second-hand',
          faster: 'convnext-tiny',
          slower: 'swin-tiny',
        }),
        await speedClaim({
          claim: 'ConvNeXt-B is faster than Swin-B at equal FLOPs',
          where: 'table 1, second-hand',
          faster: 'convnext-base',
          slower: 'swin-base',
        }),
      ],
      missing: [
        'ConvNeXt-XL and the isotropic models: the zoo has none of them.',
        'The authors print two counts of ConvNeXt-B at 384x384, 45.0 G and 47.0 G; ours can equal one alone.',
      ],
    };
  },
});
