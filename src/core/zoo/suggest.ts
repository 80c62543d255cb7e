/**
 * The candidates nearest to what was typed, best first; none where nothing is near (more than a third of the letters
 * would have to change). Case, `-`, `_`, spaces and dots do not count.
 */
export async function nearest(typed: string, candidates: readonly string[], count = 3): Promise<string[]> {
  const { distance: changes } = await import('fastest-levenshtein');
  const wanted = plainName(typed);
  return candidates
    .map((name) => ({ name, distance: changes(wanted, plainName(name)) }))
    .filter(
      ({ name, distance }) => distance <= Math.max(1, Math.ceil(Math.max(wanted.length, plainName(name).length) / 3)),
    )
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, count)
    .map(({ name }) => name);
}

/** What two spellings of a name share: lower case without separators. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[-_.\s]/g, '');
}
