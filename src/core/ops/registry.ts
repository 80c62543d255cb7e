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
import dropout from './dropout.js';
import expand from './expand.js';
import flatten from './flatten.js';
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
import prelu from './prelu.js';
import reshape from './reshape.js';
import rmsNorm from './rms-norm.js';
import softmax from './softmax.js';
import squeeze from './squeeze.js';
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
  dropout,
  expand,
  flatten,
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
  prelu,
  reshape,
  rmsNorm,
  softmax,
  squeeze,
  transpose,
  unary,
  unsqueeze,
] as const;
