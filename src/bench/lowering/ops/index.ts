import type { Lowerings } from '../call.js';
import { convolution } from './convolution.js';
import { elementwise } from './elementwise.js';
import { indexing } from './indexing.js';
import { matrix } from './matrix.js';
import { movement } from './movement.js';
import { normalization } from './normalization.js';
import { pooling } from './pooling.js';
import { recurrence } from './recurrent.js';
import { reductions } from './reduction.js';
import { resize } from './resize.js';
import { transposedConvolution } from './transposed-convolution.js';

/** How each op runs on tfjs, by op name. */
export const LOWERINGS: Lowerings = {
  ...convolution,
  ...transposedConvolution,
  ...matrix,
  ...elementwise,
  ...normalization,
  ...pooling,
  ...movement,
  ...reductions,
  ...indexing,
  ...resize,
  ...recurrence,
};
