// Written by `npm run registries` from the files in this folder. Do not edit.

/** Members by file name, imported when asked for. */
export const registry = {
  densenet: () => import('./densenet.js'),
  'densenet-cifar': () => import('./densenet-cifar.js'),
  resnet: () => import('./resnet.js'),
  vovnet: () => import('./vovnet.js'),
  'vovnet-seed': () => import('./vovnet-seed.js'),
} as const;
