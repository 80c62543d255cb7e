// Written by `npm run registries` from the files in this folder. Do not edit.

import activations from './elementwise/activations.js';
import adaptivePool from './pooling/adaptive-pool.js';
import advancedIndex from './indexing/advanced-index.js';
import argMax from './reduction/arg-max.js';
import attention from './contraction/attention.js';
import avgPool from './pooling/avg-pool.js';
import batchNorm from './normalization/batch-norm.js';
import binary from './elementwise/binary.js';
import cast from './elementwise/cast.js';
import concat from './movement/concat.js';
import conv from './convolution/conv.js';
import convTranspose from './convolution/conv-transpose.js';
import cumulative from './reduction/cumulative.js';
import deformableConv from './convolution/deformable-conv.js';
import dropout from './view/dropout.js';
import einsum from './contraction/einsum.js';
import embedding from './indexing/embedding.js';
import expand from './view/expand.js';
import flatten from './view/flatten.js';
import fourierTransform from './reduction/fourier-transform.js';
import gather from './indexing/gather.js';
import gatherElements from './indexing/gather-elements.js';
import gatherNd from './indexing/gather-nd.js';
import gelu from './elementwise/gelu.js';
import generate from './movement/generate.js';
import globalPool from './pooling/global-pool.js';
import glu from './elementwise/glu.js';
import gridSample from './pooling/grid-sample.js';
import groupNorm from './normalization/group-norm.js';
import identity from './view/identity.js';
import instanceNorm from './normalization/instance-norm.js';
import layerNorm from './normalization/layer-norm.js';
import linear from './contraction/linear.js';
import linearAttention from './contraction/linear-attention.js';
import localResponseNorm from './normalization/local-response-norm.js';
import lpPool from './pooling/lp-pool.js';
import matmul from './contraction/matmul.js';
import maxPool from './pooling/max-pool.js';
import maxUnpool from './pooling/max-unpool.js';
import nonZero from './reduction/non-zero.js';
import normalize from './normalization/normalize.js';
import oneHot from './indexing/one-hot.js';
import opaque from './opaque.js';
import overwrite from './indexing/overwrite.js';
import pad from './movement/pad.js';
import pixelShuffle from './movement/pixel-shuffle.js';
import prelu from './elementwise/prelu.js';
import quantize from './elementwise/quantize.js';
import rearrange from './movement/rearrange.js';
import recurrent from './contraction/recurrent.js';
import reduce from './reduction/reduce.js';
import repeatInterleave from './movement/repeat-interleave.js';
import reshape from './view/reshape.js';
import resize from './pooling/resize.js';
import rmsNorm from './normalization/rms-norm.js';
import roiAlign from './pooling/roi-align.js';
import rotaryEmbedding from './elementwise/rotary-embedding.js';
import scatter from './indexing/scatter.js';
import slice from './indexing/slice.js';
import slidingWindow from './view/sliding-window.js';
import softmax from './normalization/softmax.js';
import sort from './reduction/sort.js';
import split from './movement/split.js';
import squeeze from './view/squeeze.js';
import stack from './movement/stack.js';
import stridedView from './view/strided-view.js';
import tile from './movement/tile.js';
import topK from './reduction/top-k.js';
import transpose from './movement/transpose.js';
import triangle from './movement/triangle.js';
import unary from './elementwise/unary.js';
import unfold from './convolution/unfold.js';
import unsqueeze from './view/unsqueeze.js';
import where from './elementwise/where.js';

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
  linearAttention,
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
