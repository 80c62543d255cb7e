import { expect, it } from 'vitest';
import { analyze } from '../../../src/core/analysis/analyze.js';
import { explainLayer } from '../../../src/core/analysis/explain.js';
import { explanationOf, explanationsOf } from '../../../src/core/report/explanations.js';
import { osaBlock } from './sample-graphs.js';

it('explains every layer as the command does, and looks for none among all the others', () => {
  const graph = osaBlock();
  const analysis = analyze(graph);
  const nodes = Object.assign([...graph.nodes], {
    find: () => {
      throw new Error('a search through all nodes for each layer takes time quadratic in them');
    },
  });
  const [model] = explanationsOf([analysis], [{ ...graph, nodes }]);
  if (model === undefined) throw new Error('nothing was explained');
  analysis.layers.forEach((layer, i) => {
    const known = explainLayer(graph, layer).filter(({ formula }) => formula !== '');
    expect(explanationOf(model, i, layer)).toEqual(known);
  });
});
