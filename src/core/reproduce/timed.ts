import type { Measurement } from '../measurement.js';
import { significant } from '../report/number-format.js';
import type { Experiment, ExperimentVariant, ReproducedFigure, Reproduction } from './define-paper.js';

/** Name of a variant among the arms of one measurement. */
export function armName({ where }: Experiment, { what }: ExperimentVariant): string {
  return `${what}, ${where.split(' (')[0]}`;
}

/** A paper's experiments as timed here: the paper's ratios of speed beside ours, and what could not be timed. */
export function timedExperiments(
  experiments: readonly Experiment[],
  measurement: Measurement,
): Pick<Reproduction, 'figures' | 'findings' | 'missing'> {
  const { runtime, device, settings } = measurement;
  const figures: ReproducedFigure[] = [];
  const missing: string[] = [];
  for (const experiment of experiments) {
    const [first, ...others] = experiment.variants;
    for (const variant of others) {
      const name = armName(experiment, variant);
      const comparison = measurement.comparisons.find((one) => one.name === name);
      if (comparison === undefined) {
        missing.push(`${name}: it, or what it is held against, was not timed.`);
        continue;
      }
      const { ratio, low, high, withheldFor } = comparison;
      figures.push({
        what: `${variant.what}: speed over ${first.what}, timed`,
        where: experiment.where,
        unit: 'ratio',
        theirs: variant.rate / first.rate,
        ours: 1 / ratio,
        note: [
          low === undefined || high === undefined
            ? 'without an interval'
            : `${significant(1 / high)} to ${significant(1 / low)}`,
          ...(withheldFor === undefined ? [] : [`no verdict for ${withheldFor}`]),
        ].join('; '),
      });
    }
  }
  const hasIntervals = measurement.comparisons.some(({ low }) => low !== undefined);
  const intervals = hasIntervals
    ? `; intervals of ${Math.round(100 * (settings.confidence ?? 0.95))} %`
    : ', too few for intervals: the ratios are not sure';
  const theirs = [...new Set(experiments.map(({ timedOn }) => timedOn))].join(', ');
  return {
    figures,
    findings: [
      `Timed here: ${runtime.name} on ${device.name}, ${measurement.dtype}, ${settings.clock} clock, rounds: ${settings.rounds}, copies: ${settings.copies ?? 1}${intervals}. The paper's speeds are of ${theirs}.`,
    ],
    missing,
  };
}
