import { describe, expect, it } from 'vitest';
import { analyze } from '../../../src/core/analysis/analyze.js';
import type { Measurement } from '../../../src/core/measurement.js';
import {
  type ChartContext,
  type ChartDefinition,
  type ChartPoint,
  hasLegend,
  hiddenIn,
  legendOf,
  notesOf,
} from '../../../src/core/report/charts/define-chart.js';
import { icicleTree } from '../../../src/core/report/charts/drawing/icicle.js';
import { coincident } from '../../../src/core/report/charts/drawing/style.js';
import { CHARTS } from '../../../src/core/report/charts/index.js';
import type { ZooDot } from '../../../src/core/report/define-reporter.js';
import { toDocument } from '../../../src/core/report/document.js';
import { DARK, LIGHT, modelFill } from '../../../src/core/report/palette.js';
import { type ReportView, viewsOf } from '../../../src/core/report/view.js';
import { profiledReport } from './profiled-report.js';
import { deepNetwork, denseBlock, osaBlock } from './sample-graphs.js';
import { fullReport, manyReport, sampleReport } from './sample-report.js';

const viewOf = (input: Parameters<typeof toDocument>[0]) => viewsOf(toDocument(input))[0] as ReportView;
const full = viewOf(fullReport());

const context = (view: ReportView, more: Partial<ChartContext> = {}): ChartContext => ({
  view,
  theme: LIGHT,
  font: { family: 'x', size: 13 },
  width: 600,
  variant: null,
  selection: null,
  hidden: new Set(),
  ...more,
});

const chart = (id: string) => CHARTS.find((candidate) => candidate.id === id) as ChartDefinition;

const many = viewOf(await manyReport());
const profiled = viewOf(await profiledReport());
/** Of few models, of many or of a profile, whichever the chart is made for. */
const madeFor = (definition: ChartDefinition) =>
  [full, many, profiled].find((view) => definition.applies(view)) as ReportView;

describe.each(CHARTS.map((definition) => [definition.id, definition] as const))('%s', (_, definition) => {
  it('draws a full report, in every variant and theme, with a table beside it', () => {
    const full = madeFor(definition);
    expect(definition.applies(full)).toBe(true);
    const variants = definition.variants?.(full).map(({ id }) => id) ?? [];
    for (const variant of variants.length === 0 ? [null] : variants) {
      for (const theme of [LIGHT, DARK]) {
        const { data } = definition.build(context(full, { variant, theme }));
        expect(data.datasets.some((set) => set.data.length > 0)).toBe(true);
      }
      const table = definition.table(full, variant);
      expect(table.rows.length).toBeGreaterThan(0);
      for (const row of table.rows) expect(row).toHaveLength(table.headings.length);
      expect(definition.title(full, variant)).not.toBe('');
      expect(definition.caption(full, variant)).not.toBe('');
      expect(definition.height(full, variant)).toBeGreaterThan(50);
    }
  });

  it('does not apply to a report of nothing', () => {
    const empty = viewsOf(toDocument({ title: '', command: '', analyses: [], measurements: [] }))[0];
    expect(empty === undefined || !definition.applies(empty)).toBe(true);
  });
});

it('shows the measured rate of layers where no device gives a roof', () => {
  const { devices, ...report } = fullReport();
  const view = viewOf(report);
  expect(devices).not.toEqual([]);
  expect(chart('roofline').title(view, null)).toBe('Rate of every layer by arithmetic intensity');
  const { headings, rows } = chart('roofline').table(view, null);
  expect(headings).toContain('FLOP/s');
  expect(new Set(rows.map((row) => row.at(-1)))).toEqual(new Set(['measured']));
});

it('draws no numbers that are not finite', () => {
  for (const definition of CHARTS) {
    for (const { data } of definition.build(context(madeFor(definition))).data.datasets) {
      for (const value of data as unknown[]) {
        if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
        const point = value as ChartPoint | null;
        if (point !== null && typeof point === 'object' && 'x' in point && point.lines.length > 0) {
          expect([point.x, point.y].every(Number.isFinite)).toBe(true);
        }
      }
    }
  }
});

