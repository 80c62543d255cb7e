import { describe, expect, it } from 'vitest';
import { analyze } from '../../../src/core/analysis/analyze.js';
import { blockGraph } from '../../../src/core/report/diagram/boxes.js';
import { BOX_WIDTH, layOut } from '../../../src/core/report/diagram/layout.js';
import { defaultScope, drawableScopes } from '../../../src/core/report/diagram/scopes.js';
import { drawBlock } from '../../../src/core/report/diagram/svg.js';
import { buildModel } from '../../../src/core/zoo/index.js';
import { loadModel } from '../../../src/node/load-model.js';
import { bottleneckBlock, deepNetwork, denseBlock, osaBlock } from './sample-graphs.js';

const graphOf = (graph: ReturnType<typeof osaBlock>) => {
  const analysis = analyze(graph);
  return { analysis, graph: blockGraph(analysis, analysis.layers) };
};

it('draws one-shot aggregation: every feature is read once more, by the concatenation', () => {
  const { graph } = graphOf(osaBlock());
  expect(graph.boxes.map(({ steps }) => steps.map(({ title }) => title))).toEqual([
    ['x'],
    ['3×3 conv 256→128'],
    ['3×3 conv 128→128'],
    ['3×3 conv 128→128'],
    ['3×3 conv 128→128'],
    ['3×3 conv 128→128'],
    ['concat 896', '1×1 conv 896→256'],
  ]);
  const arcs = graph.edges.filter(({ from, to }) => to > from + 1);
  expect(arcs.map(({ channels, to }) => [channels, to])).toEqual([
    [256, 6],
    [128, 6],
    [128, 6],
    [128, 6],
    [128, 6],
  ]);
  expect(graph.edges[0]?.bytes).toBe(256 * 56 * 56 * 4);
});

it('draws dense connections: every concatenation reads all features before it', () => {
  const { graph } = graphOf(denseBlock('dense', 256, 32, 9));
  // The input and 9 layers are read by every concatenation after them: 9 + 8 + … reads, and 1 by the first layer.
  expect(graph.edges).toHaveLength(1 + Array.from({ length: 9 }, (_, i) => i + 2).reduce((a, b) => a + b));
});

it('draws residual blocks: one arc around each', () => {
  const { graph } = graphOf(bottleneckBlock('b', 256, 64, 4));
  expect(graph.edges.filter(({ from, to }) => to > from + 1).map(({ channels }) => channels)).toEqual([
    256, 256, 256, 256,
  ]);
});

it('gives edges the bytes of the tensors in the element type analysed', () => {
  const analysis = analyze(osaBlock(), { dtype: 'float16' });
  expect(blockGraph(analysis, analysis.layers).edges[0]?.bytes).toBe(256 * 56 * 56 * 2);
});

describe('layout', () => {
  it('overlaps no boxes and lets no two arcs share a port', () => {
    const { graph } = graphOf(denseBlock());
    const { boxes, edges, width, height } = layOut(graph, 4e-6, 250);
    boxes.forEach(({ y, height: own }, i) => {
      const next = boxes[i + 1];
      if (next !== undefined) expect(y + own).toBeLessThan(next.y);
    });
    const ports = edges
      .filter(({ kind }) => kind === 'arc')
      .flatMap((edge) => [[edge.y1, edge.width] as const, [edge.y2, edge.width] as const]);
    const sorted = ports.sort((a, b) => a[0] - b[0]);
    sorted.forEach(([y, own], i) => {
      const next = sorted[i + 1];
      if (next !== undefined) expect(next[0] - y).toBeGreaterThanOrEqual((own + next[1]) / 2);
    });
    expect(width).toBeLessThan(BOX_WIDTH + 250 + 24 + 60);
    expect(height).toBe((boxes.at(-1)?.y ?? 0) + (boxes.at(-1)?.height ?? 0));
  });

  it('draws lines as wide as their bytes', () => {
    const { graph } = graphOf(osaBlock());
    const { edges } = layOut(graph, 4e-6, 250);
    for (const { edge, width } of edges) expect(width).toBeCloseTo(Math.max(1, edge.bytes * 4e-6), 9);
  });
});

describe('scopes', () => {
  it('shows a small model whole', () => {
    const { analysis } = graphOf(osaBlock());
    expect(defaultScope(analysis, drawableScopes(analysis))?.path).toBe('');
  });

  it('shows the costliest branching module of a large one', async () => {
    for (const [name, path] of [
      ['resnet50', 'layer1'],
      ['densenet121', 'features.denseblock1'],
    ] as const) {
      const analysis = analyze(await buildModel(name));
      expect(defaultScope(analysis, drawableScopes(analysis))?.path).toBe(path);
    }
  });

  it('lists modules of a very large model quickly enough to be counted', () => {
    const analysis = analyze(deepNetwork(3000));
    const scopes = drawableScopes(analysis);
    expect(scopes.every(({ layers }) => layers.length > 1 && layers.length < 400)).toBe(true);
    expect(scopes.length).toBeGreaterThan(50);
  });

  it('reads channels where the layout puts them', async () => {
    const analysis = analyze(await buildModel('vit-s-16').catch(() => buildModel('vit-b-16')));
    const scope = defaultScope(analysis, drawableScopes(analysis));
    if (scope === undefined) throw new Error('no scope');
    const widths = blockGraph(analysis, scope.layers).edges.map(({ channels }) => channels);
    expect(widths).toContain(analysis.layers.find(({ op }) => op === 'layerNorm')?.outputShapes[0]?.at(-1));
  });
});

it('escapes names in the drawing', () => {
  const svg = drawBlock(
    { boxes: [{ kind: 'input', steps: [{ title: '<script>"', detail: '', layer: '', bytes: 0 }] }], edges: [] },
    { pixelsPerByte: 1, reach: 100, label: '"><img>', modelClass: 'm0 s0' },
  ).text;
  expect(svg).not.toMatch(/<script|<img/);
});

it('takes a view of weights alone for what it is: nothing comes before it', async () => {
  const graph = await loadModel('fixtures/tflite/conv2d.fp32b1.tflite');
  const result = analyze(graph);
  const views = result.layers.filter(({ kind, inputLayers }) => kind === 'view' && inputLayers.length === 0);
  expect(views).toHaveLength(2);
  const { boxes } = blockGraph(result, result.layers);
  expect(boxes.slice(0, 3).map(({ steps }) => steps[0]?.title)).toEqual(['x_0', ...views.map(({ name }) => name)]);
});
