// Written by `node .dev/zoo-names.js` from the families. Do not edit.

/** By family: each model's name and its aliases, in the order of the family's variants. */
// biome-ignore format: one model a line
export const MODEL_NAMES = {
  densenet: [
    'densenet121',
    'densenet161',
    'densenet169',
    'densenet201',
    'densenet264d',
  ],
  'densenet-cifar': [
    'densenet40-cifar densenet40 densenet-40-12',
    'osa5x43-cifar',
    'osa12x20-cifar',
  ],
  resnet: [
    'resnet18',
    'resnet34',
    'resnet50',
    'resnet101',
    'resnet152',
    'resnext50-32x4d resnext50_32x4d resnext50',
    'resnext101-32x8d resnext101_32x8d',
    'resnext101-64x4d resnext101_64x4d',
    'wide-resnet50-2 wide_resnet50_2 wide-resnet50',
    'wide-resnet101-2 wide_resnet101_2 wide-resnet101',
  ],
  vovnet: [
    'vovnet27-slim vovnet27slim',
    'vovnet39 vovnet39a',
    'vovnet57 vovnet57a',
    'vovnet-v2-19-slim-dw',
    'vovnet-v2-19-slim',
    'vovnet-v2-19-dw',
    'vovnet-v2-19',
    'vovnet-v2-39',
    'vovnet-v2-57',
    'vovnet-v2-99',
    'ese-vovnet19b-slim-dw ese_vovnet19b_slim_dw',
    'ese-vovnet19b-slim ese_vovnet19b_slim',
    'ese-vovnet19b-dw ese_vovnet19b_dw',
    'ese-vovnet19b ese_vovnet19b',
    'ese-vovnet39b ese_vovnet39b',
    'ese-vovnet57b ese_vovnet57b',
    'ese-vovnet99b ese_vovnet99b',
  ],
  'vovnet-seed': [
    'vovnet27-seed vovnet27',
  ],
} as const;
