import { ArchmeterError } from '../../../errors.js';
import type { Value } from '../../../ir/graph.js';
import type { ProgramGraph, Scalar } from '../program.js';

/** A stored matrix that the program sees transposed: a linear layer takes it as it is, others need it turned. */
export interface TransposedMatrix {
  readonly transposed: Value;
}

/** A by-product that is made when it is read, which is seldom. */
export interface ByProduct {
  readonly make: () => Value;
}

export type Binding = Value | TransposedMatrix | ByProduct;

/** What the names of one graph stand for while it is lowered. */
export class Scope {
  private readonly tensors = new Map<string, Binding>();
  private readonly numbers = new Map<string, number>();

  constructor(readonly graph: ProgramGraph) {}

  bind(name: string, binding: Binding): void {
    this.tensors.set(name, binding);
  }

  /** Lets one name stand for what another stands for. */
  alias(name: string, other: string): void {
    this.tensors.set(name, this.binding(other));
  }

  bindNumber(name: string, value: number): void {
    this.numbers.set(name, value);
  }

  binding(name: string): Value | TransposedMatrix {
    const found = this.tensors.get(name);
    if (found === undefined) {
      throw new ArchmeterError(
        `tensor '${name}' is read before it is computed`,
        'The file is damaged; download or export it again.',
      );
    }
    if (!('make' in found)) return found;
    const made = found.make();
    this.tensors.set(name, made);
    return made;
  }

  tryNumber(scalar: Scalar): number | undefined {
    return typeof scalar === 'number' ? scalar : this.numbers.get(scalar);
  }

  number(scalar: Scalar): number {
    const found = this.tryNumber(scalar);
    if (found === undefined) {
      throw new ArchmeterError(
        `the number '${scalar}' depends on the contents of a tensor`,
        'Export the model so that its shapes follow from the shapes of its inputs.',
      );
    }
    return found;
  }
}

export function isTransposed(binding: Value | TransposedMatrix): binding is TransposedMatrix {
  return 'transposed' in binding;
}
