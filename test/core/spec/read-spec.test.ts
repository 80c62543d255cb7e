import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { analyze } from '../../../src/core/analysis/analyze.js';
import { ArchmeterError } from '../../../src/core/errors.js';
import { specSchema } from '../../../src/core/schemas/spec.schema.js';
import { readSpec } from '../../../src/core/spec/read-spec.js';
import { buildModel } from '../../../src/core/zoo/index.js';

const fixture = (name: string) => readFileSync(new URL(`../../../fixtures/specs/${name}`, import.meta.url), 'utf8');
const FIXTURES = ['vovnet27-seed.yaml', 'densenet40-cifar.yaml', 'resnet50.json', 'squeezenet1-1.yaml'];

let validate: ValidateFunction | undefined;

const error = async (text: string, options = {}): Promise<string> => {
  try {
    await readSpec(text, 'model.yaml', options);
  } catch (caught) {
    if (caught instanceof ArchmeterError) return caught.message;
    throw caught;
  }
  throw new Error('nothing was wrong');
};

const spec = (layers: string, top = 'input: [1, 3, 8, 8]') => `${top}\nlayers:\n${layers}`;

describe('readSpec', () => {
  it.each(FIXTURES)('counts %s as the zoo does, to the last unit', async (name) => {
    const ours = analyze(await readSpec(fixture(name), name)).totals;
    const zoo = analyze(await buildModel(name.replace(/\.\w+$/, ''))).totals;
    for (const figure of ['params', 'madds', 'flops', 'activations', 'paperMemoryAccessCost'] as const) {
      expect(ours[figure], figure).toBe(zoo[figure]);
    }
  });

  it.each(FIXTURES)('%s satisfies the published JSON Schema', async (name) => {
    validate ??= new Ajv({ strict: false }).compile(await specSchema());
    expect(validate(parse(fixture(name))), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
    expect(validate(parse(fixture(name).replace(/kernel/, 'kernal')))).toBe(false);
  });

  it('spans a family by parameters, batch and input', async () => {
    const text = fixture('vovnet27-seed.yaml');
    const graph = await readSpec(text, 'v.yaml', {
      parameters: { classes: 10 },
      batch: 2,
      inputs: { input: [1, 3, 64, 64] },
    });
    const output = graph.values[graph.outputs[0] as number];
    expect(output?.shape).toEqual([2, 10]);
    expect(await error(text, { parameters: { clases: 10 } })).toBe(
      "model.yaml:6:3: unknown parameter 'clases'. Did you mean 'classes'?",
    );
  });

  it('names branches, repeats and nested modules', async () => {
    const graph = await readSpec(
      spec(`
  - { op: conv, name: stem, outChannels: 4, kernel: 1, as: skip }
  - scope: stage
    repeat: 2
    layers:
      - { op: conv, outChannels: "\${4 * (index + 1)}", kernel: 1 }
      - relu
  - { op: conv, outChannels: 4, kernel: 1 }
  - { op: add, inputs: [skip, conv] }`),
      'm.yaml',
    ).catch((caught: Error) => caught.message);
    expect(graph).toBe("m.yaml:11:31: no value is named 'conv' here. Known so far: input, skip, stem.");
  });

  it.each([
    [
      'layers: [',
      'model.yaml:1:10: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ].',
    ],
    ['[]', 'model.yaml:1:1: a spec file must be a mapping.'],
    ['', 'model.yaml: a spec file must be a mapping.'],
    ['input: [1, 3, 8, 8]', "model.yaml:1:1: 'layers' is missing. List the layers under it."],
    ['layers: [relu]', "model.yaml:1:1: 'input' is missing. Add e.g. 'input: [1, 3, 224, 224]'."],
    ['inptu: [1]\nlayers: []', "model.yaml:1:1: unknown key 'inptu'. Did you mean 'input'?"],
    [
      'input: [1, -3]\nlayers: []',
      "model.yaml:1:8: input 'input' needs a shape of whole numbers above 0, not [1,-3]. Write e.g. [1, 3, 224, 224].",
    ],
    [spec('  - { op: convv, outChannels: 8, kernel: 3 }'), "model.yaml:3:11: unknown op 'convv'. Did you mean 'conv'?"],
    [spec('  - { op: osa, width: 8 }'), "model.yaml:3:11: unknown op 'osa'. It is a block: write block: osa."],
    [spec('  - { op: { a: 1 } }'), "model.yaml:3:11: 'op' must be a name, and is a mapping."],
    [spec('  - { block: }'), "model.yaml:3:14: 'block' must be a name, and is empty."],
    [spec('  - { op: relu, name: [a] }'), "model.yaml:3:23: 'name' must be a name, and is a list."],
    [
      spec('  - { op: conv, outChannels: 8, kernal: 3 }'),
      "model.yaml:3:33, layer 'conv': unknown attribute 'kernal'. Did you mean 'kernel'?",
    ],
    [
      spec('  - { op: conv, outChannels: 8 }'),
      "model.yaml:3:5, layer 'conv': attribute 'kernel' is missing. Add 'kernel: 1'.",
    ],
    [
      spec('  - { op: conv, outChannels: 0, kernel: 3 }'),
      "model.yaml:3:30, layer 'conv': attribute 'outChannels' is 0, not a whole number of at least 1.",
    ],
    [
      spec('  - { op: conv, name: big, outChannels: 8, kernel: 9 }'),
      "model.yaml:3:5, layer 'big': a window of 9 does not fit into 8 + 0 padding on spatial axis 0. Use a larger input, a smaller kernel or more padding.",
    ],
    [
      spec('  - { op: conv, outChannels: "${wide}", kernel: 3 }'),
      "model.yaml:3:30: cannot compute ${wide}: no parameter is named 'wide'.",
    ],
    [
      spec('  - { op: conv, outChannels: "${1 / 0}", kernel: 3 }'),
      'model.yaml:3:30: cannot compute ${1 / 0}: the result is not a finite number.',
    ],
    [spec('  - { op: relu, repeat: -1 }'), 'model.yaml:3:25: repeat is -1, not a whole number from 0 to 100000.'],
    [
      spec('  - { op: add, inputs: [input, inptu] }'),
      "model.yaml:3:32: no value is named 'inptu' here. Did you mean 'input'?",
    ],
    [spec('  - 7'), "model.yaml:3:5: a layer is an op's name or a mapping with 'op', 'block' or 'layers'."],
  ])('tells what is wrong and where: %#', async (text, message) => {
    expect(await error(text)).toBe(message);
  });

  it('follows anchors but not bombs', async () => {
    expect((await readSpec(spec('  - &a { op: relu }\n  - *a'), 'm.yaml')).nodes).toHaveLength(2);
    const nested = [
      'a0: &a0 [relu, relu]',
      ...Array.from({ length: 24 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`),
    ].join('\n');
    expect(await error(`${nested}\ninput: [1]\nlayers: *a24`)).toMatch(/^model\.yaml:1:1: unknown key 'a0'/);
    const repeats = spec('  - repeat: 100000\n    layers:\n      - { op: relu, repeat: 100000 }');
    expect(await error(repeats)).toBe('model.yaml:5:9: the file describes more than 100000 layers. Lower a repeat.');
  });

  it('meets any mutation of a spec file with a graph of finite counts or one clear error', async () => {
    const texts = FIXTURES.map(fixture);
    const snippets = [
      '',
      '0',
      '-1',
      '1e99',
      'null',
      '[]',
      '{}',
      ': ',
      '- ',
      '"',
      '${',
      '}',
      '*a',
      '&a ',
      '\t',
      '\u0000',
      '%',
      'repeat: 9',
      '!!binary x',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...texts),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 12 }), fc.constantFrom(...snippets)), { minLength: 1, maxLength: 3 }),
        async (text, edits) => {
          let mutated = text;
          for (const [place, removed, inserted] of edits) {
            const at = place % (mutated.length + 1);
            mutated = mutated.slice(0, at) + inserted + mutated.slice(at + removed);
          }
          try {
            const { totals } = analyze(await readSpec(mutated, 'm.yaml'));
            for (const figure of [
              totals.params,
              totals.madds,
              totals.flops,
              totals.memoryAccessCost,
              totals.readBytes,
            ]) {
              expect(Number.isSafeInteger(figure) && figure >= 0).toBe(true);
            }
          } catch (caught) {
            expect(caught).toBeInstanceOf(ArchmeterError);
            expect((caught as Error).message).not.toMatch(/\n/);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
