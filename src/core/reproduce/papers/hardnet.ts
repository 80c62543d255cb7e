import { HARDNET } from '../../zoo/facts/papers.js';
import { speedClaim } from '../claim.js';
import { definePaper } from '../define-paper.js';
import { countedAndTimed, PREDICTOR_NAMES, rankCorrelation } from '../predictors.js';

export default definePaper({
  paper: HARDNET,
  async reproduce() {
    const models = await countedAndTimed();
    const shown = ['convolutionalInputOutput', 'madds', 'bytes'] as const;
    return {
      figures: shown.map((predictor) => ({
        what: `${PREDICTOR_NAMES[predictor]} against time, ${models.length} models of the zoo`,
        where: 'section 2: CIO as a measure of DRAM traffic',
        unit: 'ratio' as const,
        ours: rankCorrelation(models, predictor),
        note: 'Spearman, timm’s times on an RTX 4090',
      })),
      claims: [
        await speedClaim({
          claim: 'HarDNet-68 is faster than ResNet-50',
          where: 'section 4',
          faster: 'hardnet68',
          slower: 'resnet50',
        }),
        await speedClaim({
          claim: 'HarDNet-85 is faster than DenseNet-201',
          where: 'section 4',
          faster: 'hardnet85',
          slower: 'densenet201',
        }),
      ],
      missing: ['DRAM traffic as counted by the profiler (figure 1): it needs that GPU.'],
    };
  },
});
