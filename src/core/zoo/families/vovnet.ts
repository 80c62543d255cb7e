import type { FromSchema } from 'json-schema-to-ts';
import osa, { separable } from '../blocks/osa.js';
import { defineFamily, type Published } from '../define-family.js';
import { CENTERMASK, ECA_NET, VOVNET } from '../facts/papers.js';
import { timm } from '../facts/published.js';
import { classifierHead, timmConvNorm } from '../parts/layers.js';

const options = {
  type: 'object',
  properties: {
    stem: {
      enum: ['code', 'paper'],
      description:
        "Third stem convolution: stride 2 (authors' code) or stride 1 and a max pool before stage 2 (paper, table 1).",
    },
    identity: { type: 'boolean', description: 'Adds the input of every OSA module but the first of a stage.' },
    ese: {
      enum: ['none', 'last', 'every'],
      description: 'eSE in the last module of a stage (timm) or in every module (vovnet-detectron2).',
    },
  },
  additionalProperties: false,
} as const;

type Options = Required<FromSchema<typeof options>>;

interface Settings {
  readonly stem: readonly [number, number, number];
  readonly widths: readonly number[];
  readonly outChannels: readonly number[];
  readonly modules: readonly number[];
  readonly layers: number;
  readonly depthwise?: boolean;
  /** ECA where eSE would be. */
  readonly eca?: boolean;
}

const SLIM = { widths: [64, 80, 96, 112], outChannels: [128, 256, 384, 512] };
const SLIM_V2 = { widths: [64, 80, 96, 112], outChannels: [112, 256, 384, 512] };
const FULL = { widths: [128, 160, 192, 224], outChannels: [256, 512, 768, 1024] };
const STEM = [64, 64, 128] as const;
const V27_SLIM: Settings = { stem: STEM, ...SLIM, modules: [1, 1, 1, 1], layers: 5 };
const V19: Settings = { stem: STEM, ...FULL, modules: [1, 1, 1, 1], layers: 3 };
const V19_SLIM: Settings = { stem: STEM, ...SLIM_V2, modules: [1, 1, 1, 1], layers: 3 };
const V39: Settings = { stem: STEM, ...FULL, modules: [1, 1, 2, 2], layers: 5 };
const V57: Settings = { stem: STEM, ...FULL, modules: [1, 1, 4, 3], layers: 5 };
const V99: Settings = { stem: STEM, ...FULL, modules: [1, 3, 9, 3], layers: 5 };
const DEPTHWISE = { stem: [64, 64, 64], depthwise: true } as const;

/** As in the paper; the authors' code adds identities too. */
const V1: Options = { stem: 'code', identity: false, ese: 'none' };
const V2: Options = { stem: 'code', identity: true, ese: 'every' };
const TIMM: Options = { stem: 'code', identity: true, ese: 'last' };

/** The authors publish V2 in detectors; these are torch's counts of their backbone with a classifier. */
const counted = (params: number, billions: number): Published => ({
  params,
  madds: billions * 1e9,
  source: 'github.com/youngwanLEE/vovnet-detectron2, counted by torch',
});

const IMGCLSMOB = 'imgclsmob';
const AUTHORS = 'github.com/stigma0617/VoVNet.pytorch';

