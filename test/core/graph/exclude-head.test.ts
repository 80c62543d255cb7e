import { describe, expect, it } from 'vitest';
import { analyze } from '../../../src/core/analysis/analyze.js';
import { GraphBuilder } from '../../../src/core/graph/builder.js';
import { excludeHead } from '../../../src/core/graph/exclude-head.js';
import { buildModel } from '../../../src/core/zoo/index.js';

describe('excludeHead', () => {
  it.each([
    ['resnet50', 2048 * 1000 + 1000],
    ['vovnet39', 1024 * 1000 + 1000],
    ['vgg16', 25088 * 4096 + 4096 + 4096 * 4096 + 4096 + 4096 * 1000 + 1000],
    ['vit-b-16', 768 * 1000 + 1000],
  ])('takes the classifier off %s and nothing else', async (name, head) => {
    const graph = await buildModel(name);
    const whole = analyze(graph).totals;
    const features = analyze(excludeHead(graph));
    expect(whole.params - features.totals.params).toBe(head);
    expect(whole.madds - features.totals.madds).toBe(head - (name === 'vgg16' ? 9192 : 1000));
    expect(features.model.outputs[0]?.shape.slice(1).some((size) => size > 1)).toBe(true);
  });

  it('keeps the gates inside that average over all positions', async () => {
    const graph = await buildModel('mobilenet-v3-large');
    const kept = excludeHead(graph).nodes.map(({ op }) => op);
    expect(kept.filter((op) => op === 'hardSigmoid')).toHaveLength(8);
  });

  it('refuses a model without feature maps', () => {
    const builder = new GraphBuilder('mlp');
    const y = builder.add('linear', [builder.input('input', [1, 8])], { outFeatures: 4 });
    expect(() => excludeHead(builder.finish([y]))).toThrow(
      "model 'mlp' has no feature map before its output. Leave out --exclude-head.",
    );
  });
});
