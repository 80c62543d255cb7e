// Written by `npm run registries` from the files in this folder. Do not edit.

import activations from './activations.js';
import adaptivePool from './adaptive-pool.js';
import attention from './attention.js';
import avgPool from './avg-pool.js';
import batchNorm from './batch-norm.js';
import binary from './binary.js';
import cast from './cast.js';
import concat from './concat.js';
import conv from './conv.js';
import convTranspose from './conv-transpose.js';
import dropout from './dropout.js';
import embedding from './embedding.js';
import expand from './expand.js';
import flatten from './flatten.js';
import gather from './gather.js';
import gelu from './gelu.js';
import globalPool from './global-pool.js';
import glu from './glu.js';
import groupNorm from './group-norm.js';
import identity from './identity.js';
import instanceNorm from './instance-norm.js';
import layerNorm from './layer-norm.js';
import linear from './linear.js';
import lpPool from './lp-pool.js';
import matmul from './matmul.js';
import maxPool from './max-pool.js';
import opaque from './opaque.js';
import pad from './pad.js';
import prelu from './prelu.js';
import rearrange from './rearrange.js';
import reduce from './reduce.js';
import repeatInterleave from './repeat-interleave.js';
import reshape from './reshape.js';
import rmsNorm from './rms-norm.js';
import slice from './slice.js';
import softmax from './softmax.js';
import split from './split.js';
import squeeze from './squeeze.js';
import stack from './stack.js';
import tile from './tile.js';
import transpose from './transpose.js';
import unary from './unary.js';
import unsqueeze from './unsqueeze.js';

export const members = [
  activations,
  adaptivePool,
  attention,
  avgPool,
  batchNorm,
  binary,
  cast,
  concat,
  conv,
  convTranspose,
  dropout,
  embedding,
  expand,
  flatten,
  gather,
  gelu,
  globalPool,
  glu,
  groupNorm,
  identity,
  instanceNorm,
  layerNorm,
  linear,
  lpPool,
  matmul,
  maxPool,
  opaque,
  pad,
  prelu,
  rearrange,
  reduce,
  repeatInterleave,
  reshape,
  rmsNorm,
  slice,
  softmax,
  split,
  squeeze,
  stack,
  tile,
  transpose,
  unary,
  unsqueeze,
] as const;