describe('roofline', () => {
  it('places a layer by its FLOPs per byte and its measured rate', () => {
    const report = sampleReport();
    const view = viewOf(report);
    const row = chart('roofline')
      .table(view, null)
      .rows.find(([, layer]) => layer === 'osa.layers.1.conv');
    const layer = report.analyses[0]?.layers.find(({ name }) => name === 'osa.layers.1.conv');
    const timing = report.measurements[0]?.arms[0]?.layers?.timings.find(({ name }) => name === 'osa.layers.1.conv');
    if (layer === undefined || timing === undefined) throw new Error('not in the sample');
    expect(row?.[2]).toBeCloseTo(layer.flops / (layer.readBytes + layer.writeBytes), 9);
    expect(row?.[3]).toBeCloseTo(layer.flops / (timing.latencyMs / 1000), 3);
    expect(row?.[4]).toBe('measured');
  });

  it('draws no layer under the roofs of a device that it was not timed on', () => {
    const report = sampleReport();
    const elsewhere = { ...report, devices: report.devices?.map((device) => ({ ...device, name: 'RTX 4090' })) };
    const view = viewOf(elsewhere);
    expect(
      chart('roofline')
        .table(view, null)
        .rows.map((row) => row.at(-1)),
    ).not.toContain('measured');
    expect(chart('roofline').caption(view, null)).toMatch(/Layers timed on Example GPU are not drawn here\.$/);
    const known = elsewhere.devices?.map((device) => ({ ...device, timedAs: 'Example GPU' }));
    expect(
      chart('roofline')
        .table(viewOf({ ...elsewhere, devices: known }), null)
        .rows.at(0)
        ?.at(-1),
    ).toBe('measured');
  });

  it('sets layers without a timing on the roof, and says so', () => {
    const view = viewOf({ ...sampleReport(), measurements: [] });
    const { rows } = chart('roofline').table(view, null);
    for (const [, , x, y, source] of rows) {
      expect(source).toBe('attainable');
      expect(y).toBeCloseTo(Math.min(12e12, 480e9 * Number(x)), 0);
    }
    expect(chart('roofline').caption(view, null)).toContain('Nothing was timed');
  });

  it('draws fused kernels as one under the fused execution model', () => {
    const analysis = analyze(osaBlock(), { execution: 'fused' });
    const view = viewOf({ title: '', command: '', analyses: [analysis], measurements: [] });
    const { rows } = chart('roofline').table(view, null);
    expect(rows).toHaveLength(6);
    const [, , x] = rows[0] as [string, string, number];
    const kernel = analysis.layers.filter(({ kernel }) => kernel === analysis.layers[0]?.kernel);
    const sum = (figure: (layer: (typeof kernel)[0]) => number) =>
      kernel.reduce((total, layer) => total + figure(layer), 0);
    expect(x).toBeCloseTo(
      sum(({ flops }) => flops) / sum(({ fusedReadBytes, fusedWriteBytes }) => fusedReadBytes + fusedWriteBytes),
      9,
    );
  });
});

it('shows the signature of dense connections beside that of one-shot aggregation', () => {
  const analyses = [osaBlock(), denseBlock()].map((graph) => analyze(graph));
  const { rows } = chart('channels').table(viewOf({ title: '', command: '', analyses, measurements: [] }), null);
  const ratios = (model: string) => rows.filter(([name]) => name === model).map((row) => row[4]);
  expect(ratios('OSA 5x128')).toEqual([2, 1, 1, 1, 1, 3.5]);
  expect(ratios('Dense k=32')).toEqual([8, 9, 10, 11, 12, 13, 14, 15, 16, 2.125]);
});

it('names the tensors at the peak of memory', () => {
  expect(chart('liveness').notes?.(full, null)[0]).toBe(
    'OSA 5x128 peaks at 22.5 MB in osa.concat: osa.concat 11.2 MB, x 3.21 MB, osa.layers.0.conv.act 1.61 MB, osa.layers.1.conv.act 1.61 MB, 3 more.',
  );
});

it('rings the selected layer, and only it', () => {
  for (const id of ['roofline', 'memory-access', 'channels', 'liveness']) {
    const { data } = chart(id).build(context(full, { selection: { model: 1, layer: 'layers.3.conv' } }));
    const rings = data.datasets.filter(({ label }) => label === 'selected').flatMap((set) => set.data as ChartPoint[]);
    expect(rings.map(({ layer }) => layer)).toEqual(['layers.3.conv']);
  }
});

it('joins in the Pareto front only what nothing beats', () => {
  const { data } = chart('pareto').build(context(full, { variant: 'madds@' }));
  const front = data.datasets.find(({ label }) => label === 'front');
  // By multiply-adds the bottleneck (77 %) is both cheapest and best: there is no front to draw.
  expect(front).toBeUndefined();
  const byLatency = chart('pareto').build(context(full, { variant: 'measuredLatencyMs@onnxruntime, Example GPU' }));
  expect(byLatency.data.datasets.find(({ label }) => label === 'front')?.data).toHaveLength(2);
});

