import type { Published } from '../define-family.js';

/** Figures of torchvision's weights: `num_params`, `_ops` (billions of multiply-adds) and `acc@1` of its model files. */
export function torchvision(params: number, billions: number, top1: number, weights = 'IMAGENET1K_V1'): Published {
  return { params, madds: billions * 1e9, top1, source: `torchvision ${weights}` };
}

/** Parameters of a timm model, and the top-1 of its weights `tag` in timm's results/results-imagenet.csv. */
export function timm(params: number, top1?: number, tag?: string): Published {
  return { params, source: 'timm', ...(top1 === undefined ? {} : { top1, top1Source: `timm ${tag}` }) };
}
