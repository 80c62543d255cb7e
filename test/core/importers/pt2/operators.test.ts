import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { opOf } from '../../../../src/core/ops/index.js';
import { maddsOf, opsOf } from './graph-costs.js';
import { type Dimension, readOperator, readProgram, type TensorSpec } from './program-file.js';

const ajv = new Ajv({ strict: false });

const BOOL = 12;
const INT = 5;
const mask = (...shape: number[]): TensorSpec => ({ shape, dtype: BOOL });
const ints = (...shape: number[]): TensorSpec => ({ shape, dtype: INT });
const dtype = (code: number) => ({ as_scalar_type: code });

type Row = readonly [
  target: string,
  tensors: Readonly<Record<string, TensorSpec | readonly Dimension[]>>,
  inputs: Readonly<Record<string, unknown>>,
  /** Shapes as torch gives them. The reader holds its own against these. */
  outputs: readonly (TensorSpec | readonly Dimension[])[],
  ops: readonly string[],
];

const image = [2, 8, 6, 5];
const self = { self: '%x' };

const COMPLEX = 10;
const complex = (...shape: number[]): TensorSpec => ({ shape, dtype: COMPLEX });

const OPERATORS: readonly Row[] = [
  // Fourier transforms
  [
    'aten.fft_rfft2.default',
    { x: [2, 6, 8] },
    self,
    [complex(2, 6, 5)],
    ['unsqueeze', 'fourierTransform', 'stridedView', 'stridedView', 'fourierTransform', 'stridedView'],
  ],
  [
    'aten.fft_fft.default',
    { x: complex(2, 6) },
    { ...self, n: 8, dim: 0 },
    [complex(8, 6)],
    ['stridedView', 'fourierTransform', 'stridedView'],
  ],
  [
    'aten._fft_c2r.default',
    { x: complex(2, 5) },
    { ...self, dim: [1], normalization: 2, last_dim_size: 9 },
    [[2, 9]],
    ['stridedView', 'fourierTransform', 'squeeze'],
  ],
  [
    'aten.stft.default',
    { x: [2, 100], w: [16] },
    { ...self, n_fft: 16, hop_length: 4, window: '%w', return_complex: true },
    [complex(2, 9, 22)],
    ['slidingWindow', 'mul', 'unsqueeze', 'fourierTransform', 'stridedView', 'transpose'],
  ],
  [
    'aten.polar.default',
    { x: [3], y: [3] },
    { abs: '%x', angle: '%y' },
    [complex(3)],
    ['cos', 'mul', 'sin', 'mul', 'stack', 'stridedView'],
  ],
  ['aten.fft_fftshift.default', { x: [3, 4] }, { ...self, dim: [1] }, [[3, 4]], ['roll']],

  // Losses and distances
  ['aten.mse_loss.default', { x: [3, 4], y: [3, 4] }, { ...self, target: '%y' }, [[]], ['sub', 'square', 'reduceMean']],
  [
    'aten.cross_entropy_loss.default',
    { x: [4, 10], y: ints(4) },
    { ...self, target: '%y' },
    [[]],
    ['logSoftmax', 'unsqueeze', 'gatherElements', 'squeeze', 'neg', 'reduceMean'],
  ],
  [
    'aten._cdist_forward.default',
    { x: [2, 3, 4], y: [2, 5, 4] },
    { x1: '%x', x2: '%y', p: 2.0, compute_mode: null },
    [[2, 3, 5]],
    ['unsqueeze', 'unsqueeze', 'sub', 'reduceL2'],
  ],

  // Linear algebra
  [
    'aten.linalg_multi_dot.default',
    { x: [2, 3], y: [3, 4], z: [4, 5] },
    { tensors: ['%x', '%y', '%z'] },
    [[2, 5]],
    ['matmul', 'matmul'],
  ],
  [
    'aten.kron.default',
    { x: [2, 3], y: [4] },
    { ...self, other: '%y' },
    [[2, 12]],
    ['reshape', 'reshape', 'mul', 'reshape'],
  ],
  [
    'aten.tensordot.default',
    { x: [2, 3, 4], y: [3, 4, 5] },
    { ...self, other: '%y', dims_self: [1, 2], dims_other: [0, 1] },
    [[2, 5]],
    ['einsum'],
  ],
  ['aten.rot90.default', { x: [2, 3, 4] }, { ...self, k: 1, dims: [1, 2] }, [[2, 4, 3]], ['transpose', 'flip']],
  ['aten.trace.default', { x: [3, 4] }, self, [[]], ['transpose', 'range', 'advancedIndex', 'reduceSum']],
  ['aten.diag.default', { x: [3] }, self, [[3, 3]], ['fill', 'overwrite']],

  // Mixtures of experts: each row meets one matrix
  [
    'transformers.grouped_mm_fallback.default',
    { x: [10, 4], w: [3, 4, 5], o: ints(3) },
    { input: '%x', weight: '%w', offs: '%o' },
    [[10, 5]],
    ['slice', 'squeeze', 'matmul'],
  ],
  [
    'aten.histc.default',
    { x: [4, 5] },
    { ...self, bins: 3, min: 0, max: 2 },
    [[3]],
    ['reshape', 'fill', 'sub', 'div', 'cast', 'fill', 'scatterElements'],
  ],

  // Order statistics
  [
    'aten.diff.default',
    { x: [3, 4], y: [3, 1] },
    { ...self, prepend: '%y' },
    [[3, 4]],
    ['concat', 'slice', 'slice', 'sub'],
  ],
  ['aten.diff.default', { x: mask(3, 4) }, self, [mask(3, 3)], ['slice', 'slice', 'notEqual']],
  [
    'aten.diff.default',
    { x: [3, 4] },
    { ...self, n: 2, dim: 0 },
    [[1, 4]],
    ['slice', 'slice', 'sub', 'slice', 'slice', 'sub'],
  ],
  ['aten.median.default', { x: [3, 4] }, self, [[]], ['reshape', 'sort', 'slice', 'squeeze']],
  [
    'aten.kthvalue.default',
    { x: [3, 4] },
    { ...self, k: 2 },
    [[3], ints(3)],
    ['sort', 'slice', 'squeeze', 'slice', 'squeeze'],
  ],
  [
    'aten.max_pool2d_with_indices.default',
    { x: image },
    { ...self, kernel_size: [2, 2] },
    [[2, 8, 3, 2], ints(2, 8, 3, 2)],
    ['maxPool'],
  ],

  // torchvision
  [
    'torchvision.deform_conv2d.default',
    { x: image, w: [4, 8, 3, 3], o: [2, 18, 6, 5], m: [2, 9, 6, 5], b: [4] },
    {
      input: '%x',
      weight: '%w',
      offset: '%o',
      mask: '%m',
      bias: '%b',
      stride_h: 1,
      stride_w: 1,
      pad_h: 1,
      pad_w: 1,
      dilation_h: 1,
      dilation_w: 1,
      groups: 1,
      offset_groups: 1,
      use_mask: true,
    },
    [[2, 4, 6, 5]],
    ['deformableConv'],
  ],
  [
    'torchvision.roi_align.default',
    { x: image, r: [7, 5] },
    {
      input: '%x',
      rois: '%r',
      spatial_scale: 0.5,
      pooled_height: 3,
      pooled_width: 4,
      sampling_ratio: -1,
      aligned: false,
    },
    [[7, 8, 3, 4]],
    ['roiAlign'],
  ],

  // Views
  ['aten.view.default', { x: image }, { ...self, size: [2, -1, 5] }, [[2, 48, 5]], ['reshape']],
  ['aten.view.default', { x: image }, { ...self, size: image }, [image], []],
  ['aten._unsafe_view.default', { x: image }, { ...self, size: [480] }, [[480]], ['reshape']],
  ['aten.reshape_as.default', { x: [6], y: [2, 3] }, { ...self, other: '%y' }, [[2, 3]], ['reshape']],
  ['aten.flatten.using_ints', { x: image }, { ...self, start_dim: 1 }, [[2, 240]], ['flatten']],
  ['aten.flatten.using_ints', { x: image }, self, [[480]], ['flatten']],
  ['aten.unflatten.int', { x: image }, { ...self, dim: 1, sizes: [4, -1] }, [[2, 4, 2, 6, 5]], ['reshape']],
  ['aten.squeeze.default', { x: [1, 3, 1] }, self, [[3]], ['squeeze']],
  ['aten.squeeze.dim', { x: [1, 3, 1] }, { ...self, dim: 1 }, [[1, 3, 1]], []],
  ['aten.squeeze.dims', { x: [1, 3, 1] }, { ...self, dim: [0, 2] }, [[3]], ['squeeze']],
  ['aten.unsqueeze.default', { x: [3] }, { ...self, dim: -1 }, [[3, 1]], ['unsqueeze']],
  ['aten.expand.default', { x: [3, 1] }, { ...self, size: [2, -1, 4] }, [[2, 3, 4]], ['expand']],
  ['aten.permute.default', { x: image }, { ...self, dims: [0, 2, 3, 1] }, [[2, 6, 5, 8]], ['transpose']],
  ['aten.permute.default', { x: image }, { ...self, dims: [0, 1, 2, 3] }, [image], []],
  ['aten.transpose.int', { x: image }, { ...self, dim0: 1, dim1: -1 }, [[2, 5, 6, 8]], ['transpose']],
  ['aten.t.default', { x: [2, 3] }, self, [[3, 2]], ['transpose']],
  ['aten.t.default', { x: [2] }, self, [[2]], []],
  ['aten.movedim.int', { x: image }, { ...self, source: 1, destination: -1 }, [[2, 6, 5, 8]], ['transpose']],
  ['aten.swapaxes.default', { x: image }, { ...self, axis0: 0, axis1: 1 }, [[8, 2, 6, 5]], ['transpose']],
  ['aten.contiguous.default', { x: image }, self, [image], []],
  ['aten.clone.default', { x: image }, { ...self, memory_format: { as_memory_format: 2 } }, [image], []],
  ['aten.detach_copy.default', { x: image }, self, [image], []],
  ['aten.as_strided.default', { x: [6, 6] }, { ...self, size: [2, 3], stride: [6, 1] }, [[2, 3]], ['stridedView']],
  ['aten.unfold.default', { x: [2, 10] }, { ...self, dimension: 1, size: 4, step: 3 }, [[2, 3, 4]], ['slidingWindow']],
  ['aten.atleast_2d.default', { x: [3] }, self, [[1, 3]], ['reshape']],
  ['aten.atleast_3d.default', { x: [3] }, self, [[1, 3, 1]], ['reshape']],

  // Movement
  ['aten.cat.default', { x: image, y: [2, 3, 6, 5] }, { tensors: ['%x', '%y'], dim: 1 }, [[2, 11, 6, 5]], ['concat']],
  ['aten.cat.default', { x: [2, 3], y: [2, 3] }, { tensors: ['%x', '%y'] }, [[4, 3]], ['concat']],
  ['aten.cat.default', { x: [0], y: [2, 3] }, { tensors: ['%x', '%y'] }, [[2, 3]], ['concat']],
  ['aten.stack.default', { x: [2, 3], y: [2, 3] }, { tensors: ['%x', '%y'], dim: -1 }, [[2, 3, 2]], ['stack']],
  ['aten.hstack.default', { x: [3], y: [4] }, { tensors: ['%x', '%y'] }, [[7]], ['concat']],
  ['aten.slice.Tensor', { x: image }, { ...self, dim: 1, start: 2, end: -1 }, [[2, 5, 6, 5]], ['slice']],
  ['aten.slice.Tensor', { x: image }, { ...self, dim: 1, end: 2 ** 63 }, [image], []],
  ['aten.slice.Tensor', { x: image }, { ...self, dim: 2, step: 2 }, [[2, 8, 3, 5]], ['slice']],
  ['aten.slice.Tensor', { x: image }, { ...self, dim: 2, start: 5, end: 2 }, [[2, 8, 0, 5]], ['slice']],
  ['aten.select.int', { x: image }, { ...self, dim: 1, index: -1 }, [[2, 6, 5]], ['slice', 'squeeze']],
  ['aten.narrow.default', { x: image }, { ...self, dim: 1, start: 1, length: 3 }, [[2, 3, 6, 5]], ['slice']],
  ['aten.pad.default', { x: image }, { ...self, pad: [1, 2, 3, 4] }, [[2, 8, 13, 8]], ['pad']],
  ['aten.pad.default', { x: image }, { ...self, pad: [0, 0] }, [image], []],
  ['aten.pad.default', { x: image }, { ...self, pad: [1, 1], mode: 'circular' }, [[2, 8, 6, 7]], ['pad']],
  ['aten.constant_pad_nd.default', { x: image }, { ...self, pad: [-1, -1], value: 0.0 }, [[2, 8, 6, 3]], ['pad']],
  ['aten.reflection_pad2d.default', { x: image }, { ...self, padding: [1, 1, 2, 2] }, [[2, 8, 10, 7]], ['pad']],
  ['aten.replication_pad1d.default', { x: [2, 3, 4] }, { ...self, padding: [1, 0] }, [[2, 3, 5]], ['pad']],
  ['aten.roll.default', { x: image }, { ...self, shifts: [1, 2], dims: [2, 3] }, [image], ['roll']],
  ['aten.flip.default', { x: image }, { ...self, dims: [3] }, [image], ['flip']],
  ['aten.tril.default', { x: [4, 4] }, self, [[4, 4]], ['triangle']],
  ['aten.repeat.default', { x: [2, 3] }, { ...self, repeats: [4, 1, 2] }, [[4, 2, 6]], ['reshape', 'tile']],
  ['aten.repeat.default', { x: [2, 3] }, { ...self, repeats: [1, 1] }, [[2, 3]], []],
  ['aten.repeat_interleave.self_int', { x: [2, 3] }, { ...self, repeats: 2, dim: 1 }, [[2, 6]], ['repeatInterleave']],
  ['aten.pixel_shuffle.default', { x: image }, { ...self, upscale_factor: 2 }, [[2, 2, 12, 10]], ['pixelShuffle']],
  [
    'aten.pixel_unshuffle.default',
    { x: [2, 3, 6, 4] },
    { ...self, downscale_factor: 2 },
    [[2, 12, 3, 2]],
    ['pixelUnshuffle'],
  ],
  ['aten.channel_shuffle.default', { x: image }, { ...self, groups: 2 }, [image], ['reshape', 'transpose', 'reshape']],
  [
    'aten.slice_scatter.default',
    { x: image, y: [2, 2, 6, 5] },
    { ...self, src: '%y', dim: 1, end: 2 },
    [image],
    ['overwrite'],
  ],

  ['aten.column_stack.default', { x: [3], y: [3, 2] }, { tensors: ['%x', '%y'] }, [[3, 3]], ['reshape', 'concat']],
  [
    'aten.max_unpool2d.default',
    { x: [1, 2, 3, 3], i: ints(1, 2, 3, 3) },
    { self: '%x', indices: '%i', output_size: [6, 7] },
    [[1, 2, 6, 7]],
    ['maxUnpool'],
  ],

  // Indexing
  ['aten.index.Tensor', { x: image, i: ints(4) }, { ...self, indices: [null, '%i'] }, [[2, 4, 6, 5]], ['gather']],
  [
    'aten.index.Tensor',
    { x: image, i: ints(4, 1), j: ints(3) },
    { ...self, indices: [null, '%i', '%j'] },
    [[2, 4, 3, 5]],
    ['advancedIndex'],
  ],
  [
    'aten.index.Tensor',
    { x: image, i: ints(4), j: ints(4) },
    { ...self, indices: ['%i', null, '%j'] },
    [[4, 8, 5]],
    ['advancedIndex'],
  ],
  ['aten.index_select.default', { x: image, i: ints(3) }, { ...self, dim: 1, index: '%i' }, [[2, 3, 6, 5]], ['gather']],
  [
    'aten.gather.default',
    { x: image, i: ints(2, 3, 6, 5) },
    { ...self, dim: 1, index: '%i' },
    [[2, 3, 6, 5]],
    ['gatherElements'],
  ],
  [
    'aten.embedding.default',
    { x: [50, 16], i: ints(2, 7) },
    { weight: '%x', indices: '%i' },
    [[2, 7, 16]],
    ['embedding'],
  ],
  [
    'aten.index_put.default',
    { x: image, i: ints(3), v: [3, 8, 6, 5] },
    { ...self, indices: ['%i'], values: '%v' },
    [image],
    ['overwrite'],
  ],
  [
    'aten.scatter.value',
    { x: [4, 4], i: ints(4, 1) },
    { ...self, dim: 1, index: '%i', value: 1.5 },
    [[4, 4]],
    ['expand', 'scatterElements'],
  ],
  [
    'aten.scatter_add.default',
    { x: [4, 4], i: ints(4, 1), s: [4, 1] },
    { ...self, dim: 1, index: '%i', src: '%s' },
    [[4, 4]],
    ['scatterElements'],
  ],
  ['aten.one_hot.default', { x: ints(2, 3) }, { ...self, num_classes: 7 }, [ints(2, 3, 7)], ['oneHot']],
  [
    'aten.diagonal.default',
    { x: [5, 4, 3] },
    { ...self, dim1: 0, dim2: 1 },
    [[3, 4]],
    ['transpose', 'range', 'advancedIndex'],
  ],

  // Creation
  ['aten.zeros.default', { x: [1] }, { size: [2, 3] }, [[2, 3]], ['fill']],
  ['aten.full_like.default', { x: image }, { ...self, fill_value: 2 }, [image], ['fill']],
  ['aten.new_ones.default', { x: image }, { ...self, size: [4] }, [[4]], ['fill']],
  ['aten.arange.default', { x: [1] }, { end: 7 }, [ints(7)], ['range']],
  ['aten.arange.start_step', { x: [1] }, { start: 1, end: 8, step: 3 }, [ints(3)], ['range']],
  ['aten.eye.default', { x: [1] }, { n: 4 }, [[4, 4]], ['fill']],
  ['aten.linspace.default', { x: [1] }, { start: 0.0, end: 1.0, steps: 5 }, [[5]], ['range']],
  ['aten.rand.default', { x: [1] }, { size: [3] }, [[3]], ['random']],

  // Elementwise
  ['aten.add.Tensor', { x: [2, 1], y: [3] }, { ...self, other: '%y' }, [[2, 3]], ['add']],
  ['aten.add.Tensor', { x: [2, 1], y: [3] }, { ...self, other: '%y', alpha: 2 }, [[2, 3]], ['mul', 'add']],
  ['aten.add_.Scalar', { x: [3] }, { ...self, other: 1 }, [[3]], ['add']],
  ['aten.rsub.Scalar', { x: [3] }, { ...self, other: 1.5 }, [[3]], ['sub']],
  ['aten.div.Tensor_mode', { x: [3] }, { ...self, other: 2, rounding_mode: 'floor' }, [[3]], ['floorDiv']],
  ['aten.pow.Tensor_Scalar', { x: [3] }, { ...self, exponent: 2 }, [[3]], ['square']],
  ['aten.pow.Tensor_Scalar', { x: [3] }, { ...self, exponent: 3 }, [[3]], ['pow']],
  ['aten.pow.Scalar', { x: [3] }, { self: 2, exponent: '%x' }, [[3]], ['pow']],
  ['aten.clamp.default', { x: [3] }, { ...self, min: 0.0, max: null }, [[3]], ['clip']],
  ['aten.clamp.Tensor', { x: [3], y: [2, 3] }, { ...self, min: '%y' }, [[2, 3]], ['max']],
  ['aten.eq.Scalar', { x: [3] }, { ...self, other: 0 }, [mask(3)], ['equal']],
  [
    'aten.where.self',
    { c: mask(3), x: [3], y: [2, 1] },
    { condition: '%c', self: '%x', other: '%y' },
    [[2, 3]],
    ['where'],
  ],
  ['aten.where.ScalarOther', { c: mask(3), x: [3] }, { condition: '%c', self: '%x', other: 0.0 }, [[3]], ['where']],
  ['aten.masked_fill.Scalar', { x: [2, 3], m: mask(3) }, { ...self, mask: '%m', value: -1.5 }, [[2, 3]], ['where']],
  [
    'aten.addcmul.default',
    { x: [3], y: [3], z: [2, 3] },
    { ...self, tensor1: '%y', tensor2: '%z' },
    [[2, 3]],
    ['mul', 'add'],
  ],
  ['aten.lerp.Scalar', { x: [3], y: [3] }, { ...self, end: '%y', weight: 0.5 }, [[3]], ['sub', 'mul', 'add']],
  ['aten.gelu.default', { x: [3] }, { ...self, approximate: 'tanh' }, [[3]], ['gelu']],
  ['aten.hardtanh_.default', { x: [3] }, { ...self, min_val: 0.0, max_val: 6.0 }, [[3]], ['relu6']],
  ['aten.leaky_relu.default', { x: [3] }, self, [[3]], ['leakyRelu']],
  ['aten.prelu.default', { x: image, w: [8] }, { ...self, weight: '%w' }, [image], ['prelu']],
  ['aten.glu.default', { x: image }, { ...self, dim: 1 }, [[2, 4, 6, 5]], ['glu']],
  ['aten._to_copy.default', { x: [3] }, { ...self, dtype: dtype(6) }, [{ shape: [3], dtype: 6 }], ['cast']],
  ['aten.to.dtype', { x: [3] }, { ...self, dtype: dtype(7) }, [[3]], []],
  ['aten.dropout.default', { x: [3] }, { input: '%x', p: 0.5, train: false }, [[3]], []],
  ['aten.dropout.default', { x: [3] }, { input: '%x', p: 0.5, train: true }, [[3]], ['dropout']],
  ['aten.native_dropout.default', { x: [3] }, { input: '%x', p: 0.5, train: false }, [[3], mask(3)], []],

  ['aten.special_expit.default', { x: [3] }, self, [[3]], ['sigmoid']],
  [
    'prims.convert_element_type.default',
    { x: [3] },
    { a: '%x', dtype: dtype(13) },
    [{ shape: [3], dtype: 13 }],
    ['cast'],
  ],
  [
    'aten._weight_norm.default',
    { v: [4, 3, 2], g: [4, 1, 1] },
    { v: '%v', g: '%g' },
    [[4, 3, 2]],
    ['reduceL2', 'div', 'mul'],
  ],

  // Reductions
  ['aten.mean.dim', { x: image }, { ...self, dim: [2, 3], keepdim: true }, [[2, 8, 1, 1]], ['reduceMean']],
  ['aten.mean.default', { x: image }, self, [[]], ['reduceMean']],
  ['aten.sum.dim_IntList', { x: image }, { ...self, dim: [-1] }, [[2, 8, 6]], ['reduceSum']],
  ['aten.sum.dim_IntList', { x: image }, { ...self, dim: [] }, [[]], ['reduceSum']],
  ['aten.amax.default', { x: image }, { ...self, dim: [1], keepdim: true }, [[2, 1, 6, 5]], ['reduceMax']],
  ['aten.max.dim', { x: image }, { ...self, dim: 1 }, [[2, 6, 5], ints(2, 6, 5)], ['reduceMax', 'argMax']],
  ['aten.max.default', { x: image }, self, [[]], ['reduceMax']],
  ['aten.max.other', { x: [3], y: [2, 3] }, { ...self, other: '%y' }, [[2, 3]], ['max']],
  ['aten.var.correction', { x: image }, { ...self, dim: [1], keepdim: true }, [[2, 1, 6, 5]], ['reduceVariance']],
  [
    'aten.var_mean.correction',
    { x: image },
    { ...self, dim: [1] },
    [
      [2, 6, 5],
      [2, 6, 5],
    ],
    ['reduceVariance', 'reduceMean'],
  ],
  ['aten.linalg_vector_norm.default', { x: image }, { ...self, ord: 2, dim: [2, 3] }, [[2, 8]], ['reduceL2']],
  [
    'aten.linalg_vector_norm.default',
    { x: image },
    { ...self, ord: 3, dim: [2, 3] },
    [[2, 8]],
    ['abs', 'pow', 'reduceSum', 'pow'],
  ],
  ['aten.argmax.default', { x: image }, { ...self, dim: 1 }, [ints(2, 6, 5)], ['argMax']],
  ['aten.argmax.default', { x: image }, self, [ints()], ['reshape', 'argMax']],
  ['aten.cumsum.default', { x: image }, { ...self, dim: 1 }, [image], ['cumSum']],
  ['aten.topk.default', { x: image }, { ...self, k: 3 }, [[2, 8, 6, 3], ints(2, 8, 6, 3)], ['topK']],
  ['aten.sort.default', { x: image }, self, [image, ints(...image)], ['sort']],
  ['aten.softmax.int', { x: image }, { ...self, dim: -1 }, [image], ['softmax']],
  ['aten._log_softmax.default', { x: image }, { ...self, dim: 1, half_to_float: false }, [image], ['logSoftmax']],
  [
    'aten.cosine_similarity.default',
    { x: [2, 5], y: [2, 5] },
    { x1: '%x', x2: '%y' },
    [[2]],
    ['mul', 'reduceSum', 'reduceL2', 'reduceL2', 'mul', 'div'],
  ],

  // Layers
  [
    'aten.conv2d.default',
    { x: image, w: [4, 8, 3, 3] },
    { input: '%x', weight: '%w', stride: [2, 1], padding: [1] },
    [[2, 4, 3, 5]],
    ['conv'],
  ],
  [
    'aten.conv2d.padding',
    { x: image, w: [4, 8, 4, 3] },
    { input: '%x', weight: '%w', padding: 'same' },
    [[2, 4, 6, 5]],
    ['conv'],
  ],
  [
    'aten.conv2d.default',
    { x: [8, 6, 5], w: [4, 8, 3, 3] },
    { input: '%x', weight: '%w' },
    [[4, 4, 3]],
    ['unsqueeze', 'conv', 'squeeze'],
  ],
  [
    'aten.conv1d.default',
    { x: [2, 4, 9], w: [6, 2, 3] },
    { input: '%x', weight: '%w', groups: 2, dilation: [2] },
    [[2, 6, 5]],
    ['conv'],
  ],
  [
    'aten.conv3d.default',
    { x: [1, 2, 4, 5, 6], w: [3, 2, 3, 3, 3] },
    { input: '%x', weight: '%w' },
    [[1, 3, 2, 3, 4]],
    ['conv'],
  ],
  [
    'aten.convolution.default',
    { x: image, w: [4, 8, 1, 1] },
    {
      input: '%x',
      weight: '%w',
      bias: null,
      stride: [1, 1],
      padding: [0, 0],
      dilation: [1, 1],
      transposed: false,
      output_padding: [0, 0],
      groups: 1,
    },
    [[2, 4, 6, 5]],
    ['conv'],
  ],
  [
    'aten.convolution.default',
    { x: image, w: [8, 2, 2, 2] },
    {
      input: '%x',
      weight: '%w',
      bias: null,
      stride: [2, 2],
      padding: [0, 0],
      dilation: [1, 1],
      transposed: true,
      output_padding: [1, 0],
      groups: 2,
    },
    [[2, 4, 13, 10]],
    ['convTranspose'],
  ],
  [
    'aten.conv_transpose2d.input',
    { x: image, w: [8, 4, 4, 4] },
    { input: '%x', weight: '%w', stride: [2, 2], padding: [1, 1] },
    [[2, 4, 12, 10]],
    ['convTranspose'],
  ],
  ['aten.max_pool2d.default', { x: image }, { ...self, kernel_size: [2, 2] }, [[2, 8, 3, 2]], ['maxPool']],
  [
    'aten.max_pool2d.default',
    { x: image },
    { ...self, kernel_size: [2], stride: [2], ceil_mode: true },
    [[2, 8, 3, 3]],
    ['maxPool'],
  ],
  [
    'aten.max_pool2d_with_indices.default',
    { x: image },
    { ...self, kernel_size: [3, 3], stride: [1, 1], padding: [1, 1] },
    [image, ints(...image)],
    ['maxPool'],
  ],
  [
    'aten.avg_pool2d.default',
    { x: image },
    { ...self, kernel_size: [2, 2], count_include_pad: false },
    [[2, 8, 3, 2]],
    ['avgPool'],
  ],
  [
    'aten.adaptive_avg_pool2d.default',
    { x: image },
    { ...self, output_size: [1, 1] },
    [[2, 8, 1, 1]],
    ['globalAvgPool'],
  ],
  [
    'aten.adaptive_avg_pool2d.default',
    { x: image },
    { ...self, output_size: [3, 5] },
    [[2, 8, 3, 5]],
    ['adaptiveAvgPool'],
  ],
  [
    'aten.adaptive_avg_pool1d.default',
    { x: [8, 6] },
    { ...self, output_size: [2] },
    [[8, 2]],
    ['unsqueeze', 'adaptiveAvgPool', 'squeeze'],
  ],
  [
    'aten.batch_norm.default',
    { x: image, c: [8] },
    {
      input: '%x',
      weight: '%c',
      bias: '%c',
      running_mean: '%c',
      running_var: '%c',
      training: false,
      momentum: 0.1,
      eps: 1e-5,
      cudnn_enabled: true,
    },
    [image],
    ['batchNorm'],
  ],
  [
    'aten._native_batch_norm_legit_no_training.default',
    { x: image, c: [8] },
    { input: '%x', weight: '%c', bias: '%c', running_mean: '%c', running_var: '%c', momentum: 0.1, eps: 1e-3 },
    [image, [0], [0]],
    ['batchNorm'],
  ],
  [
    'aten.batch_norm.default',
    { x: image },
    {
      input: '%x',
      weight: null,
      bias: null,
      running_mean: null,
      running_var: null,
      training: true,
      momentum: 0.1,
      eps: 1e-5,
      cudnn_enabled: true,
    },
    [image],
    ['instanceNorm'],
  ],
  [
    'aten.layer_norm.default',
    { x: [2, 7, 16], w: [16] },
    { input: '%x', normalized_shape: [16], weight: '%w', bias: '%w' },
    [[2, 7, 16]],
    ['layerNorm'],
  ],
  [
    'aten.native_layer_norm.default',
    { x: [2, 7, 16] },
    { input: '%x', normalized_shape: [7, 16], weight: null, bias: null, eps: 1e-5 },
    [
      [2, 7, 16],
      [2, 1, 1],
      [2, 1, 1],
    ],
    ['layerNorm'],
  ],
  [
    'aten.group_norm.default',
    { x: image, w: [8] },
    { input: '%x', num_groups: 4, weight: '%w', bias: '%w' },
    [image],
    ['groupNorm'],
  ],
  [
    'aten.native_group_norm.default',
    { x: image },
    { input: '%x', weight: null, bias: null, N: 2, C: 8, HxW: 30, group: 2, eps: 1e-5 },
    [image, [2, 2], [2, 2]],
    ['groupNorm'],
  ],
  [
    'aten.instance_norm.default',
    { x: image },
    { input: '%x', use_input_stats: true, momentum: 0.1, eps: 1e-5, cudnn_enabled: true },
    [image],
    ['instanceNorm'],
  ],
  [
    'aten.rms_norm.default',
    { x: [2, 7, 16], w: [16] },
    { input: '%x', normalized_shape: [16], weight: '%w' },
    [[2, 7, 16]],
    ['rmsNorm'],
  ],
  [
    'aten.upsample_nearest2d.vec',
    { x: image },
    { input: '%x', output_size: null, scale_factors: [2.0, 2.5] },
    [[2, 8, 12, 12]],
    ['resize'],
  ],
  [
    'aten.upsample_bilinear2d.vec',
    { x: image },
    { input: '%x', output_size: [7, 9], align_corners: false, scale_factors: null },
    [[2, 8, 7, 9]],
    ['resize'],
  ],
  [
    'aten.grid_sampler.default',
    { x: image, g: [2, 3, 4, 2] },
    { input: '%x', grid: '%g', interpolation_mode: 0, padding_mode: 0, align_corners: false },
    [[2, 8, 3, 4]],
    ['gridSample'],
  ],
  [
    'aten.affine_grid_generator.default',
    { t: [2, 2, 3] },
    { theta: '%t', size: [2, 8, 6, 5], align_corners: false },
    [[2, 6, 5, 2]],
    ['fill', 'matmul', 'reshape'],
  ],
  [
    'aten.im2col.default',
    { x: image },
    { ...self, kernel_size: [3, 3], dilation: [1, 1], padding: [1, 1], stride: [2, 2] },
    [[2, 72, 9]],
    ['unfold'],
  ],
  [
    'aten.col2im.default',
    { x: [2, 72, 9] },
    { ...self, output_size: [6, 5], kernel_size: [3, 3], dilation: [1, 1], padding: [1, 1], stride: [2, 2] },
    [image],
    ['fold'],
  ],
  [
    'quantized_decomposed.quantize_per_tensor.default',
    { x: image },
    { input: '%x', scale: 0.5, zero_point: 3, quant_min: -128, quant_max: 127, dtype: dtype(2) },
    [{ shape: image, dtype: 2 }],
    ['quantize'],
  ],
];

