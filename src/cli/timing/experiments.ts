import { ArchmeterError } from '../../core/errors.js';
import type { Measurement } from '../../core/measurement.js';
import type { Reproduction } from '../../core/reproduce/index.js';
import type { Arguments, Streams } from '../define-command.js';
import { batchOf } from '../options/several-models.js';
import { timeArms } from './timing.js';

interface Timed extends Pick<Reproduction, 'figures' | 'findings' | 'missing'> {
  readonly measurement: Measurement;
}

/**
 * Times a paper's experiments, every variant against the first of its own.
 *
 * @throws ArchmeterError where no paper is named, or it has none
 */
export async function timeExperiments(paper: string | undefined, args: Arguments, streams: Streams): Promise<Timed> {
  const [{ experimentsOf }, { armName, timedExperiments }] = await Promise.all([
    import('../../core/reproduce/index.js'),
    import('../../core/reproduce/timed.js'),
  ]);
  const experiments = paper === undefined ? [] : await experimentsOf(paper);
  if (experiments.length === 0) {
    throw new ArchmeterError(
      paper === undefined ? '--time takes one paper' : `nothing of '${paper}' can be timed`,
      "Write e.g. 'archmeter reproduce shufflenet-v2 --time'.",
    );
  }
  const arms = experiments.flatMap((experiment) => {
    const baseline = armName(experiment, experiment.variants[0]);
    return experiment.variants.map((variant) => ({
      name: armName(experiment, variant),
      graph: variant.graph,
      batch: batchOf(variant.graph),
      baseline,
    }));
  });
  const measurement = await timeArms(arms, args, streams, args['save-measurement'] as string | undefined);
  return { ...timedExperiments(experiments, measurement), measurement };
}

export function withTimed(paper: Reproduction, { figures, findings, missing }: Timed): Reproduction {
  return {
    ...paper,
    figures: [...paper.figures, ...figures],
    findings: [...paper.findings, ...findings],
    missing: [...paper.missing, ...missing],
  };
}
