import type { RunColumn } from './coverage.js';

/** Ops that have no column, by the reason why. */
export const EXEMPT: Readonly<Record<RunColumn | 'importers', Readonly<Record<string, string>>>> = {
  reference: {
    'quantize dequantize fakeQuantize': 'timings run on floats: quantised graphs are counted, not run',
    'advancedIndex overwrite stridedView': 'views and writes in place of torch, whose values depend on strides',
    'cumMax cumMin deformableConv fourierTransform gridSample maxUnpool nonZero roiAlign rotaryEmbedding':
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
    rotaryEmbedding: 'TensorFlow.js has no kernel; models of the zoo have none',
    'advancedIndex nonZero overwrite stridedView': 'sizes or strides follow the data',
    random: 'its values are not reproducible across runtimes',
    opaque: 'archmeter does not know what it computes',
  },
  export: {
    'gcd lcm atan2 cumMax cumMin erfinv lgamma digamma besselI0': 'ONNX has no such op',
    'bitShiftLeft bitShiftRight': 'ONNX shifts unsigned integers alone before opset 26',
    cumProd: 'ONNX has no such op before opset 26',
    'deformableConv fourierTransform maxUnpool roiAlign rotaryEmbedding':
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
