import { type Explanation, explainLayer } from '../analysis/explain.js';
import type { AnalysisResult, LayerAnalysis } from '../analysis/result.js';
import type { Graph } from '../ir/graph.js';

/** The formulas of a model's layers, every text once: most layers of a model share them. */
export interface ModelExplanations {
  readonly model: string;
  readonly strings: readonly string[];
  /** By layer index: figure, formula, substituted formula and source, four indices of `strings` for each figure. */
  readonly layers: readonly (readonly number[])[];
}

/** Formulas for the analyses whose graph is given; only where the graph is the one analysed. */
export function explanationsOf(analyses: readonly AnalysisResult[], graphs: readonly Graph[]): ModelExplanations[] {
  return analyses.flatMap((analysis) => {
    const graph = graphs.find((candidate) => isGraphOf(candidate, analysis));
    return graph === undefined ? [] : [explanationsOfModel(analysis, graph)];
  });
}

function isGraphOf(graph: Graph, { model, layers }: AnalysisResult): boolean {
  return (
    graph.name === model.name &&
    graph.nodes.length === layers.length &&
    graph.nodes.every(({ name }, i) => name === layers[i]?.name) &&
    graph.inputs.every((id, i) => graph.values[id]?.shape.join() === model.inputs[i]?.shape.join())
  );
}

function explanationsOfModel({ model, layers }: AnalysisResult, graph: Graph): ModelExplanations {
  const indices = new Map<string, number>();
  const indexOf = (text: string): number => {
    const known = indices.get(text);
    if (known !== undefined) return known;
    indices.set(text, indices.size);
    return indices.size - 1;
  };
  const encoded = layers.map((layer, i) =>
    explainLayer(graph, layer, graph.nodes[i]).flatMap(({ figure, formula, substituted, source }) =>
      formula === '' ? [] : [indexOf(figure), indexOf(formula), indexOf(substituted), indexOf(source)],
    ),
  );
  return { model: model.name, strings: [...indices.keys()], layers: encoded };
}

/** The explanations of the layer at `index`, with its values. */
export function explanationOf(
  { strings, layers }: ModelExplanations,
  index: number,
  layer: LayerAnalysis,
): Explanation[] {
  const codes = layers[index] ?? [];
  const figures: Readonly<Record<string, unknown>> = { ...layer };
  const explanations: Explanation[] = [];
  for (let i = 0; i + 3 < codes.length; i += 4) {
    const [figure = '', formula = '', substituted = '', source = ''] = [0, 1, 2, 3].map(
      (k) => strings[codes[i + k] as number] ?? '',
    );
    explanations.push({ figure, value: Number(figures[figure] ?? 0), formula, substituted, source });
  }
  return explanations;
}
