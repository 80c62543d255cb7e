import type { Importer } from '../define-importer.js';

const tfjs: Importer = {
  format: 'tfjs',
  title: 'TensorFlow.js',
  extensions: ['.json'],
  matches(head, name) {
    const text = new TextDecoder('latin1').decode(head);
    if (!/^\s*\{/.test(text)) return false;
    if (/"(modelTopology|weightsManifest)"|"(graph|layers)-model"/.test(text)) return 'content';
    return name === 'model.json' && !/"class_name"/.test(text) ? 'name' : false;
  },
  takesInputData: true,
  read: async (source, options) => (await import('./read.js')).readTensorFlowJs(source, options),
  readWithContents: async (source, options) => (await import('./read.js')).readWithWeights(source, options),
};

export default tfjs;