describe('an aten operator', () => {
  it.each(OPERATORS.map((row) => ({ title: `${row[0]} ${JSON.stringify(row[2])}`, row })))(
    '$title has torch’s output shape',
    async ({ row: [target, tensors, inputs, outputs, ops] }) => {
      const graph = await readOperator(target, tensors, inputs, ...outputs);
      expect(opsOf(graph)).toEqual(ops);
      for (const node of graph.nodes) {
        const valid = ajv.compile(opOf(node.op).attributes);
        expect(valid(node.attributes), `${node.op} ${JSON.stringify(node.attributes)}`).toBe(true);
      }
      const [first] = outputs;
      const stated = first !== undefined && 'shape' in first ? first : { shape: first ?? [] };
      const output = graph.values[graph.outputs[0] as number];
      expect(output?.shape).toEqual(stated.shape);
      if ('dtype' in stated && stated.dtype === INT) expect(output?.dtype).toBe('int64');
    },
  );

  it('of several outputs gives a part for each', async () => {
    const split = async (target: string, inputs: Record<string, unknown>, ...shapes: number[][]) => {
      const outputs = Object.fromEntries(shapes.map((shape, i) => [`part${i}`, shape]));
      const node = { target, inputs: { self: '%x', ...inputs }, outputs, list: true };
      const graph = await readProgram({ inputs: { x: [2, 7, 3] }, nodes: [node] });
      return graph.outputs.map((id) => graph.values[id]?.shape);
    };
    const cut = (...sizes: number[]) => sizes.map((size) => [2, size, 3]);
    expect(await split('aten.split.Tensor', { split_size: 3, dim: 1 }, ...cut(3, 3, 1))).toEqual(cut(3, 3, 1));
    expect(await split('aten.chunk.default', { chunks: 3, dim: 1 }, ...cut(3, 3, 1))).toEqual(cut(3, 3, 1));
    expect(await split('aten.split_with_sizes.default', { split_sizes: [5, 2], dim: 1 }, ...cut(5, 2))).toEqual(
      cut(5, 2),
    );
    expect(await split('aten.tensor_split.sections', { sections: 3, dim: 1 }, ...cut(3, 2, 2))).toEqual(cut(3, 2, 2));
    expect(await split('aten.unbind.int', {}, [7, 3], [7, 3])).toEqual([
      [7, 3],
      [7, 3],
    ]);
  });
});

