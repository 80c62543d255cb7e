import { expect, it } from 'vitest';
import { analyze } from '../../../src/core/analysis/analyze.js';
import { zooBackground } from '../../../src/core/compose/zoo-background.js';
import { buildModel } from '../../../src/core/zoo/index.js';

it('knows the counts of the zoo as the zoo gives them', async () => {
  const background = await zooBackground();
  expect(background.length).toBeGreaterThan(250);
  expect(new Set(background.map(({ name }) => name)).size).toBe(background.length);
  for (const name of ['alexnet', 'resnet50', 'vovnet39', 'vit-b-16', 'efficientnet-b0']) {
    const { params, madds, memoryAccessCost } = analyze(await buildModel(name)).totals;
    expect(background.find((model) => model.name === name)).toMatchObject({ params, madds, memoryAccessCost });
  }
});
