import type { LayerAnalysis } from '../analysis/result.js';
import type { LayerColumn } from './columns.js';

/** What the layers table shows, and in which order. Lives in the URL. */
export interface LayerQuery {
  /** Words that must all occur in a layer's name, op, kind or shapes. */
  readonly search: string;
  /** Column id; null is execution order. */
  readonly sort: string | null;
  readonly descending: boolean;
  /** Module depth to group by; 0 lists layers alone. */
  readonly depth: number;
  /** Groups whose layers are shown. */
  readonly open: ReadonlySet<string>;
}

export type Cell = number | string | null;

export interface LayerRow {
  readonly type: 'group' | 'layer';
  /** Module path of a group, name of a layer. */
  readonly name: string;
  /** What the first cell says: within a group, the name without the group's path. */
  readonly label: string;
  readonly level: 0 | 1;
  /** Of a group: layers in it. */
  readonly count: number;
  /** Of a layer: its place in the analysis. */
  readonly index: number;
  readonly cells: readonly Cell[];
}

/** A layer with its place in the analysis. */
interface Placed {
  readonly layer: LayerAnalysis;
  readonly index: number;
}

/** Rows of the layers table: searched, grouped, sorted. */
export function layerRows(
  layers: readonly LayerAnalysis[],
  columns: readonly LayerColumn[],
  query: LayerQuery,
): LayerRow[] {
  const words = query.search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const found = layers.flatMap((layer, index): Placed[] => (matches(layer, words) ? [{ layer, index }] : []));
  const sort = comparatorOf(columns, query);
  const toRow = ({ layer, index }: Placed, group: string | null): LayerRow => ({
    type: 'layer',
    name: layer.name,
    label: group !== null && layer.name.startsWith(`${group}.`) ? layer.name.slice(group.length + 1) : layer.name,
    level: group === null ? 0 : 1,
    count: 1,
    index,
    cells: columns.map((column) => column.value(layer)),
  });
  if (query.depth === 0) return found.map((placed) => toRow(placed, null)).sort(sort);

  const groups = new Map<string, Placed[]>();
  for (const placed of found) {
    const name = groupOf(placed.layer, query.depth);
    const members = groups.get(name);
    if (members === undefined) groups.set(name, [placed]);
    else members.push(placed);
  }
  const rows = [...groups].map(([name, members]): LayerRow => {
    const [only] = members;
    if (members.length === 1 && only !== undefined && only.layer.name === name) return toRow(only, null);
    return {
      type: 'group',
      name,
      label: name,
      level: 0,
      count: members.length,
      index: members[0]?.index ?? 0,
      cells: columns.map((column) =>
        groupCell(
          column,
          members.map(({ layer }) => layer),
        ),
      ),
    };
  });
  return rows.sort(sort).flatMap((row) => {
    if (row.type === 'layer' || !query.open.has(row.name)) return [row];
    const members = (groups.get(row.name) ?? []).map((placed) => toRow(placed, row.name));
    return [row, ...members.sort(sort)];
  });
}

/** Module path cut to a depth; the layer itself where it lies no deeper. */
export function groupOf({ scope, name }: LayerAnalysis, depth: number): string {
  return scope === '' ? name : scope.split('.').slice(0, depth).join('.');
}

export function deepestScope(layers: readonly LayerAnalysis[]): number {
  return layers.reduce((deepest, { scope }) => Math.max(deepest, scope === '' ? 0 : scope.split('.').length), 0);
}

function matches({ name, op, kind, scope, outputShapes }: LayerAnalysis, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = `${name} ${op} ${kind} ${scope} ${outputShapes.map((shape) => shape.join('x')).join(' ')}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Sums where a column can be summed; ratios of sums where it is a ratio; the largest of what is alive. */
function groupCell(column: LayerColumn, layers: readonly LayerAnalysis[]): Cell {
  const sum = (figure: (layer: LayerAnalysis) => number | null) =>
    layers.reduce((total, layer) => total + (figure(layer) ?? 0), 0);
  switch (column.id) {
    case 'memoryAccessCostRatio': {
      const bounded = layers.filter(({ memoryAccessCostLowerBound }) => memoryAccessCostLowerBound !== null);
      const bound = bounded.reduce((total, layer) => total + (layer.memoryAccessCostLowerBound ?? 0), 0);
      return bound === 0 ? null : bounded.reduce((total, { memoryAccessCost }) => total + memoryAccessCost, 0) / bound;
    }
    case 'arithmeticIntensity': {
      const bytes = sum(({ readBytes, writeBytes }) => readBytes + writeBytes);
      return bytes === 0 ? null : sum(({ flops }) => flops) / bytes;
    }
    case 'liveActivationBytes':
      return Math.max(...layers.map(({ liveActivationBytes }) => liveActivationBytes));
  }
  if (!column.additive) return null;
  const values = layers.flatMap((layer) => column.value(layer) ?? []).filter((value) => typeof value === 'number');
  return values.length === 0 ? null : values.reduce((total, value) => total + value, 0);
}

function comparatorOf(
  columns: readonly LayerColumn[],
  { sort, descending }: LayerQuery,
): (a: LayerRow, b: LayerRow) => number {
  const column = columns.findIndex(({ id }) => id === sort);
  const byOrder = (a: LayerRow, b: LayerRow) => a.index - b.index;
  if (column < 0) return byOrder;
  const direction = descending ? -1 : 1;
  return (a, b) => {
    const [x, y] = column === 0 ? [a.name, b.name] : [a.cells[column] ?? null, b.cells[column] ?? null];
    if (x === y) return byOrder(a, b);
    // What has no value comes last in either direction.
    if (x === null) return 1;
    if (y === null) return -1;
    const order = typeof x === 'number' && typeof y === 'number' ? x - y : collator.compare(String(x), String(y));
    return order === 0 ? byOrder(a, b) : direction * order;
  };
}

const collator = new Intl.Collator('en', { numeric: true });