/** VoVNet: one-shot aggregation modules. V2 adds identities and eSE. Layer names are timm's. */
export default defineFamily<Settings, Options>({
  name: 'vovnet',
  title: 'VoVNet',
  paper: VOVNET,
  options,
  variants: [
    {
      name: 'vovnet27-slim',
      aliases: ['vovnet27slim'],
      published: { params: 3525736, madds: 2.18725e9, top1: 70.72, source: IMGCLSMOB },
      settings: V27_SLIM,
      options: V1,
    },
    {
      name: 'vovnet39',
      aliases: ['vovnet39a'],
      published: { params: 22600296, madds: 7.08616e9, top1: 76.77, source: IMGCLSMOB, top1Source: AUTHORS },
      settings: V39,
      options: V1,
    },
    {
      name: 'vovnet57',
      aliases: ['vovnet57a'],
      published: { params: 36640296, madds: 8.94309e9, top1: 77.73, source: IMGCLSMOB, top1Source: AUTHORS },
      settings: V57,
      options: V1,
    },
    {
      name: 'vovnet-v2-19-slim-dw',
      aliases: ['ese_vovnet19b_slim_dw'],
      paper: CENTERMASK,
      published: timm(1897752),
      settings: { ...V19_SLIM, ...DEPTHWISE },
      options: V2,
    },
    {
      name: 'vovnet-v2-19-slim',
      aliases: ['ese_vovnet19b_slim'],
      paper: CENTERMASK,
      published: timm(3166136),
      settings: V19_SLIM,
      options: V2,
    },
    {
      name: 'vovnet-v2-19-dw',
      aliases: ['ese_vovnet19b_dw'],
      paper: CENTERMASK,
      published: timm(6543080, 76.828, 'ese_vovnet19b_dw.ra_in1k'),
      settings: { ...V19, ...DEPTHWISE },
      options: V2,
    },
    {
      name: 'vovnet-v2-19',
      aliases: ['ese_vovnet19b'],
      paper: CENTERMASK,
      published: counted(11205416, 4.122),
      settings: V19,
      options: V2,
    },
    {
      name: 'vovnet-v2-39',
      paper: CENTERMASK,
      published: counted(26209128, 7.076),
      settings: V39,
      options: V2,
    },
    {
      name: 'vovnet-v2-57',
      paper: CENTERMASK,
      published: counted(42479912, 8.936),
      settings: V57,
      options: V2,
    },
    {
      name: 'vovnet-v2-99',
      paper: CENTERMASK,
      published: counted(70548520, 16.496),
      settings: V99,
      options: V2,
    },
    {
      name: 'ese-vovnet39b',
      aliases: ['ese_vovnet39b'],
      paper: CENTERMASK,
      published: timm(24568936, 79.312, 'ese_vovnet39b.ra_in1k'),
      settings: V39,
      options: TIMM,
    },
    {
      name: 'eca-vovnet39b',
      aliases: ['eca_vovnet39b'],
      paper: ECA_NET,
      published: timm(22600316),
      settings: { ...V39, eca: true },
      options: TIMM,
    },
    {
      name: 'ese-vovnet57b',
      aliases: ['ese_vovnet57b'],
      paper: CENTERMASK,
      published: timm(38608936, 82.46, 'ese_vovnet57b.ra4_e3600_r256_in1k'),
      resolution: 256,
      settings: V57,
      options: TIMM,
    },
    {
      name: 'ese-vovnet99b',
      aliases: ['ese_vovnet99b'],
      paper: CENTERMASK,
      published: timm(63199272),
      settings: V99,
      options: TIMM,
    },
  ],
  build(builder, input, settings, { stem, identity, ese, classes }) {
    const { depthwise = false } = settings;
    const strides = [2, 1, stem === 'code' ? 2 : 1];
    let x = input;
    settings.stem.forEach((channels, i) => {
      const stride = strides[i] as number;
      x =
        depthwise && i > 0
          ? builder.scope(`stem.${i}`, () => separable(builder, x, channels, stride))
          : timmConvNorm(builder, x, `stem.${i}`, channels, 3, { stride, activation: 'relu' });
    });
    settings.modules.forEach((modules, stage) => {
      builder.scope(`stages.${stage}`, () => {
        if (stage > 0 || stem === 'paper') {
          x = builder.add('maxPool', [x], { kernel: 3, stride: 2, ceilMode: true }, { name: 'pool' });
        }
        for (let i = 0; i < modules; i++) {
          x = builder.scope(`blocks.${i}`, () =>
            osa.apply(builder, x, {
              layers: settings.layers,
              width: settings.widths[stage] as number,
              outChannels: settings.outChannels[stage] as number,
              identity: identity && i > 0,
              [settings.eca ? 'eca' : 'ese']: ese === 'every' || (ese === 'last' && i === modules - 1),
              depthwise,
            }),
          );
        }
      });
    });
    return builder.scope('head', () => classifierHead(builder, x, classes, { pool: 'global_pool', linear: 'fc' }));
  },
});
