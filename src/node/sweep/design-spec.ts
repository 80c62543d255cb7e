import { parseDocument, stringify } from 'yaml';
import { ArchmeterError } from '../../core/errors.js';
import { GraphBuilder } from '../../core/graph/builder.js';
import { graphToSpec } from '../../core/spec/graph-to-spec.js';
import { Designs } from '../../core/sweep/index.js';
import type { OpenSweep } from './open-space.js';

/**
 * A design as a layer-spec file: the space's own spec with the design's parameters, or, for a family of the zoo, every
 * layer written out.
 *
 * @throws ArchmeterError where the space has no such design
 */
export function designSpec({ space, settings, chain }: OpenSweep, index: number): string {
  const designs = new Designs(space.parameters);
  const values = index < designs.size ? designs.valuesOf(index) : undefined;
  if (values === undefined) {
    throw new ArchmeterError(
      `the space has no design ${index}`,
      `Its designs are numbered from 0 to ${designs.size - 1}.`,
    );
  }
  const name = `${space.name}-${index}`;
  if (settings.model !== null) {
    const document = parseDocument(settings.model.text);
    document.set('name', name);
    for (const [parameter, value] of Object.entries(values)) document.setIn(['parameters', parameter], value);
    return document.toString();
  }
  const builder = new GraphBuilder(name);
  const type = chain.inputOf(values);
  let value = builder.input('input', type.shape, type.dtype);
  for (const step of chain.stepsOf(values)) value = chain.build(step, builder, value);
  return stringify(graphToSpec(builder.finish([value])), { flowCollectionPadding: true, lineWidth: 120 });
}
