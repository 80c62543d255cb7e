/**
 * Σ window lengths along one axis that is divided into `output` windows: window i reaches from ⌊i·in/out⌋ to
 * ⌈(i+1)·in/out⌉ (torch's adaptive pooling).
 */
export function windowLengths(input: number, output: number): number {
  if (input % output === 0) return input;
  let sum = 0;
  for (let i = 0; i < output; i++) sum += Math.ceil(((i + 1) * input) / output) - Math.floor((i * input) / output);
  return sum;
}

/** Elements read by all windows of one channel together. */
export function windowElementsOf(inputs: readonly number[], outputs: readonly number[]): number {
  return inputs.reduce((product, size, axis) => product * windowLengths(size, outputs[axis] as number), 1);
}
