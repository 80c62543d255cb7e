import type { LayerWork } from '../../../measurement.js';
import type { Bound, DeviceCeilings } from '../../define-reporter.js';
import type { ReportModel } from '../../view.js';

/** How long a layer takes and how that is known. */
export interface LayerTime {
  readonly latencyMs: number;
  readonly source: 'measured' | 'estimated';
  readonly bound?: Bound | undefined;
  /** All layers whose time it is, and what they do: a profile tells several at once. */
  readonly members?: readonly string[] | undefined;
  readonly work?: LayerWork | undefined;
}

/** Times of a model's layers: measured where they were measured on that device, estimated for it otherwise. */
export function layerTimes(model: ReportModel, device: DeviceCeilings | undefined): Map<string, LayerTime> {
  const times = new Map<string, LayerTime>();
  const estimate = model.estimates.find((candidate) => device === undefined || candidate.device === device.name);
  for (const { name, latencyMs, bound } of estimate?.layers ?? [])
    times.set(name, { latencyMs, bound, source: 'estimated' });
  const isOn = (name: string) => device === undefined || name === device.name || name === device.timedAs;
  const timing = model.timings.find(
    ({ arm, measurement }) => arm.layers !== undefined && isOn(measurement.device.name),
  );
  const measured = timing?.arm.layers?.timings ?? [];
  for (const { name, latencyMs, members, work, unjoined } of measured)
    if (unjoined !== true)
      times.set(name, { latencyMs, source: 'measured', bound: times.get(name)?.bound, members, work });
  return times;
}
