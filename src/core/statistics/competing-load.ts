/**
 * How many times longer other programs may have made one of two wall times: by all that they took, where that is more
 * than the tolerance, else 1. They take it from whatever runs when they do, in bursts that a few copies hardly average.
 *
 * @param waitingShare of the time in which the timing thread was ready and waited for a processor, 0 to 1
 */
export function competingFactor(waitingShare: number, tolerance: number): number {
  return waitingShare > tolerance ? 1 / (1 - waitingShare) : 1;
}
