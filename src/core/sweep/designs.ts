import type { Parameters } from '../spec/expression.js';
import type { Condition } from './condition.js';
import type { ParameterValue } from './domain.js';

/** A free parameter of a space. */
export interface SpaceParameter {
  readonly name: string;
  readonly values: readonly ParameterValue[];
  /** It varies only where this holds of the parameters before it; elsewhere it is `otherwise`. */
  readonly when?: Condition | undefined;
  readonly otherwise: ParameterValue;
}

/** Positions in the domains, one a parameter. */
export type Digits = Int32Array;

/**
 * Designs by number: a mixed-radix count over the domains, the first parameter slowest, so that a space of 10^9 designs
 * needs no list. Numbers in which a parameter that does not apply has another than its first value stand for no design.
 */
export class Designs {
  /** Numbers in all, those of no design among them. */
  readonly size: number;
  /** Numbers spanned by one step of each parameter. */
  private readonly spans: readonly number[];

  private readonly hasConditions: boolean;

  constructor(readonly parameters: readonly SpaceParameter[]) {
    this.hasConditions = parameters.some(({ when }) => when !== undefined);
    const spans = new Array<number>(parameters.length);
    let size = 1;
    for (let i = parameters.length - 1; i >= 0; i--) {
      spans[i] = size;
      size *= (parameters[i] as SpaceParameter).values.length;
    }
    this.spans = spans;
    this.size = size;
  }

  /**
   * Digits of a number, into `digits`.
   *
   * @returns the first that is another than before
   */
  decode(index: number, digits: Digits): number {
    let rest = index;
    let changed = this.spans.length;
    for (let i = 0; i < this.spans.length; i++) {
      const span = this.spans[i] as number;
      const digit = Math.floor(rest / span);
      if (digits[i] !== digit && i < changed) changed = i;
      digits[i] = digit;
      rest -= digit * span;
    }
    return changed;
  }

  encode(digits: Digits): number {
    let index = 0;
    for (let i = 0; i < digits.length; i++) index += (digits[i] as number) * (this.spans[i] as number);
    return index;
  }

  /**
   * Values of a design, into `values`.
   *
   * @param from parameters before this one have their values already
   * @returns the first parameter whose digit stands for no design, or -1
   */
  fill(digits: Digits, values: Record<string, ParameterValue>, from = 0): number {
    for (let i = from; i < this.parameters.length; i++) {
      const parameter = this.parameters[i] as SpaceParameter;
      if (parameter.when === undefined || parameter.when.holds(values)) {
        values[parameter.name] = parameter.values[digits[i] as number] as ParameterValue;
      } else {
        if (digits[i] !== 0) return i;
        values[parameter.name] = parameter.otherwise;
      }
    }
    return -1;
  }

  /** The next number after `index` in which parameter `at` has its first value again. */
  skip(index: number, at: number): number {
    const block = (this.spans[at] as number) * (this.parameters[at] as SpaceParameter).values.length;
    return (Math.floor(index / block) + 1) * block;
  }

  /** Digits of the nearest design: those of parameters that do not apply become 0. */
  canonical(digits: Digits): Digits {
    if (!this.hasConditions) return digits;
    const result = digits.slice();
    const values: Record<string, ParameterValue> = {};
    for (let odd = this.fill(result, values); odd >= 0; odd = this.fill(result, values)) result[odd] = 0;
    return result;
  }

  valuesOf(index: number): Parameters | undefined {
    const digits = new Int32Array(this.parameters.length);
    this.decode(index, digits);
    const values: Record<string, ParameterValue> = {};
    return this.fill(digits, values) < 0 ? values : undefined;
  }
}
