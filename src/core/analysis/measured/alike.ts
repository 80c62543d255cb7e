/** What the names of rows that do the same work have in common: other numbers as `*`. */
export function commonName(names: readonly string[]): string {
  return names.reduce((a, b) => {
    const parts = (name: string) => name.split(/(\d+|\*)/);
    const other = parts(b);
    return parts(a)
      .map((part, i) => (part === other[i] ? part : '*'))
      .join('');
  });
}

/** Rows whose names differ in numbers alone and of which `same` says the same, in the order in which they first come. */
export function gatherAlike<T>(rows: readonly T[], nameOf: (row: T) => string, same: (row: T) => unknown): T[][] {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const key = JSON.stringify([nameOf(row).replace(/\d+/g, '*'), same(row) ?? null]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}
