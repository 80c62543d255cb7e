/** The cells of one line of CSV; a quote inside quotes is written twice. */
export function cellsOf(line: string): string[] {
  const cells: string[] = [];
  for (const [, quoted, plain, end] of line.matchAll(/(?:"((?:[^"]|"")*)"|([^,]*))(,|$)/g)) {
    cells.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '') break;
  }
  return cells;
}

/** Milliseconds in the unit of a heading: `Duration (ns)`. */
export function unitOf(heading: string): number | undefined {
  const unit = /\((ns|nsec|us|usec|μs|ms|msec|s|sec)\)/.exec(heading)?.[1];
  if (unit === undefined) return undefined;
  if (unit.startsWith('n')) return 1e-6;
  if (unit.startsWith('u') || unit.startsWith('μ')) return 1e-3;
  return unit.startsWith('m') ? 1 : 1e3;
}
