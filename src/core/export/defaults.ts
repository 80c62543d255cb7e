/**
 * Values of attributes that an op may leave out and that change its result. Every runtime and the float64 reference
 * take them from here.
 */
export const DEFAULTS = {
  /** Added to variances: torch's batch, layer, group and instance normalisation. */
  epsilon: 1e-5,
  /** Least norm that torch.nn.functional.normalize divides by. */
  normalizeEpsilon: 1e-12,
  /** torch.nn.LocalResponseNorm. */
  localResponseNorm: { alpha: 1e-4, beta: 0.75, k: 1 },
} as const;
