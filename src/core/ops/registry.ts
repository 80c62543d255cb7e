// Written by `npm run registries` from the files in this folder. Do not edit.

import activations from './activations.js';
import adaptivePool from './adaptive-pool.js';
import advancedIndex from './advanced-index.js';
import argMax from './arg-max.js';
import attention from './attention.js';
import avgPool from './avg-pool.js';
import batchNorm from './batch-norm.js';
import binary from './binary.js';
import cast from './cast.js';
import concat from './concat.js';
import conv from './conv.js';
import convTranspose from './conv-transpose.js';
import cumulative from './cumulative.js';
import deformableConv from './deformable-conv.js';
import dropout from './dropout.js';
import einsum from './einsum.js';
import embedding from './embedding.js';
import expand from './expand.js';
import flatten from './flatten.js';
import fourierTransform from './fourier-transform.js';
import gather from './gather.js';
import gatherElements from './gather-elements.js';
import gatherNd from './gather-nd.js';
import gelu from './gelu.js';
import generate from './generate.js';
import globalPool from './global-pool.js';
import glu from './glu.js';
import gridSample from './grid-sample.js';
import groupNorm from './group-norm.js';
import identity from './identity.js';
import instanceNorm from './instance-norm.js';
import layerNorm from './layer-norm.js';
import linear from './linear.js';
import localResponseNorm from './local-response-norm.js';
import lpPool from './lp-pool.js';
import matmul from './matmul.js';
import maxPool from './max-pool.js';
import maxUnpool from './max-unpool.js';
import nonZero from './non-zero.js';
import normalize from './normalize.js';
import oneHot from './one-hot.js';
import opaque from './opaque.js';
import overwrite from './overwrite.js';
import pad from './pad.js';
import pixelShuffle from './pixel-shuffle.js';
import prelu from './prelu.js';
import quantize from './quantize.js';
import rearrange from './rearrange.js';
import recurrent from './recurrent.js';
import reduce from './reduce.js';
import repeatInterleave from './repeat-interleave.js';
import reshape from './reshape.js';
import resize from './resize.js';
import rmsNorm from './rms-norm.js';
import roiAlign from './roi-align.js';
import rotaryEmbedding from './rotary-embedding.js';
import scatter from './scatter.js';
import slice from './slice.js';
import slidingWindow from './sliding-window.js';
import softmax from './softmax.js';
import sort from './sort.js';
import split from './split.js';
import squeeze from './squeeze.js';
import stack from './stack.js';
import stridedView from './strided-view.js';
import tile from './tile.js';
import topK from './top-k.js';
import transpose from './transpose.js';
import triangle from './triangle.js';
import unary from './unary.js';
import unfold from './unfold.js';
import unsqueeze from './unsqueeze.js';
import where from './where.js';

export const members: readonly unknown[] = [
  activations,
  adaptivePool,
  advancedIndex,
  argMax,
  attention,
  avgPool,
  batchNorm,
  binary,
  cast,
  concat,
  conv,
  convTranspose,
  cumulative,
  deformableConv,
  dropout,
  einsum,
  embedding,
  expand,
  flatten,
  fourierTransform,
  gather,
  gatherElements,
  gatherNd,
  gelu,
  generate,
  globalPool,
  glu,
  gridSample,
  groupNorm,
  identity,
  instanceNorm,
  layerNorm,
  linear,
  localResponseNorm,
  lpPool,
  matmul,
  maxPool,
  maxUnpool,
  nonZero,
  normalize,
  oneHot,
  opaque,
  overwrite,
  pad,
  pixelShuffle,
  prelu,
  quantize,
  rearrange,
  recurrent,
  reduce,
  repeatInterleave,
  reshape,
  resize,
  rmsNorm,
  roiAlign,
  rotaryEmbedding,
  scatter,
  slice,
  slidingWindow,
  softmax,
  sort,
  split,
  squeeze,
  stack,
  stridedView,
  tile,
  topK,
  transpose,
  triangle,
  unary,
  unfold,
  unsqueeze,
  where,
];
