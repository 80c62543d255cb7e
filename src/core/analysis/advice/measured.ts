import type { ArmMeasurement, Measurement } from '../../measurement.js';
import { type AlikeLayers, alikeLayers } from '../measured/layers.js';
import { type IterationTimes, iterationTimes } from '../measured/times.js';
import type { Finding } from './define-rule.js';
import { percent, some } from './savings.js';

/** An arm of a profile, and which of its layers only move data, where the model is known. */
export interface MeasuredModel {
  readonly arm: ArmMeasurement;
  readonly measurement: Measurement;
  readonly moves: ReadonlySet<string>;
}

/** Of the device's busy time: below it a finding is not worth naming. */
const LEAST = 0.03;
const FAR = 0.3;
/** Groups of layers far from their bound that are named. */
const MOST_FAR = 5;
const LEAST_IDLE = 0.2;
/** Of an iteration: from there on the host is busy throughout. */
const HOST_BUSY = 0.8;

/** Names of what takes time beside layers, as profiles call it. */
const LAYOUT = 'layout conversions';
const COPIES = 'copies to and from the device';

const milliseconds = (ms: number) => `${ms.toPrecision(3)} ms`;

type Found = Omit<Finding, 'model' | 'rule'>;

/**
 * What the times of a profile show by themselves. Each saving is the most that mending it alone could give, computed
 * from measured time. What the device waits for stands first: while it waits, no other saving shortens an iteration.
 */
export function adviseMeasured(measured: MeasuredModel): Finding[] {
  const times = iterationTimes(measured.arm, measured.measurement);
  if (times === undefined) return [];
  const found = [
    ...gaps(measured, times),
    ...farFromBound(measured, times),
    ...conversions(measured, times),
    ...copies(times),
  ];
  return found.map((one) => ({ ...one, rule: one.id.replace(/@.*/, ''), model: measured.arm.name }));
}

/** Whether the host starts work more slowly than the device does it: other savings then shorten no iteration. */
export function isHostBound({ idleMs, hostMs, time }: IterationTimes): boolean {
  return idleMs > LEAST_IDLE * time.medianMs && (hostMs ?? 0) >= HOST_BUSY * time.medianMs;
}

/** Gaps are a part of an iteration; what the device does, of its busy time. */
const gapOf = ({ idleMs, time }: IterationTimes): NonNullable<Finding['saving']> => ({
  metric: 'measuredLatencyMs',
  value: idleMs,
  fraction: Math.min(1, idleMs / time.medianMs),
  of: 'an iteration',
});

const savingOf = (valueMs: number, { busyMs }: IterationTimes): NonNullable<Finding['saving']> => ({
  metric: 'measuredLatencyMs',
  value: valueMs,
  fraction: Math.min(1, valueMs / busyMs),
  of: "the device's busy time",
});

function gaps({ arm, measurement }: MeasuredModel, times: IterationTimes): Found[] {
  const { idleMs, time, hostMs } = times;
  const fraction = idleMs / time.medianMs;
  if (measurement.settings.clock !== 'device' || fraction < LEAST_IDLE) return [];
  const kernels = (arm.layers?.timings ?? []).reduce((sum, timing) => sum + (timing.kernels ?? 0), 0);
  const started = kernels === 0 ? '' : ` to start ${Math.round(kernels)} kernels`;
  if (isHostBound(times)) {
    return [
      {
        id: 'host-bound',
        title: 'The host starts kernels more slowly than the device runs them',
        detail: `Nothing runs on the device for ${percent(fraction)} of an iteration; the host takes ${milliseconds(hostMs ?? 0)}${started}. A CUDA graph, a compiled model or a larger batch would leave the kernels' time alone. Profiling itself slows the host: without it the share is smaller.`,
        layers: [],
        figure: { name: 'idleShare', value: fraction },
        saving: gapOf(times),
        source: 'Accelerating PyTorch with CUDA Graphs (PyTorch, 2021)',
      },
    ];
  }
  return [
    {
      id: 'launch-gaps',
      title: 'The device waits between kernels',
      detail: `Nothing runs on the device for ${percent(fraction)} of an iteration${hostMs === undefined ? '; the trace does not tell what the host did meanwhile' : `; the host took ${milliseconds(hostMs)}, ${percent(hostMs / time.medianMs)} of it. The trace does not tell what the device waited for`}.`,
      layers: [],
      figure: { name: 'idleShare', value: fraction },
      saving: gapOf(times),
      source: 'Accelerating PyTorch with CUDA Graphs (PyTorch, 2021)',
    },
  ];
}

