import type { AnalysisResult } from '../../analysis/result.js';
import { type ComparedLayer, type LayerChange, layersOfResult } from '../../compare/layer-diff.js';
import { diffModels, type ModelDiff } from '../../compare/model-diff.js';

export type RowStatus = LayerChange['status'] | 'same';

/** Layers that stand side by side: one of each model, or one of either alone. */
export interface AlignedLayer {
  readonly status: RowStatus;
  readonly before?: ComparedLayer;
  readonly after?: ComparedLayer;
}

/** Aligned layers that lie behind each other in one module and share what became of them. */
export interface AlignedRow {
  readonly status: RowStatus;
  /** The module, where there are several; else the layer's own name. */
  readonly name: string;
  readonly layers: readonly AlignedLayer[];
}

/** Both models with what differs between them. */
export interface DiffPair {
  readonly diff: ModelDiff;
  /** In execution order. */
  readonly layers: readonly AlignedLayer[];
}

/** @returns the two, every layer of either in one list: of the second in its order, of the first where they stood */
export function diffPair(before: AnalysisResult, after: AnalysisResult): DiffPair {
  const diff = diffModels(before, after);
  return { diff, layers: align(layersOfResult(before), layersOfResult(after), diff.layers) };
}

function align(
  before: readonly ComparedLayer[],
  after: readonly ComparedLayer[],
  changes: readonly LayerChange[],
): AlignedLayer[] {
  const changed = new Map(
    changes.flatMap((change) => (change.after === undefined ? [] : [[change.after.name, change]])),
  );
  const removed = new Set(
    changes.flatMap(({ status, before: old }) => (status === 'removed' && old ? [old.name] : [])),
  );
  const placeOf = new Map(before.map(({ name }, i) => [name, i]));
  const rows: AlignedLayer[] = [];
  let next = 0;
  const removedUpTo = (end: number) => {
    for (; next < end; next++) {
      const old = before[next] as ComparedLayer;
      if (removed.has(old.name)) rows.push({ status: 'removed', before: old });
    }
  };
  for (const layer of after) {
    const change = changed.get(layer.name);
    const name = change === undefined ? layer.name : change.before?.name;
    const place = name === undefined ? undefined : placeOf.get(name);
    if (place !== undefined) {
      removedUpTo(place);
      next = Math.max(next, place + 1);
    }
    const old = place === undefined ? undefined : before[place];
    rows.push({ status: change?.status ?? 'same', ...(old === undefined ? {} : { before: old }), after: layer });
  }
  removedUpTo(before.length);
  return rows;
}

/** Rows of a picture beyond which layers are gathered by their modules. */
const MOST_ROWS = 80;

/** Neighbours of one status gathered: unchanged ones always, others by the deepest modules that leave few enough rows. */
export function gather(layers: readonly AlignedLayer[], most = MOST_ROWS): AlignedRow[] {
  for (let depth = 8; depth >= 1; depth--) {
    const rows = rowsAt(layers, depth);
    if (rows.length <= most || depth === 1) return rows;
  }
  return [];
}

function rowsAt(layers: readonly AlignedLayer[], depth: number): AlignedRow[] {
  const rows: { status: RowStatus; name: string; layers: AlignedLayer[] }[] = [];
  for (const layer of layers) {
    const own = (layer.after ?? layer.before)?.name ?? '';
    const name = layer.status === 'same' ? '' : own.split('.').slice(0, depth).join('.');
    const last = rows.at(-1);
    if (last !== undefined && last.status === layer.status && last.name === name) last.layers.push(layer);
    else rows.push({ status: layer.status, name, layers: [layer] });
  }
  return rows.map((row) => ({
    ...row,
    name: nameOf(row.layers.map(({ before, after }) => (after ?? before)?.name ?? '')),
  }));
}

/** The module that all lie in; where they have none in common, the first and the last of them. */
function nameOf(names: readonly string[]): string {
  const [first = '', ...others] = names;
  const last = others.at(-1);
  if (last === undefined) return first;
  const steps = first.split('.');
  const different = steps.findIndex((step, i) => others.some((name) => name.split('.')[i] !== step));
  const common = steps.slice(0, different < 0 ? steps.length : different);
  return common.length > 1 ? common.join('.') : `${first} … ${last}`;
}