it('leaves out models that the reader has switched off', () => {
  const shown = chart('metrics')
    .build(context(full, { hidden: new Set([1]) }))
    .data.datasets.map(({ label }) => label);
  expect(shown).toEqual(['Bottleneck 256/64']);
});

describe('bars of one place', () => {
  it('keep the colour of their model where another has no figure', () => {
    const report = sampleReport();
    const [measurement] = report.measurements as [Measurement];
    const arms = measurement.arms.filter((_, i) => i !== 1);
    const view = viewOf({ ...report, measurements: [{ ...measurement, arms }] });
    const { data } = chart('efficiency').build(context(view));
    const [bars] = data.datasets;
    expect(data.labels).toEqual(['OSA 5x128', 'Bottleneck 256/64']);
    expect(bars?.backgroundColor).toEqual(
      [view.models[0], view.models[2]].map((model) => model && modelFill(LIGHT, model.style)),
    );
  });
});

describe('many models', () => {
  const names = (variant: string | null) =>
    chart('dots')
      .table(many, variant)
      .rows.map(([name]) => name);

  it('have a row each, sorted by the figure that is chosen', () => {
    expect(chart('metrics').applies(many)).toBe(false);
    expect(chart('dots').applies(full)).toBe(false);
    expect(names(null)).toEqual([...many.models].reverse().map(({ name }) => name));
    expect(names('given')).toEqual(many.models.map(({ name }) => name));
    const params = chart('dots')
      .table(many, 'params')
      .rows.map((row) => Number(row[1]));
    expect(params).toEqual([...params].sort((a, b) => a - b));
    const { data, options } = chart('dots').build(context(many, { variant: 'madds', width: 1000 }));
    expect(data.datasets.map(({ label }) => label)[0]).toBe('MAdds');
    expect(data.datasets).toHaveLength(5);
    expect(data.datasets[0]?.data).toHaveLength(12);
    // Stacked axes stand from right to left.
    expect(Object.keys(options?.scales ?? {})).toEqual(['x4', 'x3', 'x2', 'x1', 'x0', 'y']);
    expect(chart('dots').build(context(many, { width: 360 })).data.datasets).toHaveLength(1);
  });

  it('show the layers of five at a time, and say so', () => {
    const roofline = chart('roofline');
    expect([...hiddenIn(roofline, many, new Set([0]))].sort((a, b) => a - b)).toEqual([0, 6, 7, 8, 9, 10, 11]);
    expect(legendOf(roofline, many)).toEqual(many.models.slice(0, 5));
    expect(notesOf(roofline, many, null)[0]).toBe('The first 5 of the 12 models that are not switched off.');
    expect(hiddenIn(roofline, full, new Set())).toEqual(new Set());
    expect(hiddenIn(chart('dots'), many, new Set([1]))).toEqual(new Set([1]));
  });
});

describe('stages', () => {
  it('sum the layers by the map that convolutions and pooling leave behind', () => {
    const { headings, rows } = chart('stages').table(many, 'madds');
    expect(headings.slice(0, 2)).toEqual(['Stage', 'resnet18 0']);
    expect(rows.map(([stage]) => stage)).toEqual(['112×112', '56×56', '28×28', '14×14', '7×7', 'no map']);
    for (const model of [1, 2, 3]) {
      const sum = rows.reduce((total, row) => total + Number(row[model]), 0);
      expect(sum).toBe(many.models[model - 1]?.analysis?.totals.madds);
    }
  });
});

