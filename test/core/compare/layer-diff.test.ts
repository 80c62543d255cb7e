import { describe, expect, it } from 'vitest';
import { causesOf, diffLayers, layersAbovePeak, layersOfResult } from '../../../src/core/compare/layer-diff.js';
import { diffModels } from '../../../src/core/compare/model-diff.js';
import { type NetOptions, net } from './gate-models.js';

const layers = async (options: NetOptions = {}) => layersOfResult((await net(options)).result);
const diff = async (before: NetOptions, after: NetOptions) => diffLayers(await layers(before), await layers(after));
const names = (changes: Awaited<ReturnType<typeof diff>>) =>
  changes.map(({ status, before, after }) => [status, before?.name, after?.name]);

describe('diffLayers', () => {
  it('finds nothing between equals, and a renaming alone where only a name differs', async () => {
    expect(await diff({}, {})).toEqual([]);
    expect(names(await diff({}, { stem: 'first' }))).toEqual([['renamed', 'stem', 'first']]);
  });

  it('finds what is added and what is removed', async () => {
    const extra = '  - { name: tail, op: conv, outChannels: 8, kernel: 1, bias: false }\n';
    expect(names(await diff({}, { extra }))).toEqual([['added', undefined, 'tail']]);
    expect(names(await diff({ extra }, {}))).toEqual([['removed', 'tail', undefined]]);
  });

  it('takes a layer of the same name and another op for a new one', async () => {
    const extra = (op: string) => `  - { name: tail, op: ${op} }\n`;
    expect(names(await diff({ extra: extra('relu') }, { extra: extra('sigmoid') }))).toEqual([
      ['added', undefined, 'tail'],
      ['removed', 'tail', undefined],
    ]);
  });
});

describe('causesOf', () => {
  it('adds up to the change of a total, largest first', async () => {
    const [before, after] = [(await net()).result, (await net({ width: 16 })).result];
    const { layers: changes, totals } = diffModels(before, after);
    for (const { metric, before: was, after: is } of totals) {
      const causes = causesOf(metric, (is ?? 0) - (was ?? 0), changes);
      if (causes.length === 0 || causes.some((cause) => cause.metric !== undefined)) continue;
      expect(
        causes.reduce((sum, { delta }) => sum + delta, 0),
        metric,
      ).toBe((is ?? 0) - (was ?? 0));
      const sizes = causes.map(({ delta }) => Math.abs(delta));
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    }
    // 3·3·4·(16 - 8) weights and 8·10 more in the head.
    expect(causesOf('params', 1, changes)).toEqual([
      { name: 'wide', delta: 288, line: 7 },
      { name: 'head', delta: 80, line: 10 },
    ]);
  });

  it('leaves out layers that became cheaper, and names the figure where a ratio has no parts', async () => {
    const extra = '  - { name: tail, op: conv, outChannels: 64, kernel: 1, bias: false }\n';
    const { layers: changes } = diffModels((await net({ width: 16 })).result, (await net({ width: 8, extra })).result);
    expect(causesOf('params', 1, changes).map(({ name }) => name)).toEqual(['tail', 'head']);
    expect(causesOf('memoryAccessCostRatio', 1, changes)[0]?.metric).toBe('memoryAccessCost');
    const convolutions = causesOf('paperMemoryAccessCost', 1, changes).map(({ name }) => name);
    expect(convolutions).toEqual(['tail']);
  });
});

describe('layersAbovePeak', () => {
  it('names the layers during which more is alive than the old peak', async () => {
    const { result } = await net({ width: 16 });
    const peak = (await net()).result.totals.peakActivationBytes;
    const above = layersAbovePeak(layersOfResult(result), peak);
    expect(above[0]).toMatchObject({
      name: result.totals.peakLayer,
      delta: result.totals.peakActivationBytes - peak,
    });
    expect(layersAbovePeak(layersOfResult(result), result.totals.peakActivationBytes)).toEqual([]);
  });
});
