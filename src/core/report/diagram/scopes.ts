import type { AnalysisResult, LayerAnalysis } from '../../analysis/result.js';
import { blockGraph } from './boxes.js';

/** A module that can be drawn. */
export interface DiagramScope {
  /** Module path; empty for the whole model. */
  readonly path: string;
  readonly layers: readonly LayerAnalysis[];
}

/** Kernels beyond which a drawing says less than the table. */
const MOST_KERNELS = 80;
/** Boxes that fit a page. */
const COMFORTABLE = 16;
/** Modules looked at for the one to show first. */
const TRIED = 40;

/** Modules of 2 to 80 kernels, in execution order, the whole model first where it is small. */
export function drawableScopes({ layers }: AnalysisResult): DiagramScope[] {
  const byPath = new Map<string, LayerAnalysis[]>([['', []]]);
  for (const layer of layers) {
    const parts = layer.scope === '' ? [] : layer.scope.split('.');
    for (let depth = 0; depth <= parts.length; depth++) {
      const path = parts.slice(0, depth).join('.');
      const members = byPath.get(path);
      if (members === undefined) byPath.set(path, [layer]);
      else members.push(layer);
    }
  }
  return [...byPath].flatMap(([path, members]) => {
    const kernels = new Set(members.map(({ kernel }) => kernel)).size;
    return kernels >= 2 && kernels <= MOST_KERNELS ? [{ path, layers: members }] : [];
  });
}

/** What to draw where nobody chose: the module that accesses the most memory among those that fit a page and branch. */
export function defaultScope(analysis: AnalysisResult, scopes: readonly DiagramScope[]): DiagramScope | undefined {
  const cost = new Map(
    scopes.map((scope) => [scope, scope.layers.reduce((sum, layer) => sum + layer.memoryAccessCost, 0)]),
  );
  const costliest = [...scopes].sort((a, b) => (cost.get(b) ?? 0) - (cost.get(a) ?? 0)).slice(0, TRIED);
  const tried = costliest.map((scope) => ({ scope, graph: blockGraph(analysis, scope.layers) }));
  const fitting = tried.filter(({ graph }) => graph.boxes.length >= 2 && graph.boxes.length <= COMFORTABLE);
  const whole = fitting.find(({ scope }) => scope.path === '');
  const branching = fitting.find(({ graph }) => graph.edges.some(({ from, to }) => to - from > 1));
  return (whole ?? branching ?? fitting[0] ?? tried.at(-1))?.scope;
}
