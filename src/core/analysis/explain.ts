import type { Graph, Node, Value } from '../ir/graph.js';
import { formatShape } from '../ir/tensor.js';
import type { Formula, FormulaFigure } from '../ops/define-op.js';
import { callOf } from '../ops/execution.js';
import { opOf } from '../ops/index.js';
import type { LayerAnalysis } from './result.js';

/** One figure of a layer, traceable by hand. */
export interface Explanation {
  readonly figure: string;
  readonly value: number;
  /** With names, e.g. `N*Co*OH*OW*(Ci/G)*KH*KW`. */
  readonly formula: string;
  /** With the layer's numbers in place of the names. */
  readonly substituted: string;
  readonly source: string;
}

const FIGURES: readonly FormulaFigure[] = [
  'params',
  'madds',
  'flops',
  'memoryAccessCost',
  'memoryAccessCostLowerBound',
];

/**
 * Formula, numbers and source of each figure of a layer, as `analyze` computed it.
 *
 * @param node the layer's node; looked for by its name where it is left out
 */
export function explainLayer(
  graph: Graph,
  layer: LayerAnalysis,
  node: Node = graph.nodes.find(({ name }) => name === layer.name) as Node,
): Explanation[] {
  const formulas = opOf(node.op).formulas?.(callOf(graph, node)) ?? {};
  const explanations: Explanation[] = [];
  for (const figure of FIGURES) {
    const value = layer[figure];
    const formula =
      formulas[figure] ?? (figure === 'memoryAccessCost' ? traffic(layer) : parameters(figure, graph, node));
    if (value === null || formula === undefined) continue;
    explanations.push({
      figure,
      value,
      formula: formula.expression,
      substituted: substitute(formula),
      source:
        figure === 'params' && value === 0 && Object.keys(formula.variables).length > 0
          ? `${formula.source}; counted at the layer that shares them`
          : formula.source,
    });
  }
  explanations.push(...bytes(layer));
  return explanations;
}

/** Names replaced by their values. */
export function substitute({ expression, variables }: Formula): string {
  return expression.replace(/[A-Za-z_]\w*/g, (name) =>
    Object.hasOwn(variables, name) ? String(variables[name]) : name,
  );
}

function parameters(figure: FormulaFigure, graph: Graph, node: Node): Formula | undefined {
  if (figure !== 'params') return undefined;
  const weights = node.inputs
    .map((id) => graph.values[id])
    .filter((value): value is Value => value?.kind === 'parameter');
  if (weights.length === 0) return undefined;
  return {
    expression: weights.map((weight) => (weight.shape.length === 0 ? '1' : weight.shape.join('*'))).join('+'),
    variables: {},
    source: `elements of ${weights.map(({ name, shape }) => `${name} ${formatShape(shape)}`).join(', ')}`,
  };
}

function traffic(layer: LayerAnalysis): Formula | undefined {
  if (layer.memoryAccessCost === 0) return undefined;
  const factors = (shape: readonly number[]) => (shape.length === 0 ? '1' : shape.join('*'));
  const shapes = [...layer.inputShapes, ...layer.weightShapes, ...layer.outputShapes];
  return {
    expression: shapes.map(factors).join('+'),
    variables: {},
    source:
      'elements read + weights + elements written (VoVNet section 2.1, generalised); each tensor once, only the part used',
  };
}

function bytes(layer: LayerAnalysis): Explanation[] {
  const rows = [
    ['eagerReadBytes', 'every input and weight once, in its element type'],
    ['eagerWriteBytes', 'every output once, in its element type'],
    [
      'fusedReadBytes',
      `what its kernel (${layer.kernel < 0 ? 'none: a view' : `no. ${layer.kernel}`}) does not compute itself`,
    ],
    ['fusedWriteBytes', 'what another kernel, or the caller, reads'],
    ['liveActivationBytes', 'activations alive while it runs: its inputs and outputs and all that is read later'],
    ['trainingFlops', 'flops, and again for each operand that needs a gradient'],
  ] as const;
  return rows.map(([figure, source]) => ({ figure, value: layer[figure], formula: '', substituted: '', source }));
}
