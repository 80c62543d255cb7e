import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDevice } from '../../../src/core/analysis/devices/index.js';
import { GraphBuilder } from '../../../src/core/graph/builder.js';
import { buildDesign, type ModelChain } from '../../../src/core/sweep/chain.js';
import type { ParameterValue } from '../../../src/core/sweep/domain.js';
import { Evaluator } from '../../../src/core/sweep/evaluator.js';
import type { Exchange, Found } from '../../../src/core/sweep/exchange.js';
import { familyChain } from '../../../src/core/sweep/family-chain.js';
import {
  contextFigures,
  type FigureOptions,
  FUSED_FIGURES,
  LOCAL_FIGURES,
  localFigures,
} from '../../../src/core/sweep/figures.js';
import { specChain } from '../../../src/core/sweep/spec-chain.js';

type Values = Record<string, ParameterValue>;

/** Figures of the whole model, analysed at once. */
function whole(chain: ModelChain, values: Values, options: FigureOptions): number[] {
  const builder = new GraphBuilder('whole');
  const graph = builder.finish([buildDesign(chain, values, builder)]);
  return [...localFigures(graph), ...contextFigures(graph, options)];
}

async function expectEqual(chain: ModelChain, values: Values): Promise<void> {
  const options: FigureOptions = {
    devices: [{ key: 'rtx_4090', device: await findDevice('rtx-4090') }],
    precision: 'float32',
  };
  const evaluator = new Evaluator(chain, options);
  const figures = new Float64Array(evaluator.names.length);
  evaluator.evaluate(values, figures);
  const expected = whole(chain, values, options);
  const counts = LOCAL_FIGURES.length + 1 + FUSED_FIGURES.length;
  expect([...figures.slice(0, counts)]).toEqual(expected.slice(0, counts));
  for (let i = counts; i < expected.length; i++) {
    expect(Math.abs((figures[i] as number) / (expected[i] as number) - 1), evaluator.names[i]).toBeLessThan(1e-9);
  }
}

