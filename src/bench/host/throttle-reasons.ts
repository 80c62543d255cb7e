/** Bits of nvmlClocksThrottleReasons (nvml.h) that slow a GPU down; idle and the user's own clock settings are none. */
const THROTTLE_REASONS: readonly (readonly [bit: bigint, name: string])[] = [
  [0x4n, 'power cap'],
  [0x8n, 'hardware slowdown'],
  [0x20n, 'thermal (software)'],
  [0x40n, 'thermal (hardware)'],
  [0x80n, 'power brake'],
];

/** What slows a GPU down, in words; empty where nothing does. */
export function throttleText(bits: bigint): string {
  return THROTTLE_REASONS.filter(([bit]) => (bits & bit) !== 0n)
    .map(([, name]) => name)
    .join(', ');
}
