import type { Importer } from '../define-importer.js';
import { isModelFile } from './match.js';

const onnx: Importer = {
  format: 'onnx',
  title: 'ONNX',
  extensions: ['.onnx'],
  matches: (head, name) => (isModelFile(head) ? 'content' : name.toLowerCase().endsWith('.onnx') ? 'name' : false),
  takesInputData: true,
  read: async (source, options) => (await (await import('./read.js')).importOnnx(source, options)).graph,
  readWithContents: async (source, options) => (await import('./read.js')).importOnnxWithContents(source, options),
};

export default onnx;
