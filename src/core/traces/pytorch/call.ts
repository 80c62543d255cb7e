import type { Shape } from '../../ir/tensor.js';
import type { OperatorArgument, OperatorCall } from '../trace.js';

/** What an event records of an operator's arguments, as text that calls alike have in common. */
export function signatureOf(args: Readonly<Record<string, unknown>>): string {
  const dims = args['Input Dims'] ?? args['Input dims'];
  if (!Array.isArray(dims)) return '';
  const types = args['Input type'];
  return JSON.stringify([dims, types, args['Input Strides'] ?? null, args['Concrete Inputs'] ?? null]);
}

/** The call that a signature tells of; no arguments where it has none, or where what it holds are no shapes. */
export function callOf(name: string, signature: string): OperatorCall {
  if (signature === '') return { name, arguments: [] };
  const [dims, types, strides, concrete] = JSON.parse(signature) as [unknown[], unknown, unknown, unknown];
  const read: OperatorArgument[] = [];
  for (const [i, dim] of dims.entries()) {
    const shapes = dimsOf(dim);
    if (shapes === undefined) return { name, arguments: [] };
    const stride = shapeOf(Array.isArray(strides) ? strides[i] : undefined);
    read.push({
      dims: shapes,
      strides: stride ?? [],
      type: textAt(types, i),
      concrete: textAt(concrete, i),
    });
  }
  return { name, arguments: read };
}

function textAt(list: unknown, at: number): string {
  const text: unknown = Array.isArray(list) ? list[at] : undefined;
  return typeof text === 'string' ? text : '';
}

function dimsOf(value: unknown): Shape | readonly Shape[] | undefined {
  const shape = shapeOf(value);
  if (shape !== undefined) return shape;
  if (!Array.isArray(value)) return undefined;
  const shapes = value.map(shapeOf);
  return shapes.every((one) => one !== undefined) ? shapes : undefined;
}

function shapeOf(value: unknown): Shape | undefined {
  const sound = (size: unknown) => Number.isSafeInteger(size) && (size as number) >= 0;
  return Array.isArray(value) && value.every(sound) ? (value as number[]) : undefined;
}
