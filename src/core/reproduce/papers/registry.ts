// Written by `npm run registries` from the files in this folder. Do not edit.

/** Members by file name, imported when asked for. */
export const registry = {
  convnext: () => import('./convnext.js'),
  'data-movement': () => import('./data-movement.js'),
  densenet: () => import('./densenet.js'),
  'efficiency-misnomer': () => import('./efficiency-misnomer.js'),
  fasternet: () => import('./fasternet.js'),
  hardnet: () => import('./hardnet.js'),
  'mobilenet-v4': () => import('./mobilenet-v4.js'),
  regnet: () => import('./regnet.js'),
  repvit: () => import('./repvit.js'),
  'shufflenet-v2': () => import('./shufflenet-v2.js'),
  shvit: () => import('./shvit.js'),
  vovnet: () => import('./vovnet.js'),
  'vovnet-v2': () => import('./vovnet-v2.js'),
} as const;
