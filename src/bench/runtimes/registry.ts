// Written by `npm run registries` from the files in this folder. Do not edit.

/** Members by file name, imported when asked for. */
export const registry = {
  onnxruntime: () => import('./onnxruntime.js'),
  'tfjs-node': () => import('./tfjs-node.js'),
  'tfjs-node-gpu': () => import('./tfjs-node-gpu.js'),
  'tfjs-wasm': () => import('./tfjs-wasm.js'),
  'tfjs-webgpu': () => import('./tfjs-webgpu.js'),
} as const;
