import facts from '../../../../fixtures/papers/vovnet-v2.json' with { type: 'json' };
import { analyze } from '../../analysis/analyze.js';
import { CENTERMASK } from '../../zoo/facts/papers.js';
import { buildModel } from '../../zoo/index.js';
import { speedClaim } from '../claim.js';
import { definePaper, type ReproducedFigure } from '../define-paper.js';

type Backbone = keyof typeof facts.detectron2;

/** Detectors with equal heads: V2-19, -39, -57 and -99 end in the same channels. */
const PAIRS: readonly (readonly [Backbone, Backbone, string, string])[] = [
  ['V2-39', 'V2-19', 'vovnet-v2-39', 'vovnet-v2-19'],
  ['V2-57', 'V2-39', 'vovnet-v2-57', 'vovnet-v2-39'],
  ['V2-99', 'V2-57', 'vovnet-v2-99', 'vovnet-v2-57'],
  ['R-101', 'R-50', 'resnet101', 'resnet50'],
];

export default definePaper({
  paper: CENTERMASK,
  async reproduce() {
    const figures: ReproducedFigure[] = [];
    const params = async (name: string) => analyze(await buildModel(name), { excludeHead: true }).totals.params;
    for (const [large, small, more, less] of PAIRS) {
      const theirs = facts.detectron2[large].params - facts.detectron2[small].params;
      figures.push({
        what: `${large} less ${small}, params`,
        where: 'vovnet-detectron2, Faster R-CNN (printed to 0.1 M)',
        unit: 'count',
        theirs: theirs * 1e6,
        ours: (await params(more)) - (await params(less)),
      });
    }
    const where = 'vovnet-detectron2, Faster R-CNN, V100, batch 1';
    return {
      figures,
      claims: [
        await speedClaim({
          claim: 'VoVNetV2-57 is faster than ResNet-101',
          where: `${where}: 54 ms against 63`,
          faster: 'vovnet-v2-57',
          slower: 'resnet101',
          kin: { 'vovnet-v2-57': 'ese-vovnet57b' },
          kinIs: 'with eSE in the last module of a stage alone',
        }),
        await speedClaim({
          claim: 'VoVNetV2-39 is as fast as ResNet-50, or faster',
          where: `${where}: 47 ms against 47`,
          faster: 'vovnet-v2-39',
          slower: 'resnet50',
          kin: { 'vovnet-v2-39': 'ese-vovnet39b' },
          kinIs: 'with eSE in the last module of a stage alone',
        }),
      ],
      missing: [
        'Box and mask accuracy of CenterMask, and times of whole detectors: they need training, and the authors’ software.',
      ],
    };
  },
});
