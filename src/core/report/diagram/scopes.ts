import type { AnalysisResult } from '../../analysis/result.js';
import { blockGraph, within } from './boxes.js';

/** A module that can be drawn. */
export interface DiagramScope {
  /** Module path; empty for the whole model. */
  readonly path: string;
  readonly boxes: number;
}

/** Boxes beyond which a drawing says less than the table. */
const MOST = 40;
/** Boxes that fit a page. */
const COMFORTABLE = 16;
/** Layers in a module beyond which it is not even tried. */
const MOST_LAYERS = 400;

/** Modules with 2 to 40 boxes, in execution order, the whole model first where it is small. */
export function drawableScopes(analysis: AnalysisResult): DiagramScope[] {
  const paths = new Set(['']);
  for (const { scope } of analysis.layers) {
    const parts = scope === '' ? [] : scope.split('.');
    parts.forEach((_, i) => {
      paths.add(parts.slice(0, i + 1).join('.'));
    });
  }
  return [...paths].flatMap((path) => {
    const layers =
      path === '' ? analysis.layers.length : analysis.layers.filter(({ scope }) => within(scope, path)).length;
    if (layers > MOST_LAYERS) return [];
    const boxes = blockGraph(analysis, path).boxes.length;
    return boxes >= 2 && boxes <= MOST ? [{ path, boxes }] : [];
  });
}

/** What to draw where nobody chose: the module that moves the most memory among those that fit a page and branch. */
export function defaultScope(analysis: AnalysisResult, scopes: readonly DiagramScope[]): DiagramScope | undefined {
  const [whole] = scopes;
  if (whole?.path === '' && whole.boxes <= COMFORTABLE) return whole;
  const weigh = ({ path }: DiagramScope) =>
    analysis.layers.reduce((sum, layer) => sum + (within(layer.scope, path) ? layer.memoryAccessCost : 0), 0);
  const branches = ({ path }: DiagramScope) => blockGraph(analysis, path).edges.some(({ from, to }) => to - from > 1);
  const fitting = scopes.filter(({ boxes }) => boxes <= COMFORTABLE);
  const branching = fitting.filter(branches);
  const candidates = branching.length > 0 ? branching : fitting.length > 0 ? fitting : scopes;
  return candidates.reduce<DiagramScope | undefined>(
    (best, scope) => (best === undefined || weigh(scope) > weigh(best) ? scope : best),
    undefined,
  );
}
