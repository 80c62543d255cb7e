import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { defineFamily, type Published } from '../define-family.js';
import { add, channelsOf, concat, conv, layer, timmConvNorm } from '../parts/layers.js';

interface Settings {
  readonly depth: number;
  readonly width: number;
  /** 3x3 convolutions are depthwise ones followed by 1x1. */
  readonly depthwise: boolean;
}

const SOURCE = 'github.com/Megvii-BaseDetection/YOLOX, README (FLOPs halved)';
/** Parameters in millions and the authors' GFLOPs, two for a multiply-add. */
const printed = (millions: number, gflops: number): Published => ({
  params: millions * 1e6,
  madds: (gflops / 2) * 1e9,
  source: SOURCE,
});

const variant = (
  name: string,
  depth: number,
  width: number,
  published: Published,
  { resolution = 640, depthwise = false } = {},
) => ({
  name: `yolox-${name}`,
  aliases: [`yolox_${name}`],
  published,
  resolution,
  classes: 80,
  settings: { depth, width, depthwise },
});

/** YOLOX: CSPDarknet, a neck that goes up and down again (PAFPN), decoupled heads without anchors. Boxes are not decoded. */
export default defineFamily<Settings>({
  name: 'yolox',
  title: 'YOLOX',
  paper: { title: 'YOLOX: Exceeding YOLO Series in 2021', url: 'https://arxiv.org/abs/2107.08430', year: 2021 },
  variants: [
    variant('s', 0.33, 0.5, printed(9, 26.8)),
    variant('nano', 0.33, 0.25, printed(0.91, 1.08), { resolution: 416, depthwise: true }),
    variant('tiny', 0.33, 0.375, printed(5.06, 6.45), { resolution: 416 }),
    variant('m', 0.67, 0.75, printed(25.3, 73.8)),
    variant('l', 1, 1, printed(54.2, 155.6)),
    variant('x', 1.33, 1.25, printed(99.1, 281.9)),
  ],
  build(builder, input, { depth, width, depthwise }, { classes }) {
    const part: Parts = { depthwise };
    const base = Math.floor(64 * width);
    const layers = Math.max(Math.round(3 * depth), 1);
    const [dark3, dark4, dark5] = builder.scope('backbone.backbone', () => darknet(builder, input, base, layers, part));
    const levels = builder.scope('backbone', () => neck(builder, [dark3, dark4, dark5], Math.round(3 * depth), part));
    return builder.scope('head', () => {
      const boxes = levels.map((level, i) => head(builder, level, i, Math.floor(256 * width), classes, part));
      const all = builder.add('concat', boxes, { axis: 2 }, { name: 'concat' });
      return builder.add('transpose', [all], { permutation: [0, 2, 1] }, { name: 'boxes' });
    });
  },
});

interface Parts {
  readonly depthwise: boolean;
}

const SILU = { activation: 'silu' } as const;

function point(builder: GraphBuilder, input: Value, scope: string, channels: number): Value {
  return timmConvNorm(builder, input, scope, channels, 1, SILU);
}

/** 3x3, or in the depthwise models a depthwise one and 1x1. */
function square(builder: GraphBuilder, input: Value, scope: string, channels: number, part: Parts, stride = 1): Value {
  if (!part.depthwise) return timmConvNorm(builder, input, scope, channels, 3, { stride, ...SILU });
  const groups = channelsOf(input);
  const x = timmConvNorm(builder, input, `${scope}.dconv`, groups, 3, { stride, groups, ...SILU });
  return point(builder, x, `${scope}.pconv`, channels);
}

/** Focus (four pixels become channels), then four stages of stride 2; the last three are given out. */
function darknet(
  builder: GraphBuilder,
  input: Value,
  base: number,
  layers: number,
  part: Parts,
): [Value, Value, Value] {
  const [, , height, width] = input.shape as [number, number, number, number];
  const corners = [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ].map((starts) =>
    layer(builder, 'slice', [input], { axes: [2, 3], starts, ends: [height, width], steps: [2, 2] }, 'stem.focus'),
  );
  let x = timmConvNorm(builder, concat(builder, corners), 'stem.conv', base, 3, SILU);
  const outputs: Value[] = [];
  [layers, 3 * layers, 3 * layers, layers].forEach((depth, i) => {
    const channels = base << (i + 1);
    x = builder.scope(`dark${i + 2}`, () => {
      let y = square(builder, x, '0', channels, part, 2);
      if (i < 3) return cspLayer(builder, y, '1', channels, { layers: depth, identity: true, part });
      y = builder.scope('1', () => pyramid(builder, y));
      return cspLayer(builder, y, '2', channels, { layers: depth, identity: false, part });
    });
    outputs.push(x);
  });
  return outputs.slice(1) as [Value, Value, Value];
}

