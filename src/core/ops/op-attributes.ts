// Written by `npm run registries` from the schemas of the ops. Do not edit.

import type { DType } from '../ir/tensor.js';

type None = Readonly<Record<string, never>>;

/** What a layer of each op may say, by the op's name; `undefined` is as good as leaving it out. */
// biome-ignore format: generated
export interface OpAttributes {
  readonly relu: None;
  readonly relu6: None;
  readonly squaredRelu: None;
  readonly leakyRelu: {
    /** Default 0.01. */
    readonly alpha?: number | undefined;
  };
  readonly thresholdedRelu: {
    /** Default 1. */
    readonly alpha?: number | undefined;
    /** Default 0. */
    readonly value?: number | undefined;
  };
  readonly elu: {
    /** Default 1. */
    readonly alpha?: number | undefined;
    /** Default 1. */
    readonly scale?: number | undefined;
    /** Default 1. */
    readonly inputScale?: number | undefined;
  };
  readonly selu: {
    /** Default 1.6732632423543772. */
    readonly alpha?: number | undefined;
    /** Default 1.0507009873554805. */
    readonly scale?: number | undefined;
  };
  readonly celu: {
    /** Default 1. */
    readonly alpha?: number | undefined;
  };
  readonly quickGelu: None;
  readonly sigmoid: None;
  readonly hardSigmoid: {
    /** Default 0.16666666666666666. */
    readonly alpha?: number | undefined;
    /** Default 0.5. */
    readonly beta?: number | undefined;
  };
  readonly logSigmoid: None;
  readonly tanh: None;
  readonly hardTanh: {
    /** Default -1. */
    readonly min?: number | undefined;
    /** Default 1. */
    readonly max?: number | undefined;
  };
  readonly clip: {
    readonly min?: number | undefined;
    readonly max?: number | undefined;
  };
  readonly silu: OpAttributes['celu'];
  readonly hardSwish: None;
  readonly mish: None;
  readonly softplus: {
    /** Default 1. */
    readonly beta?: number | undefined;
    /** Default 20. */
    readonly threshold?: number | undefined;
  };
  readonly softsign: None;
  readonly softShrink: {
    /** Default 0.5. */
    readonly lambda?: number | undefined;
  };
  readonly hardShrink: {
    /** Default 0.5. */
    readonly lambda?: number | undefined;
    /** Default 0. */
    readonly bias?: number | undefined;
  };
  readonly tanhShrink: None;
  readonly squarePlus: {
    /** Default 4. */
    readonly b?: number | undefined;
  };
  readonly sparsePlus: None;
  readonly sparseSigmoid: None;
  readonly adaptiveAvgPool: {
    /** Spatial output size, or one per spatial axis; null keeps the size of the input. */
    readonly outputSize: number | readonly (number | null)[];
    /** Default "channelsFirst". */
    readonly layout?: 'channelsFirst' | 'channelsLast' | undefined;
  };
  readonly adaptiveMaxPool: OpAttributes['adaptiveAvgPool'];
  readonly advancedIndex: {
    /** The axis that each tensor of indices picks from. */
    readonly axes: readonly number[];
  };
  readonly argMax: {
    /** Default: over all elements. */
    readonly axis?: number | undefined;
    /** Keep the axis with size 1. Default false. */
    readonly keepDims?: boolean | undefined;
  };
  readonly argMin: OpAttributes['argMax'];
  readonly attention: {
    /** Each query sees keys up to its own position. Default false. */
    readonly causal?: boolean | undefined;
    /** Factor of the scores; default 1/√E. */
    readonly scale?: number | undefined;
    /** Scores become cap·tanh(score/cap); 0 is off. Default 0. */
    readonly softCap?: number | undefined;
    /** Keys and values cached before the given ones. Default 0. */
    readonly cacheLength?: number | undefined;
  };
  readonly avgPool: {
    readonly kernel: number | readonly number[];
    /** Default: the kernel. */
    readonly stride?: number | readonly number[] | undefined;
    /** Default 0. */
    readonly padding?: 'same' | 'sameLower' | 'valid' | number | readonly number[] | readonly (readonly number[])[] | undefined;
    /** Default 1. */
    readonly dilation?: number | readonly number[] | undefined;
    /** Default false. */
    readonly ceilMode?: boolean | undefined;
    /** Default "channelsFirst". */
    readonly layout?: 'channelsFirst' | 'channelsLast' | undefined;
    /** Whether padding counts in the divisor, as in torch; ONNX and TensorFlow: false. Default true. */
    readonly countIncludePad?: boolean | undefined;
    /** Divisor instead of the window size. */
    readonly divisor?: number | undefined;
  };
  readonly batchNorm: {
    /** Trained scale and shift. Default true. */
    readonly affine?: boolean | undefined;
    /** With affine: the scale (Keras can leave it out). Default true. */
    readonly scale?: boolean | undefined;
    /** With affine: the shift (Keras can leave it out). Default true. */
    readonly shift?: boolean | undefined;
    /** Added to variances. Default 0.00001. */
    readonly epsilon?: number | undefined;
    /** Default "channelsFirst". */
    readonly layout?: 'channelsFirst' | 'channelsLast' | undefined;
  };
  readonly add: None;
  readonly sub: None;
  readonly mul: None;
  readonly div: {
    /** Of the quotient; ONNX truncates quotients of integers. */
    readonly rounding?: 'floor' | 'trunc' | undefined;
  };
  readonly floorDiv: None;
  readonly mod: {
    /** With the sign of x instead, as fmod. Default false. */
    readonly truncated?: boolean | undefined;
  };
  readonly pow: None;
  readonly min: None;
  readonly max: None;
  readonly gcd: None;
  readonly lcm: None;
  readonly atan2: None;
  readonly equal: None;
  readonly notEqual: None;
  readonly less: None;
  readonly lessEqual: None;
  readonly greater: None;
  readonly greaterEqual: None;
  readonly and: None;
  readonly or: None;
  readonly xor: None;
  readonly bitAnd: None;
  readonly bitOr: None;
  readonly bitXor: None;
  readonly bitShiftLeft: None;
  readonly bitShiftRight: None;
  readonly cast: {
    /** Element type of the output. */
    readonly to: DType;
  };
  readonly concat: {
    /** The channels of NCHW. Default 1. */
    readonly axis?: number | undefined;
  };
  readonly conv: {
    readonly outChannels: number;
    readonly kernel: number | readonly number[];
    /** Default 1. */
    readonly stride?: number | readonly number[] | undefined;
    /** Default 0. */
    readonly padding?: 'same' | 'sameLower' | 'valid' | number | readonly number[] | readonly (readonly number[])[] | undefined;
    /** Default 1. */
    readonly dilation?: number | readonly number[] | undefined;
    /** Default 1. */
    readonly groups?: number | undefined;
    /** Default true. */
    readonly bias?: boolean | undefined;
    /** Default "channelsFirst". */
    readonly layout?: 'channelsFirst' | 'channelsLast' | undefined;
  };
  readonly convTranspose: {
    readonly outChannels: number;
    readonly kernel: number | readonly number[];
    /** Default 1. */
    readonly stride?: number | readonly number[] | undefined;
    /** Cut from the output; same: output is input times stride. Default 0. */
    readonly padding?: 'same' | 'sameLower' | 'valid' | number | readonly number[] | readonly (readonly number[])[] | undefined;
    /** Extra size at the end of each spatial axis. Default 0. */
    readonly outputPadding?: number | readonly number[] | undefined;
    /** Default 1. */
    readonly dilation?: number | readonly number[] | undefined;
    /** Default 1. */
    readonly groups?: number | undefined;
    /** Default true. */
    readonly bias?: boolean | undefined;
    /** Default "channelsFirst". */
    readonly layout?: 'channelsFirst' | 'channelsLast' | undefined;
  };
  readonly cumSum: {
    readonly axis: number;
    /** Each result leaves its own element out. Default false. */
    readonly exclusive?: boolean | undefined;
    /** From the end. Default false. */
    readonly reverse?: boolean | undefined;
  };
  readonly cumProd: OpAttributes['cumSum'];
  readonly cumMax: OpAttributes['cumSum'];
  readonly cumMin: OpAttributes['cumSum'];
  readonly deformableConv: {
    readonly outChannels: number;
    readonly kernel: number | readonly number[];
    /** Default 1. */
    readonly stride?: number | readonly number[] | undefined;
    /** Default 0. */
    readonly padding?: 'same' | 'sameLower' | 'valid' | number | readonly number[] | readonly (readonly number[])[] | undefined;
    /** Default 1. */
    readonly dilation?: number | readonly number[] | undefined;
    /** Default 1. */
    readonly groups?: number | undefined;
    /** Groups of channels with offsets of their own. Default 1. */
    readonly offsetGroups?: number | undefined;
    /** Default true. */
    readonly bias?: boolean | undefined;
  };
  readonly dropout: {
    readonly rate?: number | undefined;
  };
  readonly einsum: {
    /** As in numpy, e.g. 'bhqd,bhkd->bhqk'. */
    readonly equation: string;
  };
  readonly embedding: {
    /** Rows of the table. */
    readonly count: number;
    /** Elements of a row. */
    readonly features: number;
  };
  readonly expand: {
    /** Aligned at the last axis; -1 or 1 keeps the size of the input. */
    readonly shape: readonly number[];
  };
  readonly flatten: {
    /** First axis to join; 1 keeps the batch. Default 1. */
    readonly startAxis?: number | undefined;
    /** Last axis to join. Default -1. */
    readonly endAxis?: number | undefined;
  };
  readonly fourierTransform: {
    /** Of the samples. */
    readonly axis: number;
    /** Samples are cut or padded to it; default: as many as there are. */
    readonly length?: number | undefined;
    /** Of real samples: half of the spectrum. Default false. */
    readonly oneSided?: boolean | undefined;
    /** From the spectrum; with oneSided to real samples. Default false. */
    readonly inverse?: boolean | undefined;
  };
  readonly gather: {
    /** Default 0. */
    readonly axis?: number | undefined;
    /** Leading axes that data and indices share. Default 0. */
    readonly batchAxes?: number | undefined;
  };
  readonly gatherElements: {
    /** Default 0. */
    readonly axis?: number | undefined;
  };
  readonly gatherNd: {
    /** Leading axes that data and indices share. Default 0. */
    readonly batchAxes?: number | undefined;
  };
  readonly gelu: {
    /** With the error function. Default "none". */
    readonly approximate?: 'none' | 'tanh' | undefined;
  };
  readonly fill: {
    readonly shape: readonly number[];
    /** Default "float32". */
    readonly dtype?: DType | undefined;
    readonly value: number;
  };
  readonly random: {
    readonly shape: readonly number[];
    /** Default "float32". */
    readonly dtype?: DType | undefined;
    /** Default "uniform". */
    readonly distribution?: 'uniform' | 'normal' | undefined;
  };
  readonly range: {
    /** Default 0. */
    readonly start?: number | undefined;
    readonly limit: number;
    /** Default 1. */
    readonly step?: number | undefined;
    /** Default "int64". */
    readonly dtype?: DType | undefined;
  };
  readonly globalAvgPool: {
    /** Keep the spatial axes with size 1. Default true. */
    readonly keepDims?: boolean | undefined;
    /** Default "channelsFirst". */
    readonly layout?: 'channelsFirst' | 'channelsLast' | undefined;
  };
  readonly globalMaxPool: OpAttributes['globalAvgPool'];
  readonly glu: {
    /** Axis that is halved. Default -1. */
    readonly axis?: number | undefined;
  };
  readonly gridSample: {
    /** Default "linear". */
    readonly mode?: 'nearest' | 'linear' | 'cubic' | undefined;
    /** Outside the input. Default "zeros". */
    readonly paddingMode?: 'zeros' | 'border' | 'reflection' | undefined;
    /** Default false. */
    readonly alignCorners?: boolean | undefined;
  };
  readonly groupNorm: {
    readonly groups: number;
    /** Trained scale and shift. Default true. */
    readonly affine?: boolean | undefined;
    /** With affine: the shift. Default true. */
    readonly bias?: boolean | undefined;
    /** Added to variances. Default 0.00001. */
    readonly epsilon?: number | undefined;
    /** Default "channelsFirst". */
    readonly layout?: 'channelsFirst' | 'channelsLast' | undefined;
  };
  readonly identity: None;
  readonly instanceNorm: {
    /** Trained scale and shift. Default true. */
    readonly affine?: boolean | undefined;
    /** Added to variances. Default 0.00001. */
    readonly epsilon?: number | undefined;
    /** Default "channelsFirst". */
    readonly layout?: 'channelsFirst' | 'channelsLast' | undefined;
  };
  readonly layerNorm: {
    /** How many trailing axes are normalised together. Default 1. */
    readonly axes?: number | undefined;
    /** Trained scale and shift. Default true. */
    readonly affine?: boolean | undefined;
    /** With affine: the shift. Default true. */
    readonly bias?: boolean | undefined;
    /** Added to variances. Default 0.00001. */
    readonly epsilon?: number | undefined;
  };
  readonly linear: {
    readonly outFeatures: number;
    /** Default true. */
    readonly bias?: boolean | undefined;
  };
  readonly linearAttention: {
    readonly queryHeads: number;
    /** Heads of keys, values and states; divide the query heads. */
    readonly keyHeads: number;
    /** How a key and value change the state: added, after a decay, in place of what the key recalls, or both. Default "gatedDelta". */
    readonly rule?: 'linear' | 'gated' | 'delta' | 'gatedDelta' | undefined;
  };
  readonly localResponseNorm: {
    /** Neighbouring channels that are summed. */
    readonly size: number;
    /** Default 0.0001. */
    readonly alpha?: number | undefined;
    /** Default 0.75. */
    readonly beta?: number | undefined;
    /** Default 1. */
    readonly k?: number | undefined;
    /** Default "channelsFirst". */
    readonly layout?: 'channelsFirst' | 'channelsLast' | undefined;
  };
  readonly lpPool: {
    readonly kernel: number | readonly number[];
    /** Default: the kernel. */
    readonly stride?: number | readonly number[] | undefined;
    /** Default 0. */
    readonly padding?: 'same' | 'sameLower' | 'valid' | number | readonly number[] | readonly (readonly number[])[] | undefined;
    /** Default 1. */
    readonly dilation?: number | readonly number[] | undefined;
    /** Default false. */
    readonly ceilMode?: boolean | undefined;
    /** Default "channelsFirst". */
    readonly layout?: 'channelsFirst' | 'channelsLast' | undefined;
    /** Default 2. */
    readonly p?: number | undefined;
  };
  readonly matmul: {
    /** Swap the last two axes of the left operand first. Default false. */
    readonly transposeLeft?: boolean | undefined;
    /** Swap the last two axes of the right operand first. Default false. */
    readonly transposeRight?: boolean | undefined;
  };
  readonly maxPool: {
    readonly kernel: number | readonly number[];
    /** Default: the kernel. */
    readonly stride?: number | readonly number[] | undefined;
    /** Default 0. */
    readonly padding?: 'same' | 'sameLower' | 'valid' | number | readonly number[] | readonly (readonly number[])[] | undefined;
    /** Default 1. */
    readonly dilation?: number | readonly number[] | undefined;
    /** Default false. */
    readonly ceilMode?: boolean | undefined;
    /** Default "channelsFirst". */
    readonly layout?: 'channelsFirst' | 'channelsLast' | undefined;
    /** A second output: where each maximum stood. Default false. */
    readonly indices?: boolean | undefined;
  };
  readonly maxUnpool: {
    readonly kernel: number | readonly number[];
    /** Default: the kernel. */
    readonly stride?: number | readonly number[] | undefined;
    /** Default 0. */
    readonly padding?: 'same' | 'sameLower' | 'valid' | number | readonly number[] | readonly (readonly number[])[] | undefined;
    /** Spatial output size, where several fit. */
    readonly outputSize?: number | readonly number[] | undefined;
  };
  readonly nonZero: {
    /** How many there are; default: all, the most there can be. */
    readonly count?: number | undefined;
  };
  readonly normalize: {
    readonly axis: number;
    /** Default 2. */
    readonly p?: number | undefined;
    /** Least norm, as in torch. Default 1e-12. */
    readonly epsilon?: number | undefined;
  };
  readonly oneHot: {
    /** Number of classes. */
    readonly depth: number;
    /** Where the classes stand in the output. Default -1. */
    readonly axis?: number | undefined;
    /** Element type of the output. Default "float32". */
    readonly to?: DType | undefined;
  };
  readonly opaque: {
    /** What the file calls the op. */
    readonly type: string;
    /** Why archmeter cannot count it. */
    readonly reason?: string | undefined;
    /** Output types, where the file tells them. */
    readonly outputs: readonly ({ readonly shape: readonly number[]; readonly dtype: string })[];
  };
  readonly overwrite: {
    /** Add to what is there instead of replacing it. Default false. */
    readonly accumulate?: boolean | undefined;
  };
  readonly pad: {
    /** [begin, end] for each axis; negative cuts off. */
    readonly pads: readonly (readonly number[])[];
    /** Default "constant". */
    readonly mode?: 'constant' | 'reflect' | 'symmetric' | 'edge' | 'wrap' | undefined;
    /** Of the constant. Default 0. */
    readonly value?: number | undefined;
  };
  readonly pixelShuffle: {
    /** Side of a block. */
    readonly factor: number;
    /** Of the joined channels: columnRowDepth (torch) or depthColumnRow (TensorFlow). Default "columnRowDepth". */
    readonly order?: 'columnRowDepth' | 'depthColumnRow' | undefined;
    /** Default "channelsFirst". */
    readonly layout?: 'channelsFirst' | 'channelsLast' | undefined;
  };
  readonly pixelUnshuffle: OpAttributes['pixelShuffle'];
  readonly prelu: {
    /** Trained slopes: 1 or one for each channel. Default 1. */
    readonly slopes?: number | undefined;
  };
  readonly quantize: {
    /** Element type of the output. Default "int8". */
    readonly to?: DType | undefined;
    /** Of the channels, where scales differ by channel. Default 1. */
    readonly axis?: number | undefined;
    /** Elements of the axis that share a scale. */
    readonly blockSize?: number | undefined;
  };
  readonly dequantize: {
    /** Element type of the output. Default "float32". */
    readonly to?: DType | undefined;
    /** Of the channels, where scales differ by channel. Default 1. */
    readonly axis?: number | undefined;
    /** Elements of the axis that share a scale. */
    readonly blockSize?: number | undefined;
  };
  readonly fakeQuantize: {
    /** Of the channels, where scales differ by channel. Default 1. */
    readonly axis?: number | undefined;
    /** Elements of the axis that share a scale. */
    readonly blockSize?: number | undefined;
  };
  readonly roll: {
    readonly shifts: readonly number[];
    readonly axes?: readonly number[] | undefined;
  };
  readonly flip: {
    readonly axes: readonly number[];
  };
  readonly lstm: {
    readonly hiddenSize: number;
    /** Stacked layers. Default 1. */
    readonly layers?: number | undefined;
    /** A second pass from the end. Default false. */
    readonly bidirectional?: boolean | undefined;
    /** Default true. */
    readonly bias?: boolean | undefined;
    /** Per gate: 2 (torch, ONNX: of input and state) or 1 (Keras). Default 2. */
    readonly biasVectors?: number | undefined;
    /** LSTM with projected output (arXiv 1402.1128). */
    readonly projectionSize?: number | undefined;
    /** Input [N, L, features] instead of [L, N, features]. Default false. */
    readonly batchFirst?: boolean | undefined;
  };
  readonly gru: OpAttributes['lstm'];
  readonly rnn: OpAttributes['lstm'];
  readonly reduceSum: {
    /** Default, and when empty: all axes. */
    readonly axes?: readonly number[] | undefined;
    /** Keep reduced axes with size 1. Default false. */
    readonly keepDims?: boolean | undefined;
  };
  readonly reduceMean: OpAttributes['reduceSum'];
  readonly reduceMax: OpAttributes['reduceSum'];
  readonly reduceMin: OpAttributes['reduceSum'];
  readonly reduceProd: OpAttributes['reduceSum'];
  readonly reduceAny: OpAttributes['reduceSum'];
  readonly reduceAll: OpAttributes['reduceSum'];
  readonly reduceL1: OpAttributes['reduceSum'];
  readonly reduceL2: OpAttributes['reduceSum'];
  readonly reduceSumSquare: OpAttributes['reduceSum'];
  readonly reduceLogSum: OpAttributes['reduceSum'];
  readonly reduceLogSumExp: OpAttributes['reduceSum'];
  readonly reduceVariance: OpAttributes['reduceSum'];
  readonly reduceStd: OpAttributes['reduceSum'];
  readonly repeatInterleave: {
    readonly repeats: number;
    readonly axis: number;
  };
  readonly reshape: {
    /** 0 copies the size of the same input axis; one -1 is inferred. */
    readonly shape: readonly number[];
    /** 0 means size 0 instead. Default false. */
    readonly allowZero?: boolean | undefined;
  };
  readonly resize: {
    /** Spatial output size, or one per spatial axis. */
    readonly size?: number | readonly number[] | undefined;
    /** Factor, or one per spatial axis; the output is rounded down. Used where no size is given. */
    readonly scale?: number | readonly number[] | undefined;
    /** Default "nearest". */
    readonly mode?: 'nearest' | 'linear' | 'cubic' | 'area' | undefined;
    /** Corner pixels keep their values. Default false. */
    readonly alignCorners?: boolean | undefined;
    /** Where an output pixel lies in the input (ONNX Resize). Default "halfPixel". */
    readonly coordinates?: 'halfPixel' | 'asymmetric' | 'pytorchHalfPixel' | 'cropAndResize' | undefined;
    /** Wider window when making smaller; counted without. Default false. */
    readonly antialias?: boolean | undefined;
    /** Default "channelsFirst". */
    readonly layout?: 'channelsFirst' | 'channelsLast' | undefined;
  };
  readonly rmsNorm: {
    /** How many trailing axes are normalised together. Default 1. */
    readonly axes?: number | undefined;
    /** Trained scale. Default true. */
    readonly affine?: boolean | undefined;
    /** Added to variances. Default 0.00001. */
    readonly epsilon?: number | undefined;
  };
  readonly roiAlign: {
    readonly outputSize: number | readonly number[];
    /** Samples per bin and axis; 0 follows the size of the region and counts as 2. Default 0. */
    readonly samplingRatio?: number | undefined;
    /** Of the samples of a bin. Default "mean". */
    readonly mode?: 'mean' | 'max' | undefined;
  };
  readonly rotaryEmbedding: {
    /** Pairs are neighbours, not halves. Default false. */
    readonly interleaved?: boolean | undefined;
  };
  readonly scatterElements: {
    /** Default 0. */
    readonly axis?: number | undefined;
    /** How an update meets what is there; none: it replaces it. Default "none". */
    readonly reduction?: 'none' | 'add' | 'mul' | 'max' | 'min' | 'mean' | undefined;
  };
  readonly scatterNd: {
    /** How an update meets what is there; none: it replaces it. Default "none". */
    readonly reduction?: 'none' | 'add' | 'mul' | 'max' | 'min' | 'mean' | undefined;
  };
  readonly slice: {
    /** First index of each sliced axis; negative counts from the end. */
    readonly starts: readonly number[];
    /** Index after the last; negative counts from the end, too large is the end. */
    readonly ends: readonly number[];
    /** Axes that are sliced; default the first ones. */
    readonly axes?: readonly number[] | undefined;
    /** Default 1; negative walks backwards. */
    readonly steps?: readonly number[] | undefined;
  };
  readonly slidingWindow: {
    readonly axis: number;
    /** Elements of a window. */
    readonly size: number;
    /** Default 1. */
    readonly step?: number | undefined;
  };
  readonly softmax: {
    /** Default -1. */
    readonly axis?: number | undefined;
  };
  readonly logSoftmax: OpAttributes['softmax'];
  readonly hardmax: OpAttributes['softmax'];
  readonly sort: {
    /** Default -1. */
    readonly axis?: number | undefined;
    /** Default false. */
    readonly descending?: boolean | undefined;
  };
  readonly split: {
    /** The channels of NCHW. Default 1. */
    readonly axis?: number | undefined;
    /** Size of each part along the axis; together the whole axis. */
    readonly sizes: readonly number[];
  };
  readonly squeeze: {
    /** Default: every axis of size 1. */
    readonly axes?: readonly number[] | undefined;
  };
  readonly stack: {
    /** Where the new axis stands in the output. Default 0. */
    readonly axis?: number | undefined;
  };
  readonly stridedView: {
    readonly shape: readonly number[];
    /** Element type that the bits are read as. */
    readonly to?: DType | undefined;
  };
  readonly tile: {
    /** For each axis; more entries than axes add axes in front. */
    readonly repeats: readonly number[];
  };
  readonly topK: {
    readonly k: number;
    /** Default -1. */
    readonly axis?: number | undefined;
    /** Default true. */
    readonly largest?: boolean | undefined;
    /** Default true. */
    readonly sorted?: boolean | undefined;
  };
  readonly transpose: {
    /** Input axis of each output axis; default: all reversed. */
    readonly permutation?: readonly number[] | undefined;
  };
  readonly triangle: {
    /** Keep the upper triangle or the lower. Default true. */
    readonly upper?: boolean | undefined;
    /** Where the triangle begins; 0 is the main diagonal. Default 0. */
    readonly diagonal?: number | undefined;
  };
  readonly exp: None;
  readonly expm1: None;
  readonly log: None;
  readonly log1p: None;
  readonly log2: None;
  readonly sqrt: None;
  readonly rsqrt: None;
  readonly square: None;
  readonly abs: None;
  readonly neg: None;
  readonly reciprocal: None;
  readonly erfinv: None;
  readonly lgamma: None;
  readonly digamma: None;
  readonly besselI0: None;
  readonly erf: None;
  readonly floor: None;
  readonly ceil: None;
  readonly round: None;
  readonly trunc: None;
  readonly sign: None;
  readonly sin: None;
  readonly cos: None;
  readonly tan: None;
  readonly asin: None;
  readonly acos: None;
  readonly atan: None;
  readonly sinh: None;
  readonly cosh: None;
  readonly asinh: None;
  readonly acosh: None;
  readonly atanh: None;
  readonly not: None;
  readonly bitNot: None;
  readonly isNaN: None;
  readonly isInf: None;
  readonly unfold: {
    readonly kernel: number | readonly number[];
    /** Default 1. */
    readonly stride?: number | readonly number[] | undefined;
    /** Default 0. */
    readonly padding?: 'same' | 'sameLower' | 'valid' | number | readonly number[] | readonly (readonly number[])[] | undefined;
    /** Default 1. */
    readonly dilation?: number | readonly number[] | undefined;
  };
  readonly fold: {
    /** Spatial size of the image. */
    readonly outputSize: number | readonly number[];
    readonly kernel: number | readonly number[];
    /** Default 1. */
    readonly stride?: number | readonly number[] | undefined;
    /** Default 0. */
    readonly padding?: 'same' | 'sameLower' | 'valid' | number | readonly number[] | readonly (readonly number[])[] | undefined;
    /** Default 1. */
    readonly dilation?: number | readonly number[] | undefined;
  };
  readonly unsqueeze: {
    /** Axes of the output that are new. */
    readonly axes: readonly number[];
  };
  readonly where: None;
}

