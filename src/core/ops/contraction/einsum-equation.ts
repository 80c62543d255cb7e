import { ArchmeterError } from '../../errors.js';
import { formatShape, type Shape } from '../../ir/tensor.js';

/** An equation bound to operand shapes. Axes behind `...` are named `0`, `1`, … from the last one back. */
export interface Einsum {
  readonly operands: readonly (readonly string[])[];
  readonly output: readonly string[];
  readonly sizes: ReadonlyMap<string, number>;
}

/** Parses an equation of numpy.einsum, torch and ONNX (explicit or implicit output, ellipsis) against shapes. */
export function bindEinsum(equation: string, shapes: readonly Shape[]): Einsum {
  const [left = '', right, extra] = equation.replaceAll(/\s/g, '').split('->');
  const terms = left.split(',');
  if (extra !== undefined || !/^[A-Za-z.,]*$/.test(left) || !/^[A-Za-z.]*$/.test(right ?? '')) {
    throw new ArchmeterError(`'${equation}' is not an einsum equation`, "Write one like 'bij,bjk->bik'.");
  }
  if (terms.length !== shapes.length) {
    throw new ArchmeterError(`einsum '${equation}' names ${terms.length} operands, there are ${shapes.length}`);
  }
  const sizes = new Map<string, number>();
  let hidden = 0;
  const operands = terms.map((term, i) => {
    const shape = shapes[i] as Shape;
    const axes = namesOf(term, shape.length, equation, () => formatShape(shape));
    hidden = Math.max(hidden, axes.filter((axis) => axis < 'A').length);
    axes.forEach((axis, position) => {
      const size = shape[position] as number;
      const known = sizes.get(axis);
      if (known !== undefined && known !== size && known !== 1 && size !== 1) {
        throw new ArchmeterError(`einsum '${equation}' gives axis ${axis} the sizes ${known} and ${size}`);
      }
      sizes.set(axis, known === undefined || known === 1 ? size : known);
    });
    return axes;
  });
  const output = right === undefined ? implicitOutput(left, hidden) : outputNames(right, hidden, equation);
  for (const axis of output) {
    if (!sizes.has(axis)) throw new ArchmeterError(`einsum '${equation}' has axis ${axis} only in its output`);
  }
  if (new Set(output).size !== output.length) {
    throw new ArchmeterError(`einsum '${equation}' names an axis of its output twice`);
  }
  return { operands, output, sizes };
}

function ellipsis(count: number): string[] {
  return Array.from({ length: count }, (_, i) => String(count - 1 - i));
}

function namesOf(term: string, rank: number, equation: string, shape: () => string): string[] {
  const [before = '', after, extra] = term.split('...');
  const named = before.length + (after?.length ?? 0);
  if (extra !== undefined || term.replace('...', '').includes('.')) {
    throw new ArchmeterError(`'${equation}' is not an einsum equation`, "Write one like 'bij,bjk->bik'.");
  }
  if (after === undefined ? named !== rank : named > rank) {
    throw new ArchmeterError(`einsum '${equation}': '${term}' names ${named} axes of an operand of shape ${shape()}`);
  }
  return [...before, ...ellipsis(rank - named), ...(after ?? '')];
}

function outputNames(term: string, hidden: number, equation: string): string[] {
  return namesOf(term, term.includes('.') ? term.replace('...', '').length + hidden : term.length, equation, () => '');
}

/** Without an arrow: the hidden axes, then the axes named once, in alphabetical order. */
function implicitOutput(left: string, hidden: number): string[] {
  const letters = [...left.replaceAll(/[.,]/g, '')];
  const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
  return [...ellipsis(hidden), ...once.sort()];
}

/** One step of an einsum: the size of its index space, and whether it sums or only multiplies. */
export interface Contraction {
  readonly size: number;
  readonly sums: boolean;
}

/**
 * Pairwise contractions from left to right, as torch does them; none for a single operand. An axis that one operand has
 * alone and that nothing later needs is summed before the product, so it is not in the index space.
 */
export function pairwiseContractions({ operands, output }: Einsum, shapes: readonly Shape[]): Contraction[] {
  const sized = operands.map((axes, i) => new Map(axes.map((axis, k) => [axis, (shapes[i] as Shape)[k] as number])));
  const steps: Contraction[] = [];
  let held = sized[0] as Map<string, number>;
  for (let i = 1; i < sized.length; i++) {
    const next = sized[i] as Map<string, number>;
    const later = new Set([...output, ...operands.slice(i + 1).flat()]);
    const joined = new Map<string, number>();
    let size = 1;
    let sums = false;
    for (const axis of new Set([...held.keys(), ...next.keys()])) {
      const left = held.get(axis) ?? 1;
      const right = next.get(axis) ?? 1;
      const shared = held.has(axis) && next.has(axis) && left === right;
      if (later.has(axis)) joined.set(axis, left === 1 ? right : left);
      else if (shared) sums = true;
      if (later.has(axis) || shared) size *= left === 1 ? right : left;
    }
    steps.push({ size, sums });
    held = joined;
  }
  return steps;
}
