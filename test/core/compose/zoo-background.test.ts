import { expect, it } from 'vitest';
import { analyze } from '../../../src/core/analysis/analyze.js';
import { DEVICES, type Device } from '../../../src/core/analysis/devices/index.js';
import { estimateLatency } from '../../../src/core/analysis/latency/index.js';
import { backgroundOf, zooBackground } from '../../../src/core/compose/zoo-background.js';
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

it('knows the estimates of the zoo as estimates give them, on every known device', async () => {
  const background = await zooBackground(DEVICES);
  for (const name of ['alexnet', 'vovnet39', 'vit-b-16']) {
    const graph = await buildModel(name);
    const known = background.find((model) => model.name === name)?.estimatedLatencyMs ?? {};
    for (const device of DEVICES) {
      const { latencyMs } = estimateLatency(graph, { device, execution: 'eager' });
      expect(known[device.name], `${name} on ${device.name}`).toBe(Number(latencyMs.toPrecision(3)));
    }
  }
});

const ALIKE = { batch: 1, excludeHead: false, dtype: 'float32', execution: 'eager' };

it.each([
  ['is estimated for known devices', ALIKE, {}, ['GeForce RTX 4090']],
  ['is not at another precision', { ...ALIKE, dtype: 'float16' }, {}, []],
  ['is not under another execution', { ...ALIKE, execution: 'fused' }, {}, []],
  ['is not by a calibration', ALIKE, { profile: {} }, []],
  ['is not for a device of a file', ALIKE, { device: { ...findable('rtx-4090') } }, []],
  ['does not stand behind batches', { ...ALIKE, batch: 8 }, {}, undefined],
])('%s', async (_, options, target, expected) => {
  const models = [{ result: { options } }, { result: { options } }] as unknown as Parameters<typeof backgroundOf>[0];
  const published = [
    { model: 'a', source: '', top1: 70 },
    { model: 'b', source: '', top1: 71 },
  ];
  const targets = [{ device: findable('rtx-4090'), ...target }] as Parameters<typeof backgroundOf>[2];
  const { zoo } = await backgroundOf(models, published, targets);
  expect(zoo === undefined ? undefined : Object.keys(zoo[0]?.estimatedLatencyMs ?? {})).toEqual(expected);
});

function findable(id: string): Device {
  return DEVICES.find((device) => device.id === id) as Device;
}
