import type { RunColumn } from './coverage.js';

/** Ops that have no column, by the reason why. */
export const EXEMPT: Readonly<Record<RunColumn | 'importers', Readonly<Record<string, string>>>> = {
  reference: {
    'quantize dequantize fakeQuantize': 'timings run on floats: quantised graphs are counted, not run',
    'advancedIndex overwrite stridedView': 'views and writes in place of torch, whose values depend on strides',
    'cumMax cumMin deformableConv fourierTransform gridSample linearAttention maxUnpool nonZero roiAlign rotaryEmbedding':
      'no block or model of the zoo has it, and no runtime that is checked runs it alone',
    random: 'its values are not reproducible across runtimes',
    opaque: 'archmeter does not know what it computes',
  },
  tfjs: {
    'gcd lcm bitAnd bitOr bitXor bitNot bitShiftLeft bitShiftRight':
      'TensorFlow.js has no kernel for integers on every backend',
    'cumMax cumMin deformableConv fold fourierTransform gridSample maxUnpool roiAlign scatterElements':
      'TensorFlow.js has no kernel for it on every backend',
    'erfinv lgamma digamma besselI0': 'TensorFlow.js has no kernel for the special function',
    'quantize dequantize fakeQuantize': 'TensorFlow.js computes in float32',
    'linearAttention rotaryEmbedding': 'TensorFlow.js has no kernel; models of the zoo have none',
    'advancedIndex nonZero overwrite stridedView': 'sizes or strides follow the data',
    random: 'its values are not reproducible across runtimes',
    opaque: 'archmeter does not know what it computes',
  },
  export: {
    'gcd lcm atan2 cumMax cumMin erfinv lgamma digamma besselI0': 'ONNX has no such op',
    'bitShiftLeft bitShiftRight': 'ONNX shifts unsigned integers alone before opset 26',
    cumProd: 'ONNX has no such op before opset 26',
    'deformableConv fourierTransform linearAttention maxUnpool roiAlign rotaryEmbedding':
      'files are counted as they are; graphs of the zoo, which are exported, have none',
    'quantize dequantize fakeQuantize': 'weights of exported graphs are floats',
    'advancedIndex overwrite stridedView': 'views and writes in place of torch',
    random: 'its values are not reproducible across runtimes',
    opaque: 'archmeter does not know what it computes',
  },
  importers: {
    squaredRelu: 'files write it as relu and square',
  },
};

/** Ops of ONNX whose shapes are worked out and whose work is not counted, which every total says, by the reason why. */
export const UNCOUNTED_ONNX: Readonly<Record<string, string>> = {
  NonMaxSuppression: 'its work and the number of boxes depend on the scores',
  Det: 'no definition says by which elimination; models of images and text have none',
  'RegexFullMatch StringConcat TfIdfVectorizer LabelEncoder CategoryMapper': 'work on texts is no arithmetic',
  'ArrayFeatureExtractor Binarizer Imputer Normalizer Scaler': 'classical models and their preparation of data',
  'Adagrad Adam Momentum': 'steps of training: files for inference have none',
};