describe('figures of designs', () => {
  it('of RegNets equal those of the whole model, counts to the last unit', async () => {
    const chain = await familyChain('regnet', undefined, [
      'depth',
      'initial',
      'slope',
      'multiplier',
      'groupWidth',
      'squeeze',
    ]);
    const design = fc.record({
      depth: fc.integer({ min: 4, max: 24 }),
      initial: fc.integer({ min: 2, max: 30 }).map((n) => 8 * n),
      slope: fc.integer({ min: 8, max: 200 }),
      multiplier: fc.integer({ min: 20, max: 30 }).map((n) => n / 10),
      groupWidth: fc.constantFrom(8, 16, 24, 40),
      squeeze: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(design, (values) => expectEqual(chain, values)),
      { numRuns: 15 },
    );
  });

  it('of OSA backbones from a spec equal those of the whole model', async () => {
    const file = 'fixtures/spaces/osa.spec.yaml';
    const text = await readFile(file, 'utf8');
    const chain = await specChain(text, file, ['layers', 'width2', 'modules4', 'identity']);
    const design = fc.record({
      layers: fc.integer({ min: 1, max: 5 }),
      width2: fc.integer({ min: 1, max: 12 }).map((n) => 8 * n),
      modules4: fc.integer({ min: 1, max: 4 }),
      identity: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(design, (values) => expectEqual(chain, values)),
      { numRuns: 10 },
    );
  });

  it('of layers that refer to each other, and of pointwise ops between them, equal those of the whole model', async () => {
    const text = `
schema: archmeter/spec@1
parameters: { width: 8, half: "\${width // 2}", again: 2 }
input: [1, 3, 16, 16]
layers:
  - { op: conv, outChannels: "\${width}", kernel: 3, padding: 1 }
  - batchNorm
  - { op: relu, as: skip }
  - { op: conv, outChannels: "\${half}", kernel: 1 }
  - relu
  - { op: conv, outChannels: "\${width}", kernel: 3, padding: 1 }
  - { op: add, inputs: [skip, conv_2], name: sum }
  - relu
  - { layers: [{ op: conv, outChannels: "\${width + index}", kernel: 1 }, relu], repeat: "\${again}" }
  - { op: maxPool, kernel: 2, stride: 2 }
  - { block: bottleneck, outChannels: "\${width * 4}", repeat: "\${again}" }
  - globalAvgPool
  - flatten
  - { op: linear, outFeatures: "\${half}" }
`.replace(
      'as: skip }\n  - { op: conv, outChannels: "${half}", kernel: 1 }\n  - relu\n  - { op: conv, outChannels: "${width}", kernel: 3, padding: 1 }',
      'as: skip }\n  - { op: conv, outChannels: "${half}", kernel: 1 }\n  - relu\n  - { op: conv, outChannels: "${width}", kernel: 3, padding: 1, name: conv_2 }',
    );
    const chain = await specChain(text, 'net.yaml', ['width', 'again']);
    await fc.assert(
      fc.asyncProperty(
        fc.record({ width: fc.integer({ min: 2, max: 40 }), again: fc.integer({ min: 0, max: 3 }) }),
        (values) => expectEqual(chain, values),
      ),
      { numRuns: 20 },
    );
  });

  it('are remembered: a design met again builds nothing', async () => {
    const chain = await familyChain('regnet', undefined, ['depth']);
    const evaluator = new Evaluator(chain, { devices: [], precision: 'float32' });
    const figures = new Float64Array(evaluator.names.length);
    evaluator.evaluate({ depth: 13 }, figures);
    const { builds } = evaluator;
    const first = figures.slice();
    evaluator.evaluate({ depth: 13 }, figures);
    expect(evaluator.builds).toBe(builds);
    expect(figures).toEqual(first);
  });

  it('name what a model does not have', async () => {
    await expect(familyChain('regnets', undefined, [])).rejects.toThrow(
      "the zoo has no family 'regnets'. Did you mean 'regnet'?",
    );
    await expect(familyChain('regnet', undefined, ['depht'])).rejects.toThrow(
      "family 'regnet' has no setting 'depht'. Did you mean 'depth'?",
    );
    await expect(specChain('input: [1, 8]\nlayers: [relu]', 'net.yaml', ['width'])).rejects.toThrow(
      "net.yaml: the model has no parameter 'width'. Add it under the spec's 'parameters'.",
    );
  });
});

describe('threads of one sweep', () => {
  /** An end of a line on which each hears what the other tells. */
  const line = (own: Found[], other: Found[]): Exchange => ({
    tell: (found) => other.push(structuredClone(found)),
    next: () => own.shift(),
  });

  it.each<[string, Values, () => Promise<ModelChain>]>([
    ['RegNets', { depth: 13, groupWidth: 8 }, () => familyChain('regnet', undefined, ['depth', 'groupWidth'])],
    [
      'a spec',
      { layers: 4, width2: 96 },
      async () => {
        const text = await readFile('fixtures/spaces/osa.spec.yaml', 'utf8');
        return specChain(text, 'osa.spec.yaml', ['layers', 'width2']);
      },
    ],
  ])('compute each step of %s once between them, and give the same figures', async (_, values: Values, open) => {
    const options: FigureOptions = {
      devices: [{ key: 'rtx_4090', device: await findDevice('rtx-4090') }],
      precision: 'float32',
    };
    const toFirst: Found[] = [];
    const toSecond: Found[] = [];
    const first = new Evaluator(await open(), options, 'float32', line(toFirst, toSecond));
    const second = new Evaluator(await open(), options, 'float32', line(toSecond, toFirst));
    const alone = new Evaluator(await open(), options);
    const figures = [first, second, alone].map((evaluator) => {
      const row = new Float64Array(evaluator.names.length);
      evaluator.evaluate(values, row);
      return row;
    });
    expect(figures[1]).toEqual(figures[0]);
    expect(figures[2]).toEqual(figures[0]);
    expect(first.builds).toBe(alone.builds);
    expect(second.builds).toBe(0);
  });
});

describe('what a chain forgets', () => {
  it('is forgotten by every evaluator of it', async () => {
    const chain = await familyChain('regnet', undefined, ['initial']);
    const evaluator = new Evaluator(chain, { devices: [], precision: 'float32' });
    const row = (initial: number) => {
      const figures = new Float64Array(evaluator.names.length);
      evaluator.evaluate({ initial }, figures);
      return figures;
    };
    const [small, large] = [row(24), row(96)];
    chain.forget();
    // In another order, so that the same numbers stand for other steps.
    expect(row(96)).toEqual(large);
    expect(row(24)).toEqual(small);
  });
});
