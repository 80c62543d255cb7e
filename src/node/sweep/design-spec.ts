import { parseDocument } from 'yaml';
import { ArchmeterError } from '../../core/errors.js';
import { specText } from '../../core/spec/spec-text.js';
import { Designs } from '../../core/sweep/index.js';
import { designGraph } from './design-graph.js';
import type { OpenSweep } from './open-space.js';

/**
 * A design as a layer-spec file: the space's own spec with the design's parameters, or, for a family of the zoo, every
 * layer written out.
 *
 * @throws ArchmeterError where the space has no such design
 */
export function designSpec(sweep: OpenSweep, index: number): string {
  const { space, settings } = sweep;
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
  return specText(designGraph(sweep, values, name));
}
