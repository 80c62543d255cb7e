import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { Shape } from '../../../src/core/ir/tensor.js';
import { buildModel, findModel } from '../../../src/core/zoo/index.js';
import { reference } from '../../reference.js';
import { count } from './count.js';

interface Reference {
  readonly input: Shape;
  readonly params: number;
  readonly madds: number;
  readonly layers: readonly {
    readonly name: string;
    readonly weight: Shape;
    readonly groups: number;
    readonly input: Shape;
    readonly output: Shape;
    readonly params: number;
  }[];
}

/** Layers that torch runs without calling their module, so that the reference's hooks did not see them. */
const UNSEEN = /\.(self_attention\.(in|out)_proj|attn\.(qkv|proj))$/;

/** torch's ops that are one of ours in the zoo; views and what runs in training alone are left out. */
const OPS: Readonly<Record<string, string | readonly string[]>> = {
  conv1d: 'conv',
  conv2d: 'conv',
  linear: 'linear',
  batch_norm: 'batchNorm',
  layer_norm: 'layerNorm',
  relu: 'relu',
  hardtanh: 'relu6',
  leaky_relu: 'leakyRelu',
  silu: 'silu',
  gelu: 'gelu',
  hardswish: 'hardSwish',
  hardsigmoid: 'hardSigmoid',
  sigmoid: 'sigmoid',
  softmax: 'softmax',
  scaled_dot_product_attention: 'attention',
  matmul: 'matmul',
  cat: 'concat',
  add: 'add',
  mul: 'mul',
  max_pool2d: 'maxPool',
  avg_pool2d: 'avgPool',
  addcmul: ['mul', 'add'],
  div: 'div',
  linalg_vector_norm: 'reduceL2',
  mean: 'mean',
  upsample_nearest2d: 'resize',
  roll: 'roll',
};

/** Names in reference/models that the zoo has. */
const MODELS = [
  ['alexnet', 'tv_alexnet'],
  ['convnext_tiny', 'tv_convnext_tiny'],
  ['convnextv2_nano', 'convnextv2_nano'],
  ['cspresnet50', 'cspresnet50'],
  ['darknet53', 'darknet53'],
  ['deit_tiny_distilled_patch16_224', 'deit_tiny_distilled_patch16_224'],
  ['densenet121', 'tv_densenet121'],
  ['densenet169', 'tv_densenet169'],
  ['efficientnet_b0', 'tv_efficientnet_b0'],
  ['eca_vovnet39b', 'eca_vovnet39b'],
  ['ese_vovnet19b_dw', 'ese_vovnet19b_dw'],
  ['ese_vovnet19b_slim', 'ese_vovnet19b_slim'],
  ['ese_vovnet39b', 'ese_vovnet39b'],
  ['ese_vovnet57b', 'ese_vovnet57b'],
  ['ese_vovnet99b', 'ese_vovnet99b'],
  ['ghostnetv2_100', 'ghostnetv2_100'],
  ['googlenet', 'tv_googlenet'],
  ['inception_v3', 'tv_inception_v3'],
  ['mnasnet1_0', 'tv_mnasnet1_0'],
  ['mobilenet_v2', 'tv_mobilenet_v2'],
  ['mobilenet_v3_large', 'tv_mobilenet_v3_large'],
  ['regnet_y_400mf', 'tv_regnet_y_400mf'],
  ['regnetx_008', 'regnetx_008'],
  ['repvgg_a2', 'repvgg_a2'],
  ['resnet18', 'tv_resnet18'],
  ['resnet50', 'tv_resnet50'],
  ['resnetv2_50', 'resnetv2_50'],
  ['resnext50_32x4d', 'tv_resnext50_32x4d'],
  ['shufflenet_v2_x1_0', 'tv_shufflenet_v2_x1_0'],
  ['squeezenet1_1', 'tv_squeezenet1_1'],
  ['swin_t', 'tv_swin_t'],
  ['swin_v2_t', 'tv_swin_v2_t'],
  ['vgg16', 'tv_vgg16'],
  ['vit_b_16', 'tv_vit_b_16'],
  ['vovnet39a', 'vovnet39a'],
  ['vovnet57a', 'vovnet57a'],
  ['wide_resnet50_2', 'tv_wide_resnet50_2'],
  ['caformer_s18', 'caformer_s18'],
  ['hiera_tiny_224', 'hiera_tiny_224'],
  ['mobilevitv2_100', 'mobilevitv2_100'],
  ['poolformerv2_s12', 'poolformerv2_s12'],
  ['efficientvit_b1', 'efficientvit_b1'],
  ['efficientvit_l1', 'efficientvit_l1'],
  ['fastvit_t8', 'fastvit_t8'],
  ['inception_next_tiny', 'inception_next_tiny'],
  ['mambaout_tiny', 'mambaout_tiny'],
  ['mobilenetv4_conv_small', 'mobilenetv4_conv_small'],
  ['mobileone_s1', 'mobileone_s1'],
] as const;

