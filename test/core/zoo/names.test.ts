import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { registry } from '../../../src/core/zoo/families/registry.js';
import { buildModel, findModel, listModels, modelNames, suggestModel } from '../../../src/core/zoo/index.js';
import { plainName } from '../../../src/core/zoo/suggest.js';

describe('names of models', () => {
  it('names.ts is current', async () => {
    const { renderNames } = (await import('../../../.dev/zoo-names.js' as string)) as {
      renderNames: (families: typeof registry) => Promise<string>;
    };
    const text = readFileSync(new URL('../../../src/core/zoo/names.ts', import.meta.url), 'utf8');
    expect(text, 'run node .dev/zoo-names.js').toBe(await renderNames(registry));
  });

  it('are unique, aliases included', async () => {
    const models = await listModels();
    const owners = new Map<string, string>();
    for (const { name, aliases } of models) {
      for (const spelling of new Set([name, ...aliases].map(plainName))) {
        expect(owners.get(spelling), `${spelling} of ${name}`).toBeUndefined();
        owners.set(spelling, name);
      }
    }
    expect(models.map(({ name }) => name)).toEqual(modelNames());
  });

  it('are lower case', async () => {
    for (const { name, aliases } of await listModels()) {
      for (const spelling of [name, ...aliases]) expect(spelling).toMatch(/^[a-z][a-z0-9._-]*$/);
    }
  });

  it.each([
    ['resnet50', 'resnet50'],
    ['ResNet-50', 'resnet50'],
    ['torchvision/resnet50', 'resnet50'],
    ['timm/resnet50.tv_in1k', 'resnet50'],
    ['mobilenet_v2', 'mobilenet-v2'],
    ['mobilenetv2_100', 'mobilenet-v2'],
    ['vovnet39a', 'vovnet39'],
    ['VoVNet27-Slim', 'vovnet27-slim'],
    ['ese_vovnet39b', 'ese-vovnet39b'],
    ['regnet_y_3_2gf', 'regnet-y-3-2gf'],
    ['regnet_y_32gf', 'regnet-y-32gf'],
    ['regnety_004', 'regnet-y-400mf'],
    ['shufflenet_v2_x1_0', 'shufflenet-v2-x1.0'],
    ['vit_base_patch16_224.augreg_in1k', 'vit-b-16'],
    ['vit-b-16', 'vit-b-16'],
    ['swin_t', 'swin-t'],
    ['convnext_tiny', 'convnext-tiny'],
    ['efficientnet-b0', 'efficientnet-b0'],
    ['vovnet39:stem=paper', 'vovnet39'],
  ])('%s is %s', async (typed, name) => {
    expect((await findModel(typed))?.name).toBe(name);
  });

  it('covers the families of the paper’s comparison', async () => {
    const wanted =
      'vovnet27-slim vovnet39 vovnet57 vovnet-v2-19 vovnet-v2-19-slim vovnet-v2-39 vovnet-v2-57 vovnet-v2-99 vovnet27-seed densenet121 densenet161 densenet169 densenet201 densenet40-cifar osa5x43-cifar osa12x20-cifar resnet18 resnet34 resnet50 resnet101 resnet152 resnext50 wide-resnet50 mobilenet-v1 mobilenet-v2 mobilenet-v3-large mobilenet-v3-small peleenet squeezenet shufflenet-v2 hardnet68 hardnet85 hardnet39ds hardnet68ds efficientnet-b0 efficientnet-b1 efficientnet-b2 efficientnet-b3 regnet-x-400mf regnet-x-3-2gf regnet-y-400mf regnet-y-3-2gf repvgg-a0 repvgg-a2 ghostnet cspresnet50 convnext-t vit-s-16 vit-b-16 swin-t';
    for (const name of wanted.split(' ')) expect(await findModel(name), name).toBeDefined();
  });

  it('an alias can stand for options', async () => {
    const scopes = async (name: string) => (await buildModel(name)).nodes.map((node) => node.name);
    expect(await scopes('regnet_y_400mf')).toContain('trunk_output.block1.block1-0.f.b.0');
    expect(await scopes('regnety_004')).toContain('s1.b1.conv2.conv');
    expect(await scopes('vit_b_16')).toContain('encoder.layers.encoder_layer_0.mlp.3');
    expect(await scopes('vit_base_patch16_224')).toContain('blocks.0.mlp.fc2');
  });

  it('suggests the nearest names', async () => {
    expect(suggestModel('resnet5')).toContain('resnet50');
    expect(suggestModel('densnet121')).toEqual(expect.arrayContaining(['densenet121']));
    expect(suggestModel('mobilnet_v2')[0]).toMatch(/mobilenet/);
    expect(suggestModel('zzzzzzzzzzzzzzzz')).toEqual([]);
  });
});

