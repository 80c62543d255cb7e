import type { DType } from '../../ir/tensor.js';

/** Places of the fields in the vtables of TensorFlow Lite's schema.fbs: 4 + 2 · field id. */
export const MODEL = { operatorCodes: 6, subgraphs: 8, description: 10, buffers: 12, signatures: 18 } as const;
export const OPERATOR_CODE = { deprecatedCode: 4, customCode: 6, code: 10 } as const;
export const SUBGRAPH = { tensors: 4, inputs: 6, outputs: 8, operators: 10 } as const;
export const TENSOR = { shape: 4, type: 6, buffer: 8, name: 10, isVariable: 14, shapeSignature: 18 } as const;
export const OPERATOR = { code: 4, inputs: 6, outputs: 8, options: 12, options2: 28 } as const;
export const BUFFER = { data: 4, offset: 6, size: 8 } as const;
export const SIGNATURE = { inputs: 4, outputs: 6, subgraph: 12 } as const;
export const TENSOR_MAP = { name: 4, tensor: 6 } as const;

/** TensorType, by number. */
export const TENSOR_TYPES: readonly DType[] = [
  'float32',
  'float16',
  'int32',
  'uint8',
  'int64',
  'string',
  'bool',
  'int16',
  'complex64',
  'int8',
  'float64',
  'complex128',
  'uint64',
  'int32', // RESOURCE: a handle
  'int32', // VARIANT: a list
  'uint32',
  'uint16',
  'int4',
  'bfloat16',
  'int2',
  'uint4',
];

/** ActivationFunctionType: what follows a kernel in the same operator. */
export const FUSED_ACTIVATIONS: readonly (string | undefined)[] = [
  undefined,
  'Relu',
  'ReluN1To1',
  'Relu6',
  'Tanh',
  'SignBit',
];

type FieldKind =
  | 'int32'
  | 'int8'
  | 'flag'
  | 'float'
  | 'integers'
  | 'padding'
  | 'activation'
  | 'mirror'
  | 'subgraph'
  | 'text';

/** A field of an operator's options: the attribute it becomes, its place, kind, and its default where that is not 0. */
export interface OptionField {
  readonly attribute: string;
  readonly place: number;
  readonly kind: FieldKind;
  readonly fallback?: number;
}

const field = (attribute: string, place: number, kind: FieldKind, fallback?: number): OptionField => ({
  attribute,
  place,
  kind,
  ...(fallback === undefined ? {} : { fallback }),
});

const activation = (place: number) => field('activation', place, 'activation');
const axis = (place: number) => field('axis', place, 'int32');
const arithmetic = [activation(4)];
const reducer = [field('keep_dims', 4, 'flag')];
const pool = [
  field('padding', 4, 'padding'),
  field('stride_w', 6, 'int32'),
  field('stride_h', 8, 'int32'),
  field('filter_w', 10, 'int32'),
  field('filter_h', 12, 'int32'),
  activation(14),
];
const conv3d = [
  field('padding', 4, 'padding'),
  field('stride_d', 6, 'int32'),
  field('stride_w', 8, 'int32'),
  field('stride_h', 10, 'int32'),
  activation(12),
  field('dilation_d', 14, 'int32', 1),
  field('dilation_w', 16, 'int32', 1),
  field('dilation_h', 18, 'int32', 1),
];

