import { type IterationTimes, iterationTimes } from '../../analysis/measured/times.js';
import type { ArmMeasurement, Measurement } from '../../measurement.js';
import type { ReportModel, ReportView } from '../view.js';

/** A model whose time comes from a profile that others made. */
export interface ProfiledModel {
  readonly model: ReportModel;
  readonly arm: ArmMeasurement;
  readonly measurement: Measurement;
  readonly times: IterationTimes;
}

export function profiledModels({ models }: ReportView): ProfiledModel[] {
  return models.flatMap((model) =>
    model.timings.flatMap(({ arm, measurement }): ProfiledModel[] => {
      const times = iterationTimes(arm, measurement);
      return times === undefined ? [] : [{ model, arm, measurement, times }];
    }),
  );
}
