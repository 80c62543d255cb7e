import type { Device } from '../devices/device.js';
import type { Kernel } from './kernel.js';

/** Shapes of tiles that libraries choose from, and the rate each reaches, beside the largest: typical of CUTLASS. */
const TILES = [
  { rows: 256, width: 128, rate: 1 },
  { rows: 128, width: 64, rate: 0.9 },
  { rows: 128, width: 32, rate: 0.75 },
  { rows: 64, width: 64, rate: 0.75 },
  { rows: 32, width: 32, rate: 0.5 },
] as const;

/** Terms of a sum that one part of a split sum keeps at least. */
const LEAST_SPLIT = 256;

export interface Fill {
  /** Part of its rate that the chip reaches. */
  readonly occupancy: number;
  /** Units that have a tile at all, as a part of the chip. */
  readonly spread: number;
  /** Terms that one tile adds one after the other. */
  readonly depth: number;
}

/**
 * How a matrix product fills the chip with the best tiling: the last wave of tiles is seldom full (wave quantisation)
 * and edge tiles are partly empty (tile quantisation).
 */
export function fill(kernel: Kernel, batch: number, device: Device): Fill {
  if (device.kind === 'cpu' || kernel.rows === 0) return { occupancy: 1, spread: 1, depth: 0 };
  const units = device.computeUnits ?? 1;
  // The batch lengthens the rows of a convolution and adds products to a batched matrix product.
  const many = kernel.groups > 1 && kernel.class !== 'groupedConv';
  const rows = many ? kernel.rows : kernel.rows * batch;
  const groups = kernel.groups * (many ? batch : 1);
  let best: Fill = { occupancy: 0, spread: 1, depth: 0 };
  for (const tile of TILES) {
    const tilesDown = Math.ceil(rows / tile.rows);
    const tilesAcross = Math.ceil(kernel.width / tile.width);
    const full = (rows * kernel.width) / (tilesDown * tile.rows * tilesAcross * tile.width);
    const waves = (tilesDown * tilesAcross * groups) / units;
    const parts = waves < 1 ? Math.max(1, Math.min(1 / waves, kernel.depth / LEAST_SPLIT)) : 1;
    const busy = (waves * parts) / Math.ceil(waves * parts - 1e-9);
    const occupancy = full * busy * tile.rate;
    if (occupancy > best.occupancy)
      best = { occupancy, spread: Math.min(1, waves * parts), depth: kernel.depth / parts };
  }
  return best;
}
