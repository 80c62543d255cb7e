import type { LayerAnalysis } from '../../../analysis/result.js';
import type { ReportModel, ReportView } from '../../view.js';
import type { ChartVariant } from '../define-chart.js';
import { type LayerTime, layerTimes } from './layer-timing.js';

/** A cost of single layers that sums up. */
export interface LayerShare {
  readonly label: string;
  readonly unit: 'bytes' | 'elements' | 'ops' | 'count' | 'ms';
  of(layer: LayerAnalysis, times: ReadonlyMap<string, LayerTime>): number;
}

const SHARES = {
  bytes: { label: 'Bytes moved', unit: 'bytes', of: ({ readBytes, writeBytes }) => readBytes + writeBytes },
  memoryAccessCost: { label: 'Memory access cost', unit: 'elements', of: ({ memoryAccessCost }) => memoryAccessCost },
  madds: { label: 'Multiply-adds', unit: 'ops', of: ({ madds }) => madds },
  flops: { label: 'FLOPs', unit: 'ops', of: ({ flops }) => flops },
  params: { label: 'Params', unit: 'count', of: ({ params }) => params },
  time: { label: 'Time', unit: 'ms', of: ({ name }, times) => times.get(name)?.latencyMs ?? 0 },
} as const satisfies Record<string, LayerShare>;

export type ShareId = keyof typeof SHARES;

export function shareOf(variant: string | null, otherwise: ShareId): LayerShare {
  return variant !== null && Object.hasOwn(SHARES, variant) ? SHARES[variant as ShareId] : SHARES[otherwise];
}

/** Variants of a chart; time only where a layer has one. */
export function shareVariants(view: ReportView, ids: readonly ShareId[]): ChartVariant[] {
  return (
    [...ids]
      // What a profile tells stands first.
      .sort((a, b) => (view.models.some(isProfiled) ? Number(b === 'time') - Number(a === 'time') : 0))
      .filter((id) => id !== 'time' || view.models.some((model) => timesOf(view, model).size > 0))
      .map((id) => ({ id, label: SHARES[id].label }))
  );
}

/** On the report's first device; of a profile on the one that it was made on. */
export function timesOf(view: ReportView, model: ReportModel): Map<string, LayerTime> {
  return layerTimes(model, isProfiled(model) ? undefined : view.document.devices?.[0]);
}

export const isProfiled = ({ timings }: ReportModel): boolean => timings.some(({ arm }) => arm.trace !== undefined);

export const TIME_CAPTION = 'measured where it was measured, estimated otherwise';
