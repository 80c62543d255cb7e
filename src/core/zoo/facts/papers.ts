import type { Paper } from '../define-block.js';

/** Publications that more than one file of the zoo refers to. */

const arxiv = (title: string, id: string, year: number): Paper => ({ title, url: `https://arxiv.org/abs/${id}`, year });

export const BATCH_NORM = arxiv(
  'Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift',
  '1502.03167',
  2015,
);
export const RESNET = arxiv('Deep Residual Learning for Image Recognition', '1512.03385', 2015);
export const DENSENET = arxiv('Densely Connected Convolutional Networks', '1608.06993', 2016);
export const SQUEEZE_EXCITATION = arxiv('Squeeze-and-Excitation Networks', '1709.01507', 2017);
export const MOBILENET_V2 = arxiv('MobileNetV2: Inverted Residuals and Linear Bottlenecks', '1801.04381', 2018);
export const SHUFFLENET_V2 = arxiv(
  'ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture Design',
  '1807.11164',
  2018,
);
export const VOVNET = arxiv(
  'An Energy and GPU-Computation Efficient Backbone Network for Real-Time Object Detection',
  '1904.09730',
  2019,
);
export const CENTERMASK = arxiv('CenterMask: Real-Time Anchor-Free Instance Segmentation', '1911.06667', 2019);
export const HARDNET = arxiv('HarDNet: A Low Memory Traffic Network', '1909.00948', 2019);
export const CSPNET = arxiv('CSPNet: A New Backbone that can Enhance Learning Capability of CNN', '1911.11929', 2019);
export const ECA_NET = arxiv(
  'ECA-Net: Efficient Channel Attention for Deep Convolutional Neural Networks',
  '1910.03151',
  2019,
);
export const GHOSTNET = arxiv('GhostNet: More Features from Cheap Operations', '1911.11907', 2019);
export const VIT = arxiv(
  'An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale',
  '2010.11929',
  2020,
);
export const REPVGG = arxiv('RepVGG: Making VGG-style ConvNets Great Again', '2101.03697', 2021);
export const SWIN = arxiv(
  'Swin Transformer: Hierarchical Vision Transformer using Shifted Windows',
  '2103.14030',
  2021,
);
export const EFFICIENTNET_V2 = arxiv('EfficientNetV2: Smaller Models and Faster Training', '2104.00298', 2021);
export const MOBILENET_V4 = arxiv('MobileNetV4: Universal Models for the Mobile Ecosystem', '2404.10518', 2024);
export const MOBILEONE = arxiv('MobileOne: An Improved One Millisecond Mobile Backbone', '2206.04040', 2022);
export const CONVNEXT = arxiv('A ConvNet for the 2020s', '2201.03545', 2022);
export const NAS_BENCH_201 = arxiv(
  'NAS-Bench-201: Extending the Scope of Reproducible Neural Architecture Search',
  '2001.00326',
  2020,
);
