import { Document, isCollection } from 'yaml';
import type { Graph } from '../ir/graph.js';
import { graphToSpec } from './graph-to-spec.js';

/**
 * A graph as the text of a layer-spec file, a line for each layer.
 *
 * @throws ArchmeterError where it has what spec files cannot say
 */
export function specText(graph: Graph): string {
  const document = new Document(graphToSpec(graph));
  for (const path of [['input'], ['inputs'], ['outputs']]) {
    const node = document.getIn(path);
    if (isCollection(node)) node.flow = true;
  }
  const layers = document.get('layers');
  for (const layer of isCollection(layers) ? layers.items : []) if (isCollection(layer)) layer.flow = true;
  return document.toString({ flowCollectionPadding: true, lineWidth: 0 });
}
