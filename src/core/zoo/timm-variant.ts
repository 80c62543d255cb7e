import type { Variant } from './define-family.js';

/** A variant under timm's name, spelled with `-` as all names here; `_` finds it too. */
export function timmVariant<S, O>(
  name: string,
  settings: S,
  rest: Omit<Variant<S, O>, 'name' | 'aliases' | 'settings'> = {},
): Variant<S, O> {
  return { name: name.replaceAll('_', '-'), aliases: [name], settings, ...rest };
}
