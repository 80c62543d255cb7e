import { ArchmeterError } from '../../errors.js';
import type { Value } from '../../ir/graph.js';
import { elementCount, formatShape, type Shape } from '../../ir/tensor.js';
import type { ProgramNode } from './program.js';
import { type ChangedInput, hasSizesWritten } from './size-literals.js';

/**
 * What the shapes that archmeter infers are held against. A file states the shape of every tensor, so that inference is
 * checked at each node; at sizes that the file does not know, what can be told is.
 */
export interface ShapePolicy {
  /** Whether the sizes are not those of the file, so that unknown ops cannot be followed. */
  readonly otherSizes: boolean;
  /** Before a node is lowered, with its inputs whose shape is not the stated one: whether it may be used. */
  admit(node: ProgramNode, changed: readonly ChangedInput[]): void;
  /** After it: an output against the shape in the file. `read` are the values it was computed from. */
  check(node: ProgramNode, output: Value, stated: Shape, read: ReadonlySet<Value>): void;
  /** What an error in a node means. */
  explain(node: ProgramNode, error: ArchmeterError): ArchmeterError;
}

const EXPORT_DYNAMIC = 'Use the sizes of the export, or export the model with dynamic_shapes.';

const at = (node: ProgramNode, error: ArchmeterError) => error.at({ layer: node.name });

/** The sizes are those of the file, or follow from its symbols. */
export const exactShapes: ShapePolicy = {
  otherSizes: false,
  admit() {},
  check(node, output, stated) {
    const same = output.shape.length === stated.length && output.shape.every((size, axis) => size === stated[axis]);
    if (same) return;
    throw new ArchmeterError(
      `${node.target} gives ${formatShape(output.shape)}, but the file states ${formatShape(stated)}`,
      'The file is damaged, or archmeter misreads this operator: please report it.',
    );
  },
  explain: at,
};

/**
 * Another batch than the export's, in a file that fixes it. Batch items do not meet, so a tensor either is free of the
 * batch or holds exactly `to / from` times as many elements, and what is computed from the batch is not free of it:
 * sizes that were written as literals break one of the two.
 *
 * @param inputs the inputs that carry the batch
 */
export function otherBatch(from: number, to: number, inputs: readonly Value[]): ShapePolicy {
  const dependent = new Set<number>(inputs.map(({ id }) => id));
  const fixed = (node: ProgramNode) =>
    new ArchmeterError(
      `the file fixes the batch at ${from}: ${node.target} cannot run at ${to}`,
      'Export the model with dynamic_shapes=({0: torch.export.Dim("batch")},), or use the batch of the export.',
      { layer: node.name },
    );
  return {
    otherSizes: true,
    admit() {},
    check(node, output, stated, read) {
      const before = elementCount(stated);
      const after = elementCount(output.shape);
      const follows = [...read].some(({ id }) => dependent.has(id));
      if (after * from !== before * (follows ? to : from)) throw fixed(node);
      if (follows) dependent.add(output.id);
    },
    explain: fixed,
  };
}

/** Other sizes than the export's, in a file that fixes them: allowed until an operator has a size written into it. */
export const otherSizes: ShapePolicy = {
  otherSizes: true,
  admit(node, changed) {
    if (!hasSizesWritten(node, changed)) return;
    throw new ArchmeterError(
      `the file fixes the sizes of its inputs: ${node.target} has them written into it`,
      EXPORT_DYNAMIC,
    );
  },
  check() {},
  explain: (node, error) => {
    const fixed = 'the file fixes the sizes of its inputs';
    const problem = error.problem.startsWith(fixed) ? error.problem : `${fixed}: ${error.problem}`;
    return at(node, new ArchmeterError(problem, EXPORT_DYNAMIC, error.location));
  },
};