describe('a product', () => {
  const madds = async (...row: Parameters<typeof readOperator>) => maddsOf(await readOperator(...row));

  it('costs one multiply-add for each output and summand', async () => {
    expect(await madds('aten.mm.default', { x: [3, 4], y: [4, 5] }, { self: '%x', mat2: '%y' }, [3, 5])).toBe(60);
    expect(await madds('aten.bmm.default', { x: [2, 3, 4], y: [2, 4, 5] }, { self: '%x', mat2: '%y' }, [2, 3, 5])).toBe(
      120,
    );
    expect(await madds('aten.matmul.default', { x: [2, 3, 4], y: [4] }, { self: '%x', other: '%y' }, [2, 3])).toBe(24);
    expect(await madds('aten.inner.default', { x: [3, 4], y: [2, 5, 4] }, { self: '%x', other: '%y' }, [3, 2, 5])).toBe(
      120,
    );
    expect(
      await madds(
        'aten._grouped_mm.default',
        { x: [10, 4], w: [3, 4, 5] },
        { self: '%x', mat2: '%w', offs: null },
        [10, 5],
      ),
    ).toBe(10 * 4 * 5);
    expect(await madds('aten.dot.default', { x: [4], y: [4] }, { self: '%x', tensor: '%y' }, [])).toBe(4);
    expect(
      await madds(
        'aten.baddbmm.default',
        { b: [2, 3, 5], x: [2, 3, 4], y: [2, 4, 5] },
        { self: '%b', batch1: '%x', batch2: '%y' },
        [2, 3, 5],
      ),
    ).toBe(120);
    expect(
      await madds(
        'aten.einsum.default',
        { x: [2, 3, 4], y: [2, 5, 4] },
        { equation: 'b i d, b j d -> b i j', tensors: ['%x', '%y'] },
        [2, 3, 5],
      ),
    ).toBe(120);
  });

  it('of attention counts scores and weighted sum, key heads shared between query heads', async () => {
    const heads = { q: [2, 8, 10, 16], k: [2, 2, 7, 16], v: [2, 2, 7, 12], m: mask(10, 7) };
    const inputs = { query: '%q', key: '%k', value: '%v', attn_mask: '%m', enable_gqa: true };
    const target = 'aten.scaled_dot_product_attention.default';
    expect(await madds(target, heads, inputs, [2, 8, 10, 12])).toBe(2 * 8 * 10 * 7 * (16 + 12));
    expect(
      await madds(
        'aten._scaled_dot_product_flash_attention_for_cpu.default',
        { q: [1, 2, 5, 4] },
        { query: '%q', key: '%q', value: '%q' },
        [1, 2, 5, 4],
        [1, 2, 5],
      ),
    ).toBe(1 * 2 * 5 * 5 * 8);
  });
});

describe('an operator that archmeter does not know', () => {
  it('is opaque, with the shapes that the file states', async () => {
    const graph = await readOperator(
      'aten.linalg_eigvals.default',
      { x: [2, 5, 5] },
      { self: '%x' },
      { shape: [2, 5], dtype: 10 },
    );
    expect(graph.nodes).toMatchObject([
      {
        op: 'opaque',
        attributes: { type: 'aten.linalg_eigvals.default', outputs: [{ shape: [2, 5], dtype: 'complex64' }] },
      },
    ]);
  });

  it('may be of any namespace', async () => {
    const graph = await readOperator('mylib.special.default', { x: [2, 8] }, { x: '%x' }, [3]);
    expect(graph.nodes[0]).toMatchObject({ op: 'opaque', attributes: { type: 'mylib.special.default' } });
  });
});
