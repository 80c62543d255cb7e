import { definePaper } from '../define-paper.js';
import { countedAndTimed, misordered, PREDICTOR_NAMES, PREDICTORS, rankCorrelation } from '../predictors.js';

export default definePaper({
  paper: { title: 'The Efficiency Misnomer', url: 'https://arxiv.org/abs/2110.12894', year: 2021 },
  async reproduce() {
    const models = await countedAndTimed();
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
    const where = 'sections 1 and 3: cost indicators contradict each other';
    return {
      figures: PREDICTORS.flatMap((predictor) => [
        {
          what: `pairs that ${PREDICTOR_NAMES[predictor]} order otherwise than time does`,
          where,
          unit: 'ratio' as const,
          ours: misordered(models, predictor).share,
          note: `of ${misordered(models, predictor).pairs} pairs more than 5 % apart in both`,
        },
      ]),
      findings: [
        `Who ranks ${models.length} models by params instead of measured time errs in ${percent(misordered(models, 'params').share)} of pairs, by multiply-adds in ${percent(misordered(models, 'madds').share)}, by bytes moved in ${percent(misordered(models, 'bytes').share)} (Spearman ${rankCorrelation(models, 'params').toFixed(3)}, ${rankCorrelation(models, 'madds').toFixed(3)}, ${rankCorrelation(models, 'bytes').toFixed(3)}; timm's times on an RTX 4090).`,
      ],
      missing: ['Figures 1 to 5 as printed: trained models on TPUs, whose points are not given as numbers.'],
    };
  },
});
