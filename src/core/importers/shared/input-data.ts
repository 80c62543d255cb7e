import { ArchmeterError } from '../../errors.js';
import { elementCount, formatShape, type Shape } from '../../ir/tensor.js';
import type { ImportOptions } from '../define-importer.js';

/**
 * Contents of the inputs that the caller gives, in their order.
 *
 * @throws ArchmeterError for names that no input has, and for other numbers of elements than an input has
 */
export function inputDataOf(
  inputs: readonly { readonly name: string; readonly shape: Shape }[],
  { inputData = {} }: ImportOptions,
): (readonly number[] | undefined)[] {
  const names = inputs.map(({ name }) => name);
  const odd = Object.keys(inputData).find((name) => !names.includes(name));
  if (odd !== undefined) {
    throw new ArchmeterError(`the model has no input '${odd}' to give contents`, `It has: ${names.join(', ')}.`);
  }
  return inputs.map(({ name, shape }) => {
    const data = Object.hasOwn(inputData, name) ? inputData[name] : undefined;
    if (data === undefined || data.length === elementCount(shape)) return data;
    throw new ArchmeterError(
      `input '${name}' has ${elementCount(shape)} elements (${formatShape(shape)}), but is given ${data.length}`,
      'Give as many numbers as it has elements.',
    );
  });
}
