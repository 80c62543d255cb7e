import { type AlikeLayers, alikeLayers } from '../../analysis/measured/layers.js';
import { formatFigure } from '../number-format.js';
import { share } from './sentences.js';
import type { ProfiledModel } from './view.js';

/** One row of the table of layers by time lost, as every format prints it. */
export interface TimeRow {
  readonly layers: AlikeLayers;
  readonly time: string;
  readonly share: string;
  readonly flops: string;
  readonly bytes: string;
  /** `compute 27 %`; empty where the bound is not known. */
  readonly ofBound: string;
  readonly lost: string;
  /** The least time over that measured; undefined where the bound is not known. */
  readonly fraction: number | undefined;
}

/** What took time and is no layer, or took none of the device's. */
export interface OtherRow {
  readonly name: string;
  readonly latencyMs: number;
  readonly time: string;
  /** Of all work; empty where it is no work of the device. */
  readonly share: string;
}

/** Less is rounding of timestamps. */
export const LEAST_OVERLAP = 1e-3;

export interface TimeTable {
  readonly hasBounds: boolean;
  readonly rows: readonly TimeRow[];
  readonly others: readonly OtherRow[];
}

export function timeTable({ arm, times }: Pick<ProfiledModel, 'arm' | 'times'>): TimeTable {
  const all = times.layersMs + times.othersMs;
  const rows = alikeLayers(arm.layers?.timings ?? []).map((layers): TimeRow => {
    const { latencyMs, work, bound, lostMs } = layers;
    const fraction = bound === undefined || latencyMs === 0 ? undefined : bound.latencyMs / latencyMs;
    return {
      layers,
      time: formatFigure(latencyMs, 'ms'),
      share: share(latencyMs / all),
      flops: rate(work?.flops, latencyMs, 'ops'),
      bytes: rate(work?.bytes, latencyMs, 'bytes'),
      ofBound:
        fraction === undefined || bound === undefined
          ? ''
          : `${bound.by} ${(100 * fraction).toFixed(fraction < 0.1 ? 1 : 0)} %`,
      lost: bound === undefined ? '' : formatFigure(Math.max(0, lostMs), 'ms'),
      fraction,
    };
  });
  const other = (name: string, latencyMs: number, isWork: boolean): OtherRow => ({
    name,
    latencyMs,
    time: formatFigure(latencyMs, 'ms'),
    share: isWork ? share(latencyMs / all) : '',
  });
  return {
    hasBounds: rows.some(({ fraction }) => fraction !== undefined),
    rows,
    others: [
      ...times.others.map(({ name, latencyMs }) => other(name, latencyMs, true)),
      ...(times.overlapMs > LEAST_OVERLAP * all ? [other('ran beside other work', times.overlapMs, false)] : []),
      other('idle gaps', times.idleMs, false),
      ...(times.hostMs === undefined ? [] : [other('time of the host', times.hostMs, false)]),
    ],
  };
}

function rate(amount: number | undefined, latencyMs: number, unit: 'ops' | 'bytes'): string {
  return amount === undefined || amount === 0 || latencyMs === 0 ? '' : formatFigure(amount / (latencyMs / 1000), unit);
}

/** `in_proj (+4)`: a group is named after its first layer. */
export function layersLabel({ name, layersEach }: AlikeLayers): string {
  return layersEach > 1 ? `${name} (+${layersEach - 1})` : name;
}
