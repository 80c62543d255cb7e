/**
 * Σ window lengths along one axis that is divided into `output` windows: window i reaches from ⌊i·in/out⌋ to
 * ⌈(i+1)·in/out⌉ (torch's adaptive pooling). Neighbouring windows share one element unless the bound between them is a
 * whole number, as gcd(in, out) - 1 of the out - 1 inner bounds are: in + out - gcd(in, out) elements.
 */
export function windowLengths(input: number, output: number): number {
  return input + output - greatestCommonDivisor(input, output);
}

function greatestCommonDivisor(x: number, y: number): number {
  return y === 0 ? x : greatestCommonDivisor(y, x % y);
}

/** Elements read by all windows of one channel together. */
export function windowElementsOf(inputs: readonly number[], outputs: readonly number[]): number {
  return inputs.reduce((product, size, axis) => product * windowLengths(size, outputs[axis] as number), 1);
}