/** Additions that torch's program has more than the zoo: of the number 0 to a branch; none of EfficientViT's attention, which is a program of its own. */
const MORE_ADDITIONS: Readonly<Record<string, number>> = {
  efficientvit_b1: -7,
  efficientvit_l1: -6,
  fastvit_t8: 17,
  mobileone_s1: 30,
};

describe('models counted by torch', () => {
  it.each(MODELS)('%s equals %s', async (name, file) => {
    const counted = reference.json<Reference>(`models/${file}.json`);
    const { params, madds, layers, ops } = count(await buildModel(name, { inputShape: counted.input }));
    expect({ params, madds }).toEqual({ params: counted.params, madds: counted.madds });

    const seen = layers.filter((layer) => !UNSEEN.test(layer.name) || hasLayer(counted, layer.name));
    expect(
      seen.map(({ name: layer, weight, groups, input, output, params: own }) => ({
        name: layer,
        weight,
        groups,
        input,
        output,
        params: own,
      })),
    ).toEqual(
      counted.layers.map(({ name: layer, weight, groups, input, output, params: own }) => ({
        name: layer,
        weight,
        groups,
        input,
        output,
        params: own,
      })),
    );

    const expected = torchOps(file);
    // torch spells a normalisation to length 1 out.
    const { globalAvgPool = 0, reduceMean = 0, normalize = 0, reduceL2 = 0, div = 0 } = ops;
    const spelled = { mean: globalAvgPool + reduceMean, reduceL2: reduceL2 + normalize, div: div + normalize };
    const added = { add: (ops.add ?? 0) + (MORE_ADDITIONS[file] ?? 0) };
    expect(pick({ ...ops, ...spelled, ...added }, expected)).toEqual(expected);
  });

  it('the default resolution is that of the reference, but for Swin V2, whose weights read 256 pixels', async () => {
    for (const [name, file] of MODELS) {
      const resolution = (await findModel(name))?.resolution;
      expect(resolution, name).toBe(
        name === 'swin_v2_t' ? 256 : reference.json<Reference>(`models/${file}.json`).input[2],
      );
    }
  });

  it('covers every reference model whose name the zoo knows', async () => {
    const files = reference.names('models', '.json');
    const covered = new Set<string>(MODELS.map(([, file]) => file));
    for (const file of files) {
      if ((await findModel(file.replace(/^tv_/, ''))) !== undefined) expect([...covered], file).toContain(file);
    }
  });
});

function hasLayer({ layers }: Reference, name: string): boolean {
  return layers.some((layer) => layer.name === name);
}

/** How often torch's exported program runs each op of the table; 1x1 adaptive pooling is a mean. */
function torchOps(file: string): Record<string, number> {
  const entries = unzipSync(reference.bytes(`models/${file}.pt2`), {
    filter: ({ name }) => name.endsWith('models/model.json'),
  });
  const program = JSON.parse(strFromU8(Object.values(entries)[0] as Uint8Array)) as {
    graph_module: { graph: { nodes: { target: string; inputs: { name: string; arg: { as_ints?: number[] } }[] }[] } };
  };
  const counts: Record<string, number> = {};
  for (const { target, inputs } of program.graph_module.graph.nodes) {
    const name = target.split('.')[3]?.replace(/_$/, '') ?? target;
    const size = inputs.find((input) => input.name === 'output_size')?.arg.as_ints;
    const ours =
      name === 'adaptive_avg_pool2d' ? (size?.every((side) => side === 1) ? 'mean' : 'adaptiveAvgPool') : OPS[name];
    for (const op of ours === undefined ? [] : [ours].flat()) counts[op] = (counts[op] ?? 0) + 1;
  }
  return counts;
}

function pick(counts: Readonly<Record<string, number>>, keys: object): Record<string, number> {
  return Object.fromEntries(Object.keys(keys).map((key) => [key, counts[key] ?? 0]));
}
