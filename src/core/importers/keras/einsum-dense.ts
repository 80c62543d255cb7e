import type { LayerArguments } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import type { DType, Shape } from '../../ir/tensor.js';
import type { OpName } from '../../ops/op-attributes.js';
import type { Argument, LayerCall } from './layer.js';

/** `input,kernel->output` with one letter for each axis and its size. */
export interface EinsumDense {
  readonly input: readonly string[];
  readonly kernel: readonly string[];
  readonly output: readonly string[];
  readonly sizes: ReadonlyMap<string, number>;
}

/**
 * Reads an EinsumDense equation against the input's shape. `...` stands for axes that are passed through.
 *
 * @param outputShape sizes of the output without the batch, null where it is the input's
 */
export function parseEinsumDense(
  call: LayerCall,
  equation: string,
  inputShape: Shape,
  outputShape: readonly Argument[],
): EinsumDense {
  const parts = /^([a-zA-Z.]+),([a-zA-Z]+)->([a-zA-Z.]+)$/.exec(equation.replaceAll(' ', ''));
  if (parts === null) return call.config.wrong('equation', "of the form 'ab,bc->ac'");
  const [, left, kernel, right] = parts as unknown as [string, string, string, string];
  const passed = inputShape.length - left.replace('...', '').length;
  const elided = left.includes('...') ? Array.from({ length: Math.max(passed, 0) }, (_, i) => `.${i}`) : [];
  const letters = (text: string) => {
    const [before = '', after] = text.split('...');
    return after === undefined ? [...before] : [...before, ...elided, ...after];
  };
  const input = letters(left);
  const output = letters(right);
  if (input.length !== inputShape.length) {
    call.fail(`its equation '${equation}' takes ${input.length} axes, the input has ${inputShape.length}`);
  }
  const sizes = new Map(input.map((letter, axis) => [letter, inputShape[axis] as number]));
  // With `...` at the end the stated sizes follow the batch; else they are the last axes of the output.
  const start = right.endsWith('...') ? 1 : output.length - outputShape.length;
  outputShape.forEach((size, i) => {
    const letter = output[start + i];
    if (letter === undefined || size === null) return;
    if (typeof size !== 'number') call.config.wrong('output_shape', 'whole numbers or null');
    const known = sizes.get(letter);
    if (known !== undefined && known !== size) call.fail(`axis '${letter}' has size ${known} and ${size}`);
    sizes.set(letter, size as number);
  });
  for (const letter of kernel) {
    if (!sizes.has(letter)) call.fail(`the size of axis '${letter}' of its equation '${equation}' is not stated`);
  }
  return { input, kernel: [...kernel], output, sizes };
}

/**
 * A linear layer where the equation is one (the last axes of the input are contracted with the kernel's first, and the
 * kernel's others are the last of the output), else an einsum.
 */
export function applyEinsumDense(
  call: LayerCall,
  x: Value,
  spec: EinsumDense,
  biasShape: Shape | undefined,
  kernelType: DType | undefined,
  part?: string,
): Value {
  const name = (weight: string) => (part === undefined ? weight : `${part}.${weight}`);
  const add = <N extends OpName>(op: N, inputs: readonly Value[], ...rest: LayerArguments<N, []>) =>
    part === undefined ? call.add(op, inputs, ...rest) : call.part(part, op, inputs, ...rest);
  const after = <N extends OpName>(suffix: string, op: N, inputs: readonly Value[], ...rest: LayerArguments<N, []>) =>
    part === undefined ? call.after(suffix, op, inputs, ...rest) : call.part(`${part}.${suffix}`, op, inputs, ...rest);
  const sizesOf = (letters: readonly string[]) => letters.map((letter) => spec.sizes.get(letter) as number);
  const product = (letters: readonly string[]) => sizesOf(letters).reduce((all, size) => all * size, 1);
  const { input, kernel, output } = spec;
  const contracted = kernel.filter((letter) => input.includes(letter) && !output.includes(letter));
  const made = kernel.filter((letter) => !input.includes(letter));
  const kept = input.slice(0, input.length - contracted.length);
  const isLinear =
    contracted.length > 0 &&
    made.length > 0 &&
    contracted.length + made.length === kernel.length &&
    input.slice(kept.length).join() === contracted.join() &&
    output.join() === [...kept, ...made].join();
  if (isLinear) {
    const features = product(contracted);
    const outFeatures = product(made);
    const flat =
      contracted.length === 1 ? x : after('flatten', 'reshape', [x], { shape: [...sizesOf(kept), features] });
    const weight = call.weight(name('kernel'), [outFeatures, features], 'parameter', kernelType);
    const fullBias = biasShape !== undefined && biasShape.reduce((all, size) => all * size, 1) === outFeatures;
    const bias = fullBias ? [call.weight(name('bias'), [outFeatures])] : [];
    const y = add('linear', [flat, weight, ...bias], { outFeatures, bias: fullBias });
    const shaped =
      made.length === 1 ? y : after('reshape', 'reshape', [y], { shape: [...sizesOf(kept), ...sizesOf(made)] });
    if (fullBias || biasShape === undefined) return shaped;
    return after('bias', 'add', [shaped, call.weight(name('bias'), biasShape)]);
  }
  const letter = lettersFor(spec);
  const equation = `${input.map(letter).join('')},${kernel.map(letter).join('')}->${output.map(letter).join('')}`;
  const weight = call.weight(name('kernel'), sizesOf(kernel), 'parameter', kernelType);
  const y = add('einsum', [x, weight], { equation });
  return biasShape === undefined ? y : after('bias', 'add', [y, call.weight(name('bias'), biasShape)]);
}

/** One ASCII letter for each axis, for those of `...` too. */
function lettersFor({ input, kernel }: EinsumDense): (axis: string) => string {
  const used = new Set([...input, ...kernel].filter((axis) => !axis.startsWith('.')));
  const free = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'].filter((axis) => !used.has(axis));
  return (axis) => (axis.startsWith('.') ? (free[Number(axis.slice(1))] ?? 'a') : axis);
}
