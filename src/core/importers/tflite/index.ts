import type { Importer } from '../define-importer.js';

const tflite: Importer = {
  format: 'tflite',
  title: 'TensorFlow Lite',
  extensions: ['.tflite', '.lite'],
  matches(head, name) {
    // The identifier of the flatbuffer schema.
    if (String.fromCharCode(...head.subarray(4, 8)) === 'TFL3') return 'content';
    return name.endsWith('.tflite') || name.endsWith('.lite') ? 'name' : false;
  },
  takesInputData: true,
  read: async (source, options) => (await import('./read.js')).readTensorFlowLite(source, options),
};

export default tflite;
