import { definePaper } from '../define-paper.js';
import { countedAndTimed, PREDICTOR_NAMES, PREDICTORS, rankCorrelation } from '../predictors.js';

export default definePaper({
  paper: { title: 'Designing Network Design Spaces', url: 'https://arxiv.org/abs/2003.13678', year: 2020 },
  async reproduce() {
    const all = await countedAndTimed();
    const own = all.filter(({ name }) => name.startsWith('regnet'));
    const figures = [own, all].flatMap((models) =>
      PREDICTORS.map((predictor) => ({
        what: `${PREDICTOR_NAMES[predictor]} against time, ${models === own ? `${own.length} RegNets` : `${all.length} models of the zoo`}`,
        where: 'section 4, figure 12: activations can influence time more than flops',
        unit: 'ratio' as const,
        ours: rankCorrelation(models, predictor),
        note: 'Spearman, timm’s times on an RTX 4090',
      })),
    );
    const [flops, activations] = [rankCorrelation(all, 'madds'), rankCorrelation(all, 'activations')];
    return {
      figures,
      findings: [
        `Over ${all.length} models of the zoo timed on an RTX 4090, activations order time ${activations > flops ? 'better' : 'no better'} than multiply-adds (Spearman ${activations.toFixed(3)} against ${flops.toFixed(3)}).`,
      ],
      missing: [
        'Figures 12 and 16 as printed: they show points, not numbers.',
        'Error distributions of design spaces: they need training.',
      ],
    };
  },
});
