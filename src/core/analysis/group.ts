import type { LayerAnalysis } from './result.js';

/** Layers of one module, or a layer alone where it lies no deeper. */
export interface LayerGroup {
  /** Module path, cut to the depth asked for; a layer's own name where it stands above it. */
  readonly name: string;
  readonly layers: readonly LayerAnalysis[];
}

/**
 * Groups layers by module path.
 *
 * @param depth parts of the path to keep: 1 groups by the outermost modules; 0 puts all layers into one group
 */
export function groupLayers(layers: readonly LayerAnalysis[], depth: number): LayerGroup[] {
  const groups = new Map<string, LayerAnalysis[]>();
  for (const layer of layers) {
    const parts = layer.scope === '' ? [] : layer.scope.split('.');
    const name = depth === 0 ? 'model' : parts.length === 0 ? layer.name : parts.slice(0, depth).join('.');
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [layer]);
    else group.push(layer);
  }
  return [...groups].map(([name, members]) => ({ name, layers: members }));
}