/** Fields of the options of those operators that have any that matter. */
export const OPTION_FIELDS: Readonly<Record<string, readonly OptionField[]>> = {
  ADD: arithmetic,
  SUB: arithmetic,
  MUL: arithmetic,
  DIV: arithmetic,
  L2_NORMALIZATION: arithmetic,
  CONCATENATION: [axis(4), activation(6)],
  CONV_2D: [
    field('padding', 4, 'padding'),
    field('stride_w', 6, 'int32'),
    field('stride_h', 8, 'int32'),
    activation(10),
    field('dilation_w', 12, 'int32', 1),
    field('dilation_h', 14, 'int32', 1),
  ],
  DEPTHWISE_CONV_2D: [
    field('padding', 4, 'padding'),
    field('stride_w', 6, 'int32'),
    field('stride_h', 8, 'int32'),
    activation(12),
    field('dilation_w', 14, 'int32', 1),
    field('dilation_h', 16, 'int32', 1),
  ],
  TRANSPOSE_CONV: [
    field('padding', 4, 'padding'),
    field('stride_w', 6, 'int32'),
    field('stride_h', 8, 'int32'),
    activation(10),
  ],
  CONV_3D: conv3d,
  CONV_3D_TRANSPOSE: conv3d,
  FULLY_CONNECTED: [activation(4), field('keep_num_dims', 8, 'flag')],
  AVERAGE_POOL_2D: pool,
  MAX_POOL_2D: pool,
  L2_POOL_2D: pool,
  BATCH_MATMUL: [field('adj_x', 4, 'flag'), field('adj_y', 6, 'flag')],
  RESHAPE: [field('shape', 4, 'integers')],
  SQUEEZE: [field('squeeze_dims', 4, 'integers')],
  PACK: [axis(6)],
  UNPACK: [axis(6)],
  SPLIT: [field('num_split', 4, 'int32')],
  GATHER: [axis(4), field('batch_dims', 6, 'int32')],
  ONE_HOT: [axis(4)],
  STRIDED_SLICE: [
    field('begin_mask', 4, 'int32'),
    field('end_mask', 6, 'int32'),
    field('ellipsis_mask', 8, 'int32'),
    field('new_axis_mask', 10, 'int32'),
    field('shrink_axis_mask', 12, 'int32'),
  ],
  MIRROR_PAD: [field('mode', 4, 'mirror')],
  DEPTH_TO_SPACE: [field('block_size', 4, 'int32')],
  SPACE_TO_DEPTH: [field('block_size', 4, 'int32')],
  RESIZE_BILINEAR: [field('align_corners', 8, 'flag'), field('half_pixel_centers', 10, 'flag')],
  RESIZE_NEAREST_NEIGHBOR: [field('align_corners', 4, 'flag'), field('half_pixel_centers', 6, 'flag')],
  LEAKY_RELU: [field('alpha', 4, 'float')],
  GELU: [field('approximate', 4, 'flag')],
  LOCAL_RESPONSE_NORMALIZATION: [field('depth_radius', 4, 'int32')],
  CUMSUM: [field('exclusive', 4, 'flag'), field('reverse', 6, 'flag')],
  REVERSE_SEQUENCE: [field('seq_dim', 4, 'int32')],
  MEAN: reducer,
  SUM: reducer,
  REDUCE_PROD: reducer,
  REDUCE_MAX: reducer,
  REDUCE_MIN: reducer,
  REDUCE_ANY: reducer,
  REDUCE_ALL: reducer,
  IF: [field('then_branch', 4, 'subgraph'), field('else_branch', 6, 'subgraph')],
  WHILE: [field('cond', 4, 'subgraph'), field('body', 6, 'subgraph')],
  CALL: [field('f', 4, 'subgraph')],
  STABLEHLO_COMPOSITE: [field('f', 6, 'subgraph')],
  VAR_HANDLE: [field('shared_name', 6, 'text')],
  SVDF: [field('rank', 4, 'int32'), activation(6)],
  RNN: [activation(4)],
  UNIDIRECTIONAL_SEQUENCE_RNN: [field('time_major', 4, 'flag')],
  BIDIRECTIONAL_SEQUENCE_RNN: [field('time_major', 4, 'flag'), field('merge_outputs', 8, 'flag')],
  UNIDIRECTIONAL_SEQUENCE_LSTM: [field('time_major', 10, 'flag')],
  BIDIRECTIONAL_SEQUENCE_LSTM: [field('merge_outputs', 10, 'flag'), field('time_major', 12, 'flag')],
};
