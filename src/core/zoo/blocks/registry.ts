// Written by `npm run registries` from the files in this folder. Do not edit.

/** Members by file name, imported when asked for. */
export const registry = {
  basic: () => import('./basic.js'),
  bottleneck: () => import('./bottleneck.js'),
  'conv-norm-act': () => import('./conv-norm-act.js'),
  convnext: () => import('./convnext.js'),
  'csp-stage': () => import('./csp-stage.js'),
  dense: () => import('./dense.js'),
  'dense-layer': () => import('./dense-layer.js'),
  eca: () => import('./eca.js'),
  ese: () => import('./ese.js'),
  'fused-inverted-residual': () => import('./fused-inverted-residual.js'),
  'ghost-bottleneck': () => import('./ghost-bottleneck.js'),
  'ghost-module': () => import('./ghost-module.js'),
  hardnet: () => import('./hardnet.js'),
  'inverted-residual': () => import('./inverted-residual.js'),
  mobileone: () => import('./mobileone.js'),
  osa: () => import('./osa.js'),
  repvgg: () => import('./repvgg.js'),
  'shufflenet-v2-unit': () => import('./shufflenet-v2-unit.js'),
  'squeeze-excitation': () => import('./squeeze-excitation.js'),
  swin: () => import('./swin.js'),
  transition: () => import('./transition.js'),
  'universal-inverted-bottleneck': () => import('./universal-inverted-bottleneck.js'),
  'vit-encoder': () => import('./vit-encoder.js'),
} as const;
