import { ArchmeterError } from '../../core/errors.js';
import type { SweepAction } from './actions.js';

/** `sweep show DESIGN FOLDER`: the design as a spec file, on standard output or in the file that --output names. */
export const show: SweepAction = async ([design, folder], args, streams) => {
  if (design === undefined || folder === undefined) {
    throw new ArchmeterError('a design and a folder are needed', "Write 'archmeter sweep show DESIGN FOLDER'.");
  }
  const { openFolder } = await import('../../node/sweep/folder.js');
  const { designSpec } = await import('../../node/sweep/design-spec.js');
  const { deliver } = await import('../output.js');
  const sweep = await openFolder(folder);
  const index = Number(design);
  if (!/^\d+$/.test(design) || !Number.isSafeInteger(index)) {
    throw new ArchmeterError(`'${design}' is no number of a design`, "The column 'design' of the results has them.");
  }
  await deliver(designSpec(sweep, index), args, streams);
  return 0;
};
