import { ArchmeterError } from '../../errors.js';
import { nearest } from '../../nearest.js';

/**
 * Throws for sizes under names that no input has.
 *
 * @param known names that may be given
 */
export function checkDims(dims: Readonly<Record<string, number>>, known: readonly string[]): void {
  for (const name of Object.keys(dims)) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    throw new ArchmeterError(
      `no size is named '${name}'`,
      near !== undefined
        ? `Did you mean '${near}'?`
        : known.length === 0
          ? 'The file leaves no size open.'
          : `The file leaves open: ${[...new Set(known)].join(', ')}.`,
    );
  }
}

/** `--dim height=N --dim width=N`, for sizes that are missing. */
export function dimOptions(names: readonly string[]): string {
  return [...new Set(names)].map((name) => `--dim ${/\s/.test(name) ? `'${name}=N'` : `${name}=N`}`).join(' ');
}
