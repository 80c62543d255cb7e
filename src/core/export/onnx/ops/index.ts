import type { Exporters } from '../call.js';
import { convolution } from './convolution.js';
import { elementwise } from './elementwise.js';
import { matrix } from './matrix.js';
import { movement } from './movement.js';
import { normalization } from './normalization.js';
import { pooling } from './pooling.js';
import { recurrence } from './recurrent.js';
import { reduction } from './reduction.js';

/** How each op is written in ONNX, by op name. */
export const EXPORTERS: Exporters = {
  ...convolution,
  ...pooling,
  ...normalization,
  ...elementwise,
  ...matrix,
  ...movement,
  ...reduction,
  ...recurrence,
};
