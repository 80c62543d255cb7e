// Written by `npm run registries` from the files in this folder. Do not edit.

/** Members by file name, imported when asked for. */
export const registry = {
  chrome: () => import('./chrome/index.js'),
  nsight: () => import('./nsight/index.js'),
  onnxruntime: () => import('./onnxruntime/index.js'),
  pytorch: () => import('./pytorch/index.js'),
  tensorrt: () => import('./tensorrt/index.js'),
  xla: () => import('./xla/index.js'),
} as const;
