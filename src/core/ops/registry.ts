// Written by `npm run registries` from the files in this folder. Do not edit.

import activations from './activations.js';
import batchNorm from './batch-norm.js';
import binary from './binary.js';
import concat from './concat.js';
import conv from './conv.js';
import gelu from './gelu.js';
import glu from './glu.js';
import linear from './linear.js';
import maxPool from './max-pool.js';
import opaque from './opaque.js';
import prelu from './prelu.js';
import unary from './unary.js';

export const members = [
  activations,
  batchNorm,
  binary,
  concat,
  conv,
  gelu,
  glu,
  linear,
  maxPool,
  opaque,
  prelu,
  unary,
] as const;
