import type { Measurement } from '../measurement.js';

type Warning = Measurement['warnings'][number];

/** Of alike warnings about several models the first, with the number of the others. */
export function briefWarnings(warnings: readonly Warning[]): Warning[] {
  const kinds = new Map<string, Warning[]>();
  for (const warning of warnings) kinds.set(warning.id, [...(kinds.get(warning.id) ?? []), warning]);
  return [...kinds.values()].flatMap((alike) => {
    const [first] = alike as [Warning];
    if (alike.length < 3 || alike.some(({ arm }) => arm === undefined)) return alike;
    return [{ ...first, text: `${first.text} So with ${alike.length - 1} others.` }];
  });
}
