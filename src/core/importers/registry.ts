// Written by `npm run registries` from the files in this folder. Do not edit.

/** Members by file name, imported when asked for. */
export const registry = {
  keras: () => import('./keras/index.js'),
  onnx: () => import('./onnx/index.js'),
  pt2: () => import('./pt2/index.js'),
  tfjs: () => import('./tfjs/index.js'),
  tflite: () => import('./tflite/index.js'),
} as const;
