import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import basic from '../blocks/basic.js';
import bottleneck from '../blocks/bottleneck.js';
import { defineFamily } from '../define-family.js';
import { timm } from '../facts/published.js';
import { add, channelsOf, classifierHead, convNorm, sequentialConvNorm } from '../parts/layers.js';

/** Fusion modules of stages 2 to 4, which have 2, 3 and 4 branches. */
const MODULES = [1, 4, 3] as const;
/** Inner channels of the head's bottleneck for each branch; it gives four times as many. */
const HEAD = [32, 64, 128, 256] as const;

const RELU = { activation: 'relu' } as const;

const variant = (width: number, params: number, top1: number) => ({
  name: `hrnet-w${width}`,
  aliases: [`hrnet_w${width}`],
  published: timm(params, top1, `hrnet_w${width}.ms_in1k`),
  settings: width,
});

/** HRNet: branches of falling resolution kept side by side and fused again and again. Layer names are timm's. */
export default defineFamily<number>({
  name: 'hrnet',
  title: 'HRNet',
  paper: {
    title: 'Deep High-Resolution Representation Learning for Visual Recognition',
    url: 'https://arxiv.org/abs/1908.07919',
    year: 2019,
  },
  variants: [
    variant(18, 21299004, 76.77),
    variant(30, 37.71e6, 78.202),
    variant(32, 41.23e6, 78.452),
    variant(40, 57.56e6, 78.928),
    variant(44, 67.06e6, 78.89),
    variant(48, 77.47e6, 79.328),
    variant(64, 128.06e6, 79.458),
  ],
  build(builder, input, width, { classes }) {
    let x = convNorm(builder, input, ['conv1', 'bn1', 'act1'], 64, 3, { stride: 2, ...RELU });
    x = convNorm(builder, x, ['conv2', 'bn2', 'act2'], 64, 3, { stride: 2, ...RELU });
    for (let i = 0; i < 4; i++) {
      x = builder.scope(`layer1.${i}`, () => bottleneck.apply(builder, x, { outChannels: 256, width: 64 }));
    }
    let branches: Value[] = [x];
    MODULES.forEach((modules, index) => {
      const count = index + 2;
      branches = builder.scope(`transition${index + 1}`, () => transition(builder, branches, width, count));
      for (let module = 0; module < modules; module++) {
        branches = builder.scope(`stage${count}.${module}`, () => fusionModule(builder, branches));
      }
    });
    return classifierHead(builder, head(builder, branches), classes, { pool: 'global_pool', linear: 'classifier' });
  },
});

/** A new branch at half the resolution of the last; the others get a 3x3 where their width changes. */
function transition(builder: GraphBuilder, branches: readonly Value[], width: number, count: number): Value[] {
  return Array.from({ length: count }, (_, i) => {
    const channels = width << i;
    const branch = branches[i];
    if (branch === undefined) {
      return sequentialConvNorm(builder, branches.at(-1) as Value, `${i}.0`, channels, 3, { stride: 2, ...RELU });
    }
    return channelsOf(branch) === channels ? branch : sequentialConvNorm(builder, branch, String(i), channels, 3, RELU);
  });
}

/** Four basic blocks on each branch, then every branch gets the sum of all, brought to its size and width. */
function fusionModule(builder: GraphBuilder, inputs: readonly Value[]): Value[] {
  const branches = inputs.map((input, branch) => {
    let x = input;
    for (let i = 0; i < 4; i++) {
      x = builder.scope(`branches.${branch}.${i}`, () => basic.apply(builder, x, { outChannels: channelsOf(x) }));
    }
    return x;
  });
  return branches.map((target, i) => {
    const parts = branches.map((source, j) =>
      builder.scope(`fuse_layers.${i}.${j}`, () => resample(builder, source, target, j - i)),
    );
    const sum = builder.scope(`fuse_layers.${i}`, () => parts.reduce((x, part) => add(builder, x, part)));
    return builder.add('relu', [sum], {}, { name: 'fuse_act' });
  });
}

/** `steps` > 0: 1x1 and nearest upsampling; < 0: that many 3x3 of stride 2, the last of them without activation. */
function resample(builder: GraphBuilder, source: Value, target: Value, steps: number): Value {
  if (steps === 0) return source;
  const channels = channelsOf(target);
  if (steps > 0) {
    const x = convNorm(builder, source, ['0', '1', ''], channels, 1);
    return builder.add('resize', [x], { size: target.shape.slice(2), mode: 'nearest' }, { name: '2' });
  }
  let x = source;
  for (let k = 0; k < -steps; k++) {
    const last = k === -steps - 1;
    x = sequentialConvNorm(builder, x, String(k), last ? channels : channelsOf(source), 3, {
      stride: 2,
      ...(last ? {} : RELU),
    });
  }
  return x;
}

/** Each branch widened by a bottleneck and added to the strided sum of those above it. */
function head(builder: GraphBuilder, branches: readonly Value[]): Value {
  const widened = (i: number) =>
    builder.scope(`incre_modules.${i}.0`, () => {
      const width = HEAD[i] as number;
      return bottleneck.apply(builder, branches[i] as Value, { outChannels: 4 * width, width });
    });
  let x = widened(0);
  for (let i = 1; i < branches.length; i++) {
    const wide = widened(i);
    const strided = sequentialConvNorm(builder, x, `downsamp_modules.${i - 1}`, channelsOf(wide), 3, {
      stride: 2,
      bias: true,
      ...RELU,
    });
    x = add(builder, wide, strided);
  }
  return sequentialConvNorm(builder, x, 'final_layer', 2048, 1, { bias: true, ...RELU });
}
