import { spatialSizes } from '../../../ops/convolution/window.js';
import type { ResolvedAttributes } from '../../../ops/define-op.js';
import { isList, type Json } from '../config.js';
import type { LayerCall, LayerLowering } from '../layer.js';
import { rankOf } from './convolution.js';

/** `2`, `[1, 2]` or `[[0, 1], [2, 3]]`: begin and end for each spatial axis. */
function pairs(call: LayerCall, key: string, rank: number): [number, number][] {
  const value = call.config.get(key) ?? 1;
  const list: readonly Json[] = isList(value) ? value : new Array<Json>(rank).fill(value as Json);
  // Along one axis, `[begin, end]` is the pair itself.
  const entries = rank === 1 && list.length === 2 && !isList(list[0]) ? [list] : list;
  if (entries.length !== rank) call.config.wrong(key, `${rank} pairs of whole numbers`);
  return entries.map((entry) => {
    const pair = isList(entry) ? entry : [entry, entry];
    if (pair.length !== 2 || !pair.every((size) => Number.isSafeInteger(size) && (size as number) >= 0)) {
      call.config.wrong(key, 'pairs of whole numbers');
    }
    return pair as unknown as [number, number];
  });
}

/** The spatial entries, with `others` for batch and channels. */
function withChannels<T>(call: LayerCall, spatial: readonly T[], others: T): T[] {
  return call.layout() === 'channelsLast' ? [others, ...spatial, others] : [others, others, ...spatial];
}

const zeroPadding: LayerLowering = (call) =>
  call.add('pad', [call.x], { pads: withChannels(call, pairs(call, 'padding', rankOf(call)), [0, 0]) });

const cropping: LayerLowering = (call) => {
  const cuts = pairs(call, 'cropping', rankOf(call));
  const first = call.layout() === 'channelsLast' ? 1 : 2;
  const sizes = spatialSizes(call.x.shape, call.layout());
  const ends = sizes.map((size, axis) => size - (cuts[axis] as [number, number])[1]);
  cuts.forEach(([begin], axis) => {
    if (begin >= (ends[axis] as number)) call.fail(`it crops all of the ${sizes[axis]} of spatial axis ${axis}`);
  });
  return call.add('slice', [call.x], {
    starts: cuts.map(([begin]) => begin),
    ends,
    axes: cuts.map((_, axis) => first + axis),
  });
};

const MODES: Readonly<Record<string, ResolvedAttributes<'resize'>['mode']>> = {
  nearest: 'nearest',
  bilinear: 'linear',
  bicubic: 'cubic',
  lanczos3: 'cubic',
  lanczos5: 'cubic',
  area: 'area',
};

const upSampling: LayerLowering = (call) => {
  const rank = rankOf(call);
  const mode = MODES[call.config.text('interpolation', 'nearest')] ?? 'nearest';
  return call.add('resize', [call.x], { scale: call.config.sizes('size', rank, 2), mode, layout: call.layout() });
};

const flatten: LayerLowering = (call) => {
  const [batch = 1, ...rest] = call.x.shape;
  return call.add('reshape', [call.x], { shape: [batch, rest.reduce((all, size) => all * size, 1)] });
};

const reshape: LayerLowering = (call) => {
  const [batch = 1, ...rest] = call.x.shape;
  const target = call.config.integers('target_shape');
  const open = target.findIndex((size) => size < 0);
  const known = target.reduce((all, size) => (size < 0 ? all : all * size), 1);
  const total = rest.reduce((all, size) => all * size, 1);
  const shape = target.map((size, axis) => (axis === open && known > 0 ? total / known : size));
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 0)) {
    call.fail(`${total} elements do not fit its target shape [${target.join(', ')}]`);
  }
  return call.add('reshape', [call.x], { shape: [batch, ...shape] });
};

const permute: LayerLowering = (call) =>
  call.add('transpose', [call.x], { permutation: [0, ...call.config.integers('dims')] });

const repeatVector: LayerLowering = (call) => {
  const repeats = call.config.size('n');
  const widened = call.after('unsqueeze', 'unsqueeze', [call.x], { axes: [1] });
  return call.add('tile', [widened], { repeats: [1, repeats, ...call.x.shape.slice(1).map(() => 1)] });
};

function forRanks(name: string, lowering: LayerLowering): [string, LayerLowering][] {
  return [1, 2, 3].map((rank) => [`${name}${rank}D`, lowering]);
}

export const reshapingLayers: Readonly<Record<string, LayerLowering>> = {
  ...Object.fromEntries([
    ...forRanks('ZeroPadding', zeroPadding),
    ...forRanks('Cropping', cropping),
    ...forRanks('UpSampling', upSampling),
  ]),
  Flatten: flatten,
  Reshape: reshape,
  Permute: permute,
  RepeatVector: repeatVector,
};