describe('modules', () => {
  it('lie in each other by their paths and sum up to the model', () => {
    const tree = icicleTree('net', [
      { path: ['stem', 'conv'], value: 1, layer: 'stem.conv' },
      { path: ['blocks', '0', 'conv', 'inner'], value: 2, layer: 'blocks.0.conv.inner' },
      { path: ['blocks', '0', 'norm'], value: 1 },
      { path: ['head'], value: 0 },
      { path: ['blocks', '1', 'conv'], value: 2, layer: 'blocks.1.conv' },
    ]);
    // `blocks` is five sixths of the whole: its parts stand in its place, named by it.
    expect(tree.children.map(({ label, value }) => [label, value])).toEqual([
      ['stem.conv', 1],
      ['blocks.0', 3],
      ['blocks.1.conv', 2],
    ]);
    expect(tree.children[1]?.children.map(({ label, path }) => [label, path])).toEqual([
      ['conv.inner', 'blocks.0.conv.inner'],
      ['norm', 'blocks.0.norm'],
    ]);
    expect(tree.value).toBe(6);
  });

  it('draw each box as wide as its cost, parts under the whole', () => {
    const { data } = chart('modules').build(context(full, { variant: 'params' }));
    const boxes = data.datasets[0]?.data as (ChartPoint & { span: [number, number]; level: number })[];
    const roots = boxes.filter(({ level }) => level === 0);
    expect(roots.map(({ span }) => span)).toEqual(full.models.map(({ analysis }) => [0, analysis?.totals.params]));
    const below = boxes.filter(({ level, model }) => level === 1 && model === 0);
    // What is narrower than a pixel is not drawn.
    expect((below.at(-1)?.span[1] ?? 0) / (roots[0]?.span[1] ?? 1)).toBeCloseTo(1, 2);
    expect(below.every(({ y }) => y === 1)).toBe(true);
  });

  it('draw a model of thousands of layers in hundreds of boxes', () => {
    const view = viewOf({ title: '', command: '', analyses: [analyze(deepNetwork(5000))], measurements: [] });
    expect(chart('modules').build(context(view)).data.datasets[0]?.data.length).toBeLessThan(1500);
  });
});

it('sizes marks of the roofline by time', () => {
  const { data } = chart('roofline').build(context(full));
  const radii = data.datasets.flatMap(
    (set) => ((set as { pointRadius?: number[] | number }).pointRadius ?? []) as number[],
  );
  expect(Math.max(...radii)).toBe(11);
  expect(new Set(radii).size).toBeGreaterThan(5);
  expect(chart('roofline').caption(full, null)).toContain('The larger a mark, the longer it takes.');
});

it('names all layers that lie on one point', () => {
  const point = (name: string): ChartPoint => ({
    x: 1,
    y: 1,
    model: 0,
    layer: name,
    lines: [`net: ${name}`, 'ratio 1'],
  });
  expect(coincident([point('a')])).toBeNull();
  expect(coincident(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(point))).toEqual([
    '7 layers:',
    ...['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `net: ${name}`),
    'and 1 more',
    'the first: ratio 1',
  ]);
});

describe('the trend', () => {
  it('has a legend of its own, with models that only the history knows', () => {
    const report = fullReport();
    const history = (report.history ?? []).map((entry) => ({
      ...entry,
      models: { ...entry.models, gone: { madds: 1e9 } },
    }));
    const view = viewOf({ ...report, history });
    const entries = legendOf(chart('history'), view);
    expect(entries.map(({ name }) => name)).toEqual([...view.models.map(({ name }) => name), 'gone']);
    expect(new Set(entries.map(({ style }) => style.colour)).size).toBe(4);
    expect(hasLegend(chart('history'), view, null)).toBe(true);
  });

  it('draws the marks at either end whole', () => {
    for (const set of chart('history').build(context(full)).data.datasets)
      expect((set as { clip?: number }).clip).toBeGreaterThan(4);
  });
});

it('draws the interval of a cost against accuracy', () => {
  const { headings, rows } = chart('pareto').table(full, 'estimatedLatencyMs@Other GPU');
  expect(headings.slice(2, 4)).toEqual(['Low', 'High']);
  expect(rows[0]?.slice(1, 4)).toEqual([1, 0.9, 1.2]);
});

it('draws models of the zoo near its own in grey behind them, against counts and estimates', () => {
  const drawn = (variant: string) =>
    chart('pareto')
      .build(context(full, { variant }))
      .data.datasets.filter(({ label }) => label === 'zoo')
      .flatMap(({ data }) => (data as ChartPoint[]).map(({ lines }) => lines[0]));
  expect(drawn('madds@')).toEqual(['near']);
  expect(drawn('measuredLatencyMs@onnxruntime, Example GPU')).toEqual([]);
  expect(chart('pareto').caption(full, 'madds@')).toMatch(
    /Grey: other models of the zoo, each at its own image size\.$/,
  );
  expect(drawn('estimatedLatencyMs@Other GPU')).toEqual(['near']);
  expect(chart('pareto').caption(full, 'estimatedLatencyMs@Other GPU')).toMatch(
    /Grey: other models of the zoo, each at its own image size, estimated alike \(fp32, eager, batch 1\)\.$/,
  );
  const elsewhere = { ...full, document: { ...full.document, zoo: full.document.zoo?.map(withoutTimes) } };
  expect(chart('pareto').caption(elsewhere, 'estimatedLatencyMs@Other GPU')).not.toContain('Grey');
});

function withoutTimes({ estimatedLatencyMs: _, ...dot }: ZooDot): ZooDot {
  return dot;
}
