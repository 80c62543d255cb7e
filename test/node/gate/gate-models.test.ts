import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GateConfig } from '../../../src/core/compare/gate-config.js';
import { loadNamedModel, namedModels } from '../../../src/node/gate-models.js';
import { netSpec } from '../../core/compare/gate-models.js';

let folder: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'archmeter-test-')));
  await mkdir(join(folder, 'models/node_modules/x'), { recursive: true });
  for (const name of ['models/a.yaml', 'models/b.yaml', 'models/node_modules/x/c.yaml', 'plain'])
    await writeFile(join(folder, name), netSpec());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const names = async (models: GateConfig['models'], more: Partial<GateConfig> = {}) =>
  (await namedModels({ models: models ?? [], ...more }, folder)).map(({ name }) => name);

describe('namedModels', () => {
  it('takes zoo names, patterns of them, files and globs', async () => {
    expect(await names(['resnet50', 'models/a.yaml'])).toEqual(['resnet50', 'models/a.yaml']);
    expect(await names(['models/*.yaml'])).toEqual(['models/a.yaml', 'models/b.yaml']);
    expect(await names(['**/*.yaml'])).toEqual(['models/a.yaml', 'models/b.yaml']);
    expect(await names(['zoo:resnet1*', 'plain'])).toEqual(expect.arrayContaining(['resnet18', 'resnet101', 'plain']));
  });

  it('lets one file of a glob have settings of its own', async () => {
    const models = [{ model: 'models/a.yaml', name: 'a at 2', batch: 2 }, 'models/*.yaml'];
    expect(await names(models)).toEqual(['a at 2', 'models/b.yaml']);
    expect(await names(models.toReversed())).toEqual(['models/b.yaml', 'a at 2']);
    expect(await names(['models/*.yaml', '**/a.yaml'])).toEqual(['models/a.yaml', 'models/b.yaml']);
    expect((await namedModels({ models }, folder)).map(({ position }) => position)).toEqual([0, 1]);
    const [first] = await namedModels({ models }, folder);
    const { result } = await loadNamedModel(first as NonNullable<typeof first>, {});
    expect(result.model).toMatchObject({ name: 'a at 2', inputs: [{ shape: [2, 3, 16, 16] }] });
  });

  it('takes a file that is called like a pattern', async () => {
    await mkdir(join(folder, '[v1] {x}'));
    await writeFile(join(folder, '[v1] {x}/net*.yaml'), netSpec());
    expect(await names(['[v1] {x}/net*.yaml'])).toEqual(['[v1] {x}/net*.yaml']);
    await rm(join(folder, '[v1] {x}'), { recursive: true });
  });

  it.each<[GateConfig['models'], string]>([
    [['models/c.yaml'], "no model file matches 'models/c.yaml'. Paths are relative to the configuration's folder."],
    [['models/*.onnx'], "no model file matches 'models/*.onnx'. Paths are relative to the configuration's folder."],
    [['zoo:nothing*'], "no zoo model matches 'nothing*'. 'archmeter zoo' lists them."],
    [['resnet50', 'resnet50'], "two models of the configuration are called 'resnet50'. Give one a 'name'."],
    [
      [{ model: '*.yaml', name: 'x' }],
      "'*.yaml' may match many models, which cannot all be called 'x'. Leave out 'name'.",
    ],
    [['../**/*.yaml'], "the pattern '../**/*.yaml' is refused."],
    [['/**/*.yaml'], "the pattern '/**/*.yaml' is refused."],
    [[`${'*'.repeat(300)}.yaml`], `the pattern '${'*'.repeat(60)}' is refused.`],
    [
      ['{a,b,c,d,e,f,g,h,i,j}'.repeat(5)],
      "the braces of '{a,b,c,d,e,f,g,h,i,j}{a,b,c,d,e,f,g,h,i,j}{a,b,c,d,e,f,g,h,i' stand for too many patterns. Narrow it.",
    ],
    [
      [`models/${'*a'.repeat(100)}.yaml`],
      `'models/${'*a'.repeat(26)}*' has more than 4 stars between slashes. Narrow it.`,
    ],
    [['x{0..99999999}.yaml'], "the braces of 'x{0..99999999}.yaml' stand for too many patterns. Narrow it."],
  ])('%j is an error', async (models, message) => {
    await expect(names(models)).rejects.toThrow(message);
  });

  it('refuses a budget or finding that fits no model', async () => {
    const findings = { '*': { models: ['resnet*', 'vgg*'] } };
    await expect(names(['resnet50'], { findings })).rejects.toThrow("the budget or finding for 'vgg*' fits no model");
    const budgets = [{ models: 'resnet5', metrics: {} }];
    await expect(names(['resnet50'], { budgets })).rejects.toThrow(
      "the budget or finding for 'resnet5' fits no model. Models: resnet50.",
    );
  });
});

describe('loadNamedModel', () => {
  it('takes prototype keys in inputs and parameters for unknown names', async () => {
    const [model] = await namedModels({ models: ['models/a.yaml'] }, folder);
    const entry = JSON.parse('{"model": "x", "parameters": {"__proto__": 1}}');
    await expect(loadNamedModel({ ...model, entry } as NonNullable<typeof model>, {})).rejects.toThrow(
      /unknown parameter '__proto__'/,
    );
    const inputs = JSON.parse('{"model": "x", "inputs": {"constructor": [1, 3, 8, 8]}}');
    await expect(loadNamedModel({ ...model, entry: inputs } as NonNullable<typeof model>, {})).rejects.toThrow(
      /constructor/,
    );
  });
});
