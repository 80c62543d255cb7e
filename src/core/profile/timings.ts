import type { Device } from '../analysis/devices/index.js';
import type { LayerAnalysis } from '../analysis/result.js';
import type { LayerTiming } from '../measurement.js';
import { CONTRACTION_KINDS } from '../ops/define-op.js';
import { medianInterval } from '../statistics/median-interval.js';
import { boundOf, workOfLayers } from './bounds.js';
import type { Profile } from './profile.js';
import type { ProfileRow } from './rows.js';

const multiplies = ({ kind }: LayerAnalysis) => CONTRACTION_KINDS.has(kind);

/**
 * Rows as a measurement keeps them: each with what its layers do and, under a known device, the least time they could
 * take. Of a group around a product, layers that only move data are left out of what it does: products that ran in
 * another form need none of them.
 */
export function layerTimings(
  { rows, analysis, dtype }: Profile,
  device: Device | undefined,
  confidence: number,
): LayerTiming[] {
  const byName = new Map(analysis.layers.map((layer) => [layer.name, layer]));
  return rows.map((row): LayerTiming => {
    const layers = row.layers.flatMap((name) => byName.get(name) ?? []);
    const ran =
      layers.length > 1 && layers.some(multiplies) ? layers.filter(({ kind }) => kind !== 'movement') : layers;
    const isKnown = layers.length > 0 && layers.every(({ kind }) => kind !== 'opaque');
    const bound = !isKnown || device === undefined ? undefined : boundOf(ran, device, dtype);
    return {
      name: row.name,
      latencyMs: row.latencyMs,
      ...(row.layers.length === 0 ? { unjoined: true as const } : {}),
      ...(row.layers.length > 1 ? { members: row.layers } : {}),
      ...interval(row, confidence),
      kernels: row.kernels,
      ...(isKnown ? { work: workOfLayers(ran) } : {}),
      ...(bound === undefined || bound.latencyMs === 0 ? {} : { bound }),
    };
  });
}

function interval({ samplesMs }: ProfileRow, confidence: number): Pick<LayerTiming, 'lowMs' | 'highMs'> {
  const known = medianInterval(samplesMs, confidence);
  return known === undefined ? {} : { lowMs: known.low, highMs: known.high };
}
