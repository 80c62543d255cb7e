// Written by `npm run registries` from the files in this folder. Do not edit.

/** Members by file name, imported when asked for. */
export const registry = {
  alexnet: () => import('./alexnet.js'),
  convnext: () => import('./convnext.js'),
  cspnet: () => import('./cspnet.js'),
  densenet: () => import('./densenet.js'),
  'densenet-cifar': () => import('./densenet-cifar.js'),
  efficientnet: () => import('./efficientnet.js'),
  'efficientnet-v2': () => import('./efficientnet-v2.js'),
  ghostnet: () => import('./ghostnet.js'),
  hardnet: () => import('./hardnet.js'),
  mnasnet: () => import('./mnasnet.js'),
  'mobilenet-v1': () => import('./mobilenet-v1.js'),
  'mobilenet-v2': () => import('./mobilenet-v2.js'),
  'mobilenet-v3': () => import('./mobilenet-v3.js'),
  peleenet: () => import('./peleenet.js'),
  regnet: () => import('./regnet.js'),
  repvgg: () => import('./repvgg.js'),
  resnet: () => import('./resnet.js'),
  'shufflenet-v2': () => import('./shufflenet-v2.js'),
  squeezenet: () => import('./squeezenet.js'),
  swin: () => import('./swin.js'),
  vgg: () => import('./vgg.js'),
  vit: () => import('./vit.js'),
  vovnet: () => import('./vovnet.js'),
  'vovnet-seed': () => import('./vovnet-seed.js'),
} as const;
