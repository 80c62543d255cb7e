import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../src/core/graph/builder.js';
import { memorySource } from '../../../src/core/importers/shared/bytes.js';
import { profileOf } from '../../../src/core/profile/profile.js';
import { readTrace } from '../../../src/core/traces/index.js';
import { nodesNamed, nodesOfMetadata } from '../../../src/core/traces/tensorrt/names.js';
import { traceFrom } from './files.js';

const layer = (name: string, ms: number) => ({ name, timeMs: 10 * ms, averageMs: ms, medianMs: ms, percentage: 1 });
const PROFILE = [
  { count: 10 },
  layer('Reformatting CopyNode for Input Tensor 0 to conv1 + relu1', 0.01),
  layer('conv1 + relu1', 0.2),
  layer('PWN(act, scaled)', 0.05),
  layer('{ForeignNode[pool...fc]}', 0.3),
];

function model() {
  const b = new GraphBuilder('net');
  const x = b.input('x', [1, 3, 8, 8]);
  const conv = b.add('conv', [x], { outChannels: 4, kernel: 3, padding: 1 }, { name: 'conv1' });
  const relu = b.add('relu', [conv], {}, { name: 'relu1' });
  const act = b.add('sigmoid', [relu], {}, { name: 'act' });
  const scaled = b.add('mul', [relu, act], {}, { name: 'scaled' });
  const pool = b.add('globalAvgPool', [scaled], {}, { name: 'pool' });
  const flat = b.add('flatten', [pool], {}, { name: 'flat' });
  return b.finish([b.add('linear', [flat], { outFeatures: 2 }, { name: 'fc' })]);
}

describe('profiles of TensorRT', () => {
  it('are joined by names; fused layers and ForeignNodes are groups', async () => {
    const trace = await traceFrom(JSON.stringify(PROFILE));
    expect(trace.totalMs).toBeCloseTo(0.56, 9);
    const { rows, joinedFraction } = profileOf(trace, 'net', model());
    expect(rows.map(({ layers, latencyMs, other }) => [layers, latencyMs, other])).toEqual([
      [['conv1', 'relu1'], 0.2, undefined],
      [['act', 'scaled'], 0.05, undefined],
      [['pool', 'fc', 'flat'], 0.3, undefined],
      [[], 0.01, 'layout'],
    ]);
    expect(joinedFraction).toBe(1);
    expect(trace.notes[0]).toContain('no time line');
  });

  it('take the nodes of each layer from the layer information', async () => {
    const layers = {
      Layers: [
        { Name: '{ForeignNode[pool...fc]}', Metadata: '[ONNX Layer: pool]\u001e[ONNX Layer: fc]' },
        'a name alone',
      ],
    };
    const bytes = (json: unknown) => new TextEncoder().encode(JSON.stringify(json));
    const trace = await readTrace(memorySource('p.json', bytes(PROFILE)), {
      layerInfo: memorySource('l.json', bytes(layers)),
    });
    expect(trace.iterations[0]?.steps.at(-1)?.nodes).toEqual([{ name: 'pool' }, { name: 'fc' }]);
    await expect(
      readTrace(memorySource('p.json', bytes(PROFILE)), { layerInfo: memorySource('l.json', bytes({})) }),
    ).rejects.toThrow('l.json: it holds no Layers. Give the file of trtexec --exportLayerInfo.');
  });

  it.each([
    ['/conv1/Conv + /relu/Relu', ['/conv1/Conv', '/relu/Relu'], false],
    ['PWN(/act/Sigmoid, /act/Mul)', ['/act/Sigmoid', '/act/Mul'], false],
    ['{ForeignNode[/a/MatMul.../b/Add]}', ['/a/MatMul', '/b/Add'], true],
    ['Reformatting CopyNode for Output Tensor 0 to x', [], false],
  ])('%s', (name, names, isRange) => {
    expect(nodesNamed(name)).toEqual({ names, isRange });
  });

  it('metadata lists nodes', () => {
    expect(nodesOfMetadata('[ONNX Layer: /a]\u001e[ONNX Layer: /b [x]')).toEqual(['/a', '/b [x']);
  });

  it.each([
    ['[{"count": 1}, {"name": 3, "averageMs": "x"}]', 'the profile holds no layer with a time'],
    ['[{"count": 1}, {"name"', 'it is no sound JSON'],
  ])('%s: one line', async (text, message) => {
    await expect(traceFrom(text)).rejects.toThrow(message);
  });
});
