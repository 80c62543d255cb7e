import { distance } from 'fastest-levenshtein';

/**
 * The candidates nearest to what was typed, best first; none where nothing is near (more than a third of the letters
 * would have to change). Case and separators count as in `plainName`.
 */
export function nearest(typed: string, candidates: readonly string[], count = 3): string[] {
  const wanted = plainName(typed);
  return candidates
    .map((name) => ({ name, changes: distance(wanted, plainName(name)) }))
    .filter(
      ({ name, changes }) => changes <= Math.max(1, Math.ceil(Math.max(wanted.length, plainName(name).length) / 3)),
    )
    .sort((a, b) => a.changes - b.changes || (a.name < b.name ? -1 : 1))
    .slice(0, count)
    .map(({ name }) => name);
}

/**
 * What two spellings of a name share: lower case, no separators but those between two digits, where they are one and the
 * same (`regnet_y_3_2gf` is not `regnet-y-32gf`).
 */
export function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/(?<=\d)[-_.\s]+(?=\d)/g, '#')
    .replace(/[-_.\s]/g, '');
}
