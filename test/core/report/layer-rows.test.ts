import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../../src/core/analysis/analyze.js';
import { LAYER_COLUMNS } from '../../../src/core/report/columns.js';
import { deepestScope, type LayerQuery, layerRows } from '../../../src/core/report/layer-rows.js';
import { deepNetwork, osaBlock } from './sample-graphs.js';

const { layers, totals } = analyze(osaBlock());
const all: LayerQuery = { search: '', sort: null, descending: true, depth: 0, open: new Set() };
const rows = (query: Partial<LayerQuery>) => layerRows(layers, LAYER_COLUMNS, { ...all, ...query });
const column = (id: string) => LAYER_COLUMNS.findIndex((candidate) => candidate.id === id);

it('lists layers in execution order', () => {
  expect(rows({}).map(({ name }) => name)).toEqual(layers.map(({ name }) => name));
});

describe('search', () => {
  it('finds by name, op, kind and shape, all words at once', () => {
    expect(rows({ search: 'CONCAT' }).map(({ name }) => name)).toEqual(['osa.concat']);
    expect(rows({ search: 'convolution 1x256' }).map(({ name }) => name)).toEqual(['osa.aggregate']);
    expect(rows({ search: 'nothing like this' })).toEqual([]);
  });
});

describe('sorting', () => {
  it('orders by any column in both directions, missing values last', () => {
    for (const [index, { id }] of LAYER_COLUMNS.entries()) {
      for (const descending of [false, true]) {
        const cells = rows({ sort: id, descending }).map((row) => (index === 0 ? row.name : row.cells[index]));
        const present = cells.filter((cell) => cell !== null);
        expect(cells.slice(present.length).every((cell) => cell === null)).toBe(true);
        for (const [i, cell] of present.entries()) {
          const next = present[i + 1];
          if (typeof cell !== 'number' || typeof next !== 'number') continue;
          if (descending) expect(cell).toBeGreaterThanOrEqual(next);
          else expect(cell).toBeLessThanOrEqual(next);
        }
      }
    }
  });

  it('orders numbers in names as numbers', () => {
    const deep = analyze(deepNetwork(300)).layers;
    const names = layerRows(deep, LAYER_COLUMNS, { ...all, sort: 'name', descending: false }).map(({ name }) => name);
    expect(names.indexOf('stages.0.blocks.0.units.2.conv')).toBeLessThan(
      names.indexOf('stages.0.blocks.0.units.10.conv'),
    );
  });
});

describe('grouping', () => {
  it('sums what can be summed, at every depth, to the totals', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), (depth) => {
        const groups = rows({ depth });
        for (const id of ['params', 'madds', 'memoryAccessCost', 'flops'] as const) {
          const sum = groups.reduce((total, { cells }) => total + Number(cells[column(id)] ?? 0), 0);
          expect(sum).toBe(totals[id]);
        }
        expect(groups.reduce((total, { count }) => total + count, 0)).toBe(layers.length);
      }),
    );
  });

  it('computes ratios of groups from sums, and the most that is alive', () => {
    const [group] = rows({ depth: 1 });
    expect(group).toMatchObject({ type: 'group', name: 'osa', count: 19, level: 0 });
    expect(group?.cells[column('memoryAccessCostRatio')]).toBeCloseTo(totals.memoryAccessCostRatio ?? 0, 12);
    expect(group?.cells[column('arithmeticIntensity')]).toBeCloseTo(totals.arithmeticIntensity ?? 0, 12);
    expect(group?.cells[column('liveActivationBytes')]).toBe(totals.peakActivationBytes);
    expect(group?.cells[column('output')]).toBeNull();
  });

  it('shows the layers of an open group below it, named without its path', () => {
    const open = rows({ depth: 2, open: new Set(['osa.layers']) });
    const index = open.findIndex(({ name }) => name === 'osa.layers');
    expect(open[index + 1]).toMatchObject({ type: 'layer', level: 1, label: '0.conv', name: 'osa.layers.0.conv' });
    expect(open.filter(({ level }) => level === 1)).toHaveLength(15);
  });

  it('sorts groups by their sums and layers within them', () => {
    const sorted = rows({ depth: 2, sort: 'madds', open: new Set(['osa.layers']) });
    expect(sorted[0]?.name).toBe('osa.layers');
    expect(sorted[1]?.name).toBe('osa.layers.0.conv');
  });

  it('knows how deep the modules lie', () => {
    expect(deepestScope(layers)).toBe(3);
    expect(deepestScope([])).toBe(0);
  });
});