/** Spatial pyramid pooling: maxima over 5x5, 9x9 and 13x13 beside the input. */
function pyramid(builder: GraphBuilder, input: Value): Value {
  const channels = channelsOf(input);
  const x = point(builder, input, 'conv1', channels >> 1);
  const pooled = [5, 9, 13].map((kernel, i) =>
    layer(builder, 'maxPool', [x], { kernel, stride: 1, padding: kernel >> 1 }, `m.${i}`),
  );
  return point(builder, concat(builder, [x, ...pooled]), 'conv2', channels);
}

interface CspLayer {
  readonly layers: number;
  readonly identity: boolean;
  readonly part: Parts;
}

/** Two 1x1 to half the channels, bottlenecks on one of them, 1x1 over both. */
function cspLayer(builder: GraphBuilder, input: Value, scope: string, channels: number, o: CspLayer): Value {
  return builder.scope(scope, () => {
    const half = Math.floor(channels / 2);
    let x = point(builder, input, 'conv1', half);
    const bypass = point(builder, input, 'conv2', half);
    for (let i = 0; i < o.layers; i++) {
      x = builder.scope(`m.${i}`, () => {
        const y = square(builder, point(builder, x, 'conv1', half), 'conv2', half, o.part);
        return o.identity ? add(builder, y, x) : y;
      });
    }
    return point(builder, concat(builder, [x, bypass]), 'conv3', channels);
  });
}

/** Path aggregation: top down by upsampling, bottom up by strided convolutions. */
function neck(
  builder: GraphBuilder,
  [dark3, dark4, dark5]: readonly [Value, Value, Value],
  layers: number,
  part: Parts,
): Value[] {
  const [c3, c4, c5] = [dark3, dark4, dark5].map(channelsOf) as [number, number, number];
  const csp = (x: Value, name: string, channels: number) =>
    cspLayer(builder, x, name, channels, { layers, identity: false, part });
  const enlarged = (x: Value) => builder.add('resize', [x], { scale: 2, mode: 'nearest' }, { name: 'upsample' });
  const top = point(builder, dark5, 'lateral_conv0', c4);
  const middle = csp(concat(builder, [enlarged(top), dark4]), 'C3_p4', c4);
  const narrow = point(builder, middle, 'reduce_conv1', c3);
  const large = csp(concat(builder, [enlarged(narrow), dark3]), 'C3_p3', c3);
  const medium = csp(concat(builder, [square(builder, large, 'bu_conv2', c3, part, 2), narrow]), 'C3_n3', c4);
  const small = csp(concat(builder, [square(builder, medium, 'bu_conv1', c4, part, 2), top]), 'C3_n4', c5);
  return [large, medium, small];
}

/** Box, objectness and class scores of one level: [N, 5 + classes, pixels]. */
function head(builder: GraphBuilder, input: Value, level: number, width: number, classes: number, part: Parts): Value {
  const stem = point(builder, input, `stems.${level}`, width);
  const branch = (name: string) => {
    const x = square(builder, stem, `${name}.${level}.0`, width, part);
    return square(builder, x, `${name}.${level}.1`, width, part);
  };
  const predict = (x: Value, name: string, channels: number) =>
    builder.scope(name, () => conv(builder, x, String(level), channels, 1, { bias: true }));
  const classified = branch('cls_convs');
  const located = branch('reg_convs');
  const sigmoid = (x: Value, name: string) => builder.add('sigmoid', [x], {}, { name });
  const outputs = [
    predict(located, 'reg_preds', 4),
    sigmoid(predict(located, 'obj_preds', 1), 'obj'),
    sigmoid(predict(classified, 'cls_preds', classes), 'cls'),
  ];
  return builder.add('flatten', [concat(builder, outputs)], { startAxis: 2 }, { name: 'flatten' });
}
