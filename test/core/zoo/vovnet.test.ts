import { describe, expect, it } from 'vitest';
import { elementCount } from '../../../src/core/ir/tensor.js';
import { buildModel } from '../../../src/core/zoo/index.js';
import { reference } from '../../reference.js';
import { count, sum } from './count.js';

interface Computed {
  readonly params: number;
  readonly madds: number;
  readonly conv_acts: number;
  readonly mac_conv: number;
  readonly mac_incl_fc: number;
  readonly n_conv: number;
}

/** Rows of paper-facts.json `computed_224`, and which model each is. */
const MODELS: Readonly<Record<string, string>> = {
  vovnet27_slim: 'vovnet27-slim',
  vovnet39: 'vovnet39',
  vovnet57: 'vovnet57',
  v2_19_slim_dw: 'vovnet-v2-19-slim-dw',
  v2_19_slim: 'vovnet-v2-19-slim',
  v2_19_dw: 'vovnet-v2-19-dw',
  v2_19: 'vovnet-v2-19',
  v2_39: 'vovnet-v2-39',
  v2_57: 'vovnet-v2-57',
  v2_99: 'vovnet-v2-99',
  seed_vovnet27: 'vovnet27-seed',
};

/** Figures of that table: layers on a single pixel (eSE, classifiers) are fully connected, not convolutions, there. */
async function computed(name: string): Promise<Computed> {
  const { params, madds, layers } = count(await buildModel(name, { resolution: 224 }));
  const spatial = layers.filter(({ input }) => input.length === 4 && elementCount(input.slice(2)) > 1);
  return {
    params,
    madds,
    conv_acts: sum(spatial.map(({ output }) => elementCount(output))),
    mac_conv: sum(spatial.map(({ memoryAccessCost }) => memoryAccessCost)),
    mac_incl_fc: sum(layers.map(({ memoryAccessCost }) => memoryAccessCost)),
    n_conv: layers.filter(({ op }) => op === 'conv').length,
  };
}

describe('VoVNet', () => {
  it('reproduces every row of computed_224', async () => {
    const {
      source: _,
      units: __,
      ese: ___,
      ...rows
    } = reference.json<{ computed_224: Record<string, Computed> }>('paper-facts.json').computed_224;
    expect(Object.keys(rows)).toHaveLength(21);
    for (const [row, expected] of Object.entries(rows)) {
      const [model, stem] = row.split('__');
      const name = `${MODELS[model as string]}${stem === 'paper_stem' ? ':stem=paper' : ''}`;
      expect(await computed(name), row).toEqual(expected);
    }
  });

  it('counts the network of the seed', async () => {
    expect(await computed('vovnet27-seed')).toEqual({
      params: 4951656,
      madds: 2209575936,
      conv_acts: 4210864,
      mac_conv: 13384672,
      mac_incl_fc: 14666952,
      n_conv: 29,
    });
  });

  it('adds identities to all modules of a stage but the first', async () => {
    const adds = async (name: string) => count(await buildModel(name)).ops.add ?? 0;
    expect(await adds('vovnet39')).toBe(0);
    expect(await adds('vovnet39:identity=true')).toBe(2);
    expect(await adds('vovnet-v2-99')).toBe(12);
  });

  it('places eSE in every module or in the last of a stage', async () => {
    const gates = async (name: string) => count(await buildModel(name)).ops.hardSigmoid ?? 0;
    expect(await gates('vovnet-v2-57')).toBe(9);
    expect(await gates('vovnet-v2-57:ese=last')).toBe(4);
    expect(await gates('vovnet-v2-57:ese=none')).toBe(0);
  });

  it('is timm’s model with eSE in the last module', async () => {
    const own = count(await buildModel('vovnet-v2-39:ese=last'));
    const timm = count(await buildModel('ese_vovnet39b'));
    expect(own).toEqual(timm);
    expect(timm.params).toBe(24568936);
  });

  it('halves the image with ceil-mode pools, as the authors’ code does', async () => {
    const graph = await buildModel('vovnet39', { resolution: 200 });
    const sizes = graph.nodes
      .filter(({ op }) => op === 'maxPool')
      .map(({ outputs }) => graph.values[outputs[0] as number]?.shape[2]);
    expect(sizes).toEqual([25, 12, 6]);
  });
});