/** The attributes with a default, which `GraphBuilder` fills in. */
// biome-ignore format: generated
export interface DefaultedAttributes {
  readonly leakyRelu: 'alpha';
  readonly thresholdedRelu: 'alpha' | 'value';
  readonly elu: 'alpha' | 'scale' | 'inputScale';
  readonly selu: 'alpha' | 'scale';
  readonly celu: 'alpha';
  readonly hardSigmoid: 'alpha' | 'beta';
  readonly hardTanh: 'min' | 'max';
  readonly silu: 'alpha';
  readonly softplus: 'beta' | 'threshold';
  readonly softShrink: 'lambda';
  readonly hardShrink: 'lambda' | 'bias';
  readonly squarePlus: 'b';
  readonly adaptiveAvgPool: 'layout';
  readonly adaptiveMaxPool: 'layout';
  readonly argMax: 'keepDims';
  readonly argMin: 'keepDims';
  readonly attention: 'causal' | 'softCap' | 'cacheLength';
  readonly avgPool: 'stride' | 'padding' | 'dilation' | 'ceilMode' | 'layout' | 'countIncludePad';
  readonly batchNorm: 'affine' | 'scale' | 'shift' | 'epsilon' | 'layout';
  readonly mod: 'truncated';
  readonly concat: 'axis';
  readonly conv: 'stride' | 'padding' | 'dilation' | 'groups' | 'bias' | 'layout';
  readonly convTranspose: 'stride' | 'padding' | 'outputPadding' | 'dilation' | 'groups' | 'bias' | 'layout';
  readonly cumSum: 'exclusive' | 'reverse';
  readonly cumProd: 'exclusive' | 'reverse';
  readonly cumMax: 'exclusive' | 'reverse';
  readonly cumMin: 'exclusive' | 'reverse';
  readonly deformableConv: 'stride' | 'padding' | 'dilation' | 'groups' | 'offsetGroups' | 'bias';
  readonly flatten: 'startAxis' | 'endAxis';
  readonly fourierTransform: 'oneSided' | 'inverse';
  readonly gather: 'axis' | 'batchAxes';
  readonly gatherElements: 'axis';
  readonly gatherNd: 'batchAxes';
  readonly gelu: 'approximate';
  readonly fill: 'dtype';
  readonly random: 'dtype' | 'distribution';
  readonly range: 'start' | 'step' | 'dtype';
  readonly globalAvgPool: 'keepDims' | 'layout';
  readonly globalMaxPool: 'keepDims' | 'layout';
  readonly glu: 'axis';
  readonly gridSample: 'mode' | 'paddingMode' | 'alignCorners';
  readonly groupNorm: 'affine' | 'bias' | 'epsilon' | 'layout';
  readonly instanceNorm: 'affine' | 'epsilon' | 'layout';
  readonly layerNorm: 'axes' | 'affine' | 'bias' | 'epsilon';
  readonly linear: 'bias';
  readonly linearAttention: 'rule';
  readonly localResponseNorm: 'alpha' | 'beta' | 'k' | 'layout';
  readonly lpPool: 'stride' | 'padding' | 'dilation' | 'ceilMode' | 'layout' | 'p';
  readonly matmul: 'transposeLeft' | 'transposeRight';
  readonly maxPool: 'stride' | 'padding' | 'dilation' | 'ceilMode' | 'layout' | 'indices';
  readonly maxUnpool: 'stride' | 'padding';
  readonly normalize: 'p' | 'epsilon';
  readonly oneHot: 'axis' | 'to';
  readonly overwrite: 'accumulate';
  readonly pad: 'mode' | 'value';
  readonly pixelShuffle: 'order' | 'layout';
  readonly pixelUnshuffle: 'order' | 'layout';
  readonly prelu: 'slopes';
  readonly quantize: 'to' | 'axis';
  readonly dequantize: 'to' | 'axis';
  readonly fakeQuantize: 'axis';
  readonly lstm: 'layers' | 'bidirectional' | 'bias' | 'biasVectors' | 'batchFirst';
  readonly gru: 'layers' | 'bidirectional' | 'bias' | 'biasVectors' | 'batchFirst';
  readonly rnn: 'layers' | 'bidirectional' | 'bias' | 'biasVectors' | 'batchFirst';
  readonly reduceSum: 'keepDims';
  readonly reduceMean: 'keepDims';
  readonly reduceMax: 'keepDims';
  readonly reduceMin: 'keepDims';
  readonly reduceProd: 'keepDims';
  readonly reduceAny: 'keepDims';
  readonly reduceAll: 'keepDims';
  readonly reduceL1: 'keepDims';
  readonly reduceL2: 'keepDims';
  readonly reduceSumSquare: 'keepDims';
  readonly reduceLogSum: 'keepDims';
  readonly reduceLogSumExp: 'keepDims';
  readonly reduceVariance: 'keepDims';
  readonly reduceStd: 'keepDims';
  readonly reshape: 'allowZero';
  readonly resize: 'mode' | 'alignCorners' | 'coordinates' | 'antialias' | 'layout';
  readonly rmsNorm: 'axes' | 'affine' | 'epsilon';
  readonly roiAlign: 'samplingRatio' | 'mode';
  readonly rotaryEmbedding: 'interleaved';
  readonly scatterElements: 'axis' | 'reduction';
  readonly scatterNd: 'reduction';
  readonly slidingWindow: 'step';
  readonly softmax: 'axis';
  readonly logSoftmax: 'axis';
  readonly hardmax: 'axis';
  readonly sort: 'axis' | 'descending';
  readonly split: 'axis';
  readonly stack: 'axis';
  readonly topK: 'axis' | 'largest' | 'sorted';
  readonly triangle: 'upper' | 'diagonal';
  readonly unfold: 'stride' | 'padding' | 'dilation';
  readonly fold: 'stride' | 'padding' | 'dilation';
}

export type OpName = keyof OpAttributes;
