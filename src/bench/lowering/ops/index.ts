import type { Lowering } from '../call.js';
import { convolution } from './convolution.js';
import { elementwise } from './elementwise.js';
import { matrix } from './matrix.js';
import { movement } from './movement.js';
import { normalization } from './normalization.js';
import { pooling } from './pooling.js';

/** How each op runs on tfjs, by op name. */
export const LOWERINGS: Readonly<Record<string, Lowering>> = {
  ...convolution,
  ...matrix,
  ...elementwise,
  ...normalization,
  ...pooling,
  ...movement,
};