describe('errors of buildModel', () => {
  it.each([
    ['densnet121', {}, "no model is named 'densnet121'. Did you mean densenet121, densenet161, densenet169?"],
    ['zzzzzzzzzzzzzzzz', {}, "no model is named 'zzzzzzzzzzzzzzzz'. List the models with: archmeter zoo"],
    [
      'vovnet39:stm=paper',
      {},
      "model 'vovnet39' has no option 'stm'. Did you mean 'stem'? Its options: classes, stem, identity, ese.",
    ],
    ['vovnet39:stem=deep', {}, `option 'stem' of model 'vovnet39' must be "code" or "paper", not "deep".`],
    ['vovnet39:identity=yes', {}, `option 'identity' of model 'vovnet39' must be true or false, not "yes".`],
    ['vovnet39:paper', {}, "'paper' after model 'vovnet39' is not an option. Write name=value."],
    ['resnet18', { classes: 0 }, "option 'classes' of model 'resnet18' must be at least 1, not 0."],
    ['resnet18', { classes: 1.5 }, "option 'classes' of model 'resnet18' must be a whole number, not 1.5."],
    [
      'resnet18',
      { inputShape: [8, 10] },
      "model 'resnet18' takes images, not an input of shape 8x10. Give channels x height x width (or batch x channels x height x width), all positive whole numbers.",
    ],
    [
      'vit-b-16',
      { resolution: 200 },
      'patches of 16x16 do not divide an image of 200x200. Give sides that are multiples of 16.',
    ],
  ])('%s %j', async (name, options, message) => {
    await expect(buildModel(name, options)).rejects.toThrow(expect.objectContaining({ message }));
  });

  it('names the layer at which an image becomes too small', async () => {
    await expect(buildModel('alexnet', { resolution: 32 })).rejects.toThrow(/layer 'features\.\d+'/);
  });
});

describe('buildModel', () => {
  it('takes batch, input shape, classes and dtype', async () => {
    const graph = await buildModel('resnet18', { batch: 4, inputShape: [1, 64, 96], classes: 7, dtype: 'float16' });
    expect(graph.values[graph.inputs[0] as number]).toMatchObject({ shape: [4, 1, 64, 96], dtype: 'float16' });
    expect(graph.values[graph.outputs[0] as number]).toMatchObject({ shape: [4, 7], dtype: 'float16' });
    expect(graph.source).toEqual({ format: 'zoo' });
    expect(graph.name).toBe('resnet18:classes=7');
    const batched = await buildModel('resnet18', {
      batch: 3,
      inputShape: [1, 3, 64, 64],
      options: { classes: undefined },
    });
    expect(batched.values[batched.outputs[0] as number]?.shape).toEqual([3, 1000]);
    expect((await buildModel('VoVNet39:stem=paper,identity=false')).name).toBe('vovnet39:stem=paper');
    expect((await buildModel('regnety_004')).name).toBe('regnet-y-400mf');
  });

  it('names every node once, within its scope', async () => {
    for (const { name, classes } of await listModels()) {
      const graph = await buildModel(name);
      expect(new Set(graph.nodes.map((node) => node.name)).size, name).toBe(graph.nodes.length);
      const misplaced = graph.nodes.filter(
        (node) => node.name.slice(0, Math.max(0, node.name.lastIndexOf('.'))) !== node.scope,
      );
      expect(misplaced, name).toEqual([]);
      // U-Nets give an image out, detectors boxes.
      const output = graph.values[graph.outputs[0] as number]?.shape ?? [];
      if (output.length === 3) expect(output[2], name).toBe(5 + classes);
      else expect(output.slice(0, 2), name).toEqual([1, classes]);
    }
  });

  it('says that idle auxiliary classifiers are counted', async () => {
    const { notes } = await buildModel('inception-v3');
    expect(notes).toEqual([
      'Parameters count 3326696 of an auxiliary classifier that runs in training only; the option aux=none leaves them out.',
    ]);
    expect((await buildModel('inception-v3:aux=none')).notes).toEqual([]);
    expect((await buildModel('inception-v3:aux=run')).nodes.some((node) => node.name === 'AuxLogits.fc')).toBe(true);
  });
});