function farFromBound({ arm }: MeasuredModel, times: IterationTimes): Found[] {
  const of = times.facts.boundsOf;
  if (of === undefined) return [];
  const isFar = ({ bound, latencyMs, lostMs }: AlikeLayers) =>
    bound !== undefined && bound.latencyMs < FAR * latencyMs && lostMs > LEAST * times.busyMs;
  return alikeLayers(arm.layers?.timings ?? [])
    .filter(isFar)
    .slice(0, MOST_FAR)
    .map(({ name, names, latencyMs, bound, lostMs }): Found => {
      const reached = (bound?.latencyMs ?? 0) / latencyMs;
      const many = names.length > 1 ? ` (${names.length} of them)` : '';
      return {
        id: `far-from-bound@${name}`,
        title: `Far from what the device allows: ${name}`,
        detail: `${name}${many} took ${percent(latencyMs / times.busyMs)} of the device's busy time and reached ${percent(reached)} of the ${bound?.by} bound of the ${of.name}. A better kernel, layout or size could save up to the rest. See ${some(names)}.`,
        layers: names,
        figure: { name: 'fractionOfBound', value: reached },
        saving: savingOf(lostMs, times),
        source: 'Roofline (Williams, Waterman, Patterson 2009, doi:10.1145/1498765.1498785)',
      };
    });
}

function conversions({ arm, moves }: MeasuredModel, times: IterationTimes): Found[] {
  const timings = arm.layers?.timings ?? [];
  const isMove = ({ name, members = [name], unjoined }: (typeof timings)[number]) =>
    unjoined === true ? name === LAYOUT : members.every((member) => moves.has(member));
  const moved = timings.filter(isMove).sort((a, b) => b.latencyMs - a.latencyMs);
  const total = moved.reduce((sum, { latencyMs }) => sum + latencyMs, 0);
  if (total < LEAST * times.busyMs) return [];
  const layers = moved.filter(({ unjoined }) => unjoined !== true).map(({ name }) => name);
  const see = layers.length === 0 ? '' : ` See ${some(layers)}.`;
  return [
    {
      id: 'layout-conversions',
      title: 'Kernels that only convert layouts or move data',
      detail: `Work without arithmetic takes ${percent(total / times.busyMs)} of the device's busy time: transposes, concatenations, casts and copies on the device. One memory format throughout, and outputs written in place, would save up to all of it.${see}`,
      layers,
      figure: { name: 'movementShare', value: total / times.busyMs },
      saving: savingOf(total, times),
      source: 'Data Movement Is All You Need (Ivanov et al. 2021, arXiv 2007.00072)',
    },
  ];
}

function copies(times: IterationTimes): Found[] {
  const total = times.others.reduce((sum, { name, latencyMs }) => sum + (name === COPIES ? latencyMs : 0), 0);
  if (total < LEAST * times.busyMs) return [];
  return [
    {
      id: 'device-copies',
      title: 'Copies to and from the device',
      detail: `Copies between host and device take ${percent(total / times.busyMs)} of the device's busy time. Pinned memory and copies beside the computing hide them.`,
      layers: [],
      figure: { name: 'copyShare', value: total / times.busyMs },
      saving: savingOf(total, times),
      source: 'PyTorch performance tuning guide: asynchronous copies from pinned memory',
    },
  ];
}
