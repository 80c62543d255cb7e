import { ArchmeterError } from '../errors.js';
import type { ParameterValue } from './domain.js';
import { nsga2 } from './nsga2.js';
import type { SpaceRun } from './run.js';

export interface SearchOptions {
  readonly population: number;
  readonly generations: number;
  readonly seed: number;
  readonly onGeneration?: ((generation: number) => void) | undefined;
}

/** A design outside the constraints is as bad as all others there. */
const OUTSIDE = { violation: 1 } as const;

/**
 * Searches a space too large to be walked by NSGA-II; every design that it meets is offered to the run's front.
 *
 * @returns how many different designs were evaluated
 */
export function search(run: SpaceRun, options: SearchOptions): number {
  const { designs } = run;
  const radices = designs.parameters.map(({ values }) => values.length);
  const directions = run.space.objectives.map(({ direction }) => direction);
  const seen = new Map<number, { costs: Float64Array; violation: number }>();
  const evaluate = (x: Float64Array) => {
    const digits = designs.canonical(Int32Array.from(radices, (radix, i) => Math.floor((x[i] as number) * radix)));
    const index = designs.encode(digits);
    const known = seen.get(index);
    if (known !== undefined) return known;
    const values: Record<string, ParameterValue> = {};
    designs.fill(digits, values);
    const found = costsOf(values, index);
    seen.set(index, found);
    return found;
  };
  const costsOf = (values: Record<string, ParameterValue>, index: number) => {
    const none = { costs: new Float64Array(directions.length).fill(Number.POSITIVE_INFINITY), ...OUTSIDE };
    try {
      const figures = run.figuresOf(values);
      if (figures === undefined) return none;
      const objectives = run.objectivesOf(values, figures);
      run.front.offer(index, objectives);
      const costs = Float64Array.from(objectives, (value, i) => (directions[i] === 'max' ? -value : value));
      return { costs, violation: 0 };
    } catch (error) {
      if (error instanceof ArchmeterError) return none;
      throw error;
    }
  };
  const { onGeneration } = options;
  nsga2(
    { dimensions: radices.length, evaluate },
    { ...options, onGeneration: onGeneration && ((at) => onGeneration(at)) },
  );
  return seen.size;
}
