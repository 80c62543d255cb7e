export type Interpolation = 'nearest' | 'linear' | 'cubic';

const TAPS_PER_AXIS: Readonly<Record<Interpolation, number>> = { nearest: 1, linear: 2, cubic: 4 };

/** Input elements that one output element is made of. */
function taps(mode: Interpolation, axes: number): number {
  return TAPS_PER_AXIS[mode] ** axes;
}

/** A weighted sum of T elements is T products and T-1 additions; copying the nearest is nothing. */
export function interpolationFlops(mode: Interpolation, axes: number): number {
  return mode === 'nearest' ? 0 : 2 * taps(mode, axes) - 1;
}

export function interpolationSource(mode: Interpolation, axes: number): string {
  if (mode === 'nearest') return 'the nearest element is copied';
  const count = taps(mode, axes);
  return `per output element a weighted sum of ${count}: ${count} products, ${count - 1} additions; coordinates not counted`;
}
