import { ArchmeterError } from '../errors.js';
import { formatShape, type Shape } from '../ir/tensor.js';

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

/** Sizes of the index space of each pairwise contraction, from left to right; none for a single operand. */
export function pairwiseContractions({ operands, output, sizes }: Einsum): number[] {
  const steps: number[] = [];
  let held = new Set(operands[0]);
  for (let i = 1; i < operands.length; i++) {
    const joined = new Set([...held, ...(operands[i] as readonly string[])]);
    steps.push([...joined].reduce((product, axis) => product * (sizes.get(axis) as number), 1));
    const later = new Set([...output, ...operands.slice(i + 1).flat()]);
    held = new Set([...joined].filter((axis) => later.has(axis)));
  }
  return steps;
}
