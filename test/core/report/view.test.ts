import { describe, expect, it } from 'vitest';
import { toDocument } from '../../../src/core/report/document.js';
import { metricRows } from '../../../src/core/report/metric-rows.js';
import { viewsOf } from '../../../src/core/report/view.js';
import { fullReport, sampleReport } from './sample-report.js';

describe('names', () => {
  it('tells apart models of the same name, by file or by number', () => {
    const [first, second, third] = sampleReport().analyses;
    if (first === undefined || second === undefined || third === undefined) throw new Error('no analyses');
    const named = (analysis: typeof first, file: string | undefined) => ({
      ...analysis,
      model: { ...analysis.model, name: 'net', source: file === undefined ? null : { format: 'onnx', file } },
    });
    const input = {
      ...sampleReport(),
      measurements: [],
      graphs: [],
      analyses: [named(first, 'a.onnx'), named(second, undefined), named(third, 'a.onnx')],
    };
    expect(viewsOf(toDocument(input))[0]?.models.map(({ name }) => name)).toEqual([
      'net (a.onnx)',
      'net',
      'net (a.onnx) #2',
    ]);
  });
});

describe('groups', () => {
  const report = sampleReport();
  const grouped = {
    ...report,
    groups: [
      {
        title: 'first',
        models: [
          { name: 'Dense k=32', architecture: 'dense' },
          { name: 'OSA 5x128', architecture: 'osa' },
        ],
      },
      {
        title: 'second',
        note: 'a note',
        models: [{ name: 'Bottleneck 256/64', architecture: 'dense' }, { name: 'missing' }],
      },
    ],
  };
  const views = viewsOf(toDocument(grouped));

  it('has one view each, with its own baseline', () => {
    expect(
      views.map(({ title, note, models }) => [title, note, models.map(({ name, index }) => [name, index])]),
    ).toEqual([
      [
        'first',
        null,
        [
          ['Dense k=32', 0],
          ['OSA 5x128', 1],
        ],
      ],
      ['second', 'a note', [['Bottleneck 256/64', 0]]],
    ]);
    const params = metricRows(views[0] as (typeof views)[0]).find(({ id }) => id === 'params');
    expect(params?.cells[1]?.ratio).toBeCloseTo(
      (report.analyses[0]?.totals.params ?? 0) / (report.analyses[1]?.totals.params ?? 1),
      12,
    );
  });

  it('gives one architecture one colour in all groups', () => {
    expect(views[0]?.models.map(({ style }) => style.colour)).toEqual([0, 1]);
    expect(views[1]?.models.map(({ style }) => style.colour)).toEqual([0]);
  });

  it('shades a second variant of an architecture within a group', () => {
    const models = [
      { name: 'Dense k=32', architecture: 'x' },
      { name: 'OSA 5x128', architecture: 'x' },
    ];
    const [view] = viewsOf(toDocument({ ...report, groups: [{ title: 't', models }] }));
    expect(view?.models.map(({ style }) => [style.colour, style.shade])).toEqual([
      [0, 0],
      [0, 1],
    ]);
  });

  it('puts what no group names into a last one', () => {
    const [, rest] = viewsOf(toDocument({ ...report, groups: [{ title: 't', models: [{ name: 'OSA 5x128' }] }] }));
    expect([rest?.title, rest?.models.length]).toEqual(['Others', 2]);
  });
});

describe('metric rows', () => {
  const [view] = viewsOf(toDocument(fullReport()));
  if (view === undefined) throw new Error('no view');
  const rows = metricRows(view);

  it('marks the best by the direction that is good', () => {
    expect(rows.find(({ id }) => id === 'params')?.best).toEqual([2]);
    expect(rows.find(({ id }) => id === 'measuredMaddsPerSecond')?.best).toEqual([0]);
    expect(rows.find(({ id }) => id === 'measuredPowerWatts')?.best).toEqual([]);
  });

  it('marks nothing as the best that the measurement does not show to be', () => {
    const report = sampleReport();
    const [measurement] = report.measurements;
    if (measurement === undefined) throw new Error('no measurement');
    const best = (changed: Partial<typeof measurement>, id: string) => {
      const [bare] = viewsOf(toDocument({ ...report, measurements: [{ ...measurement, ...changed }] }));
      return bare === undefined ? null : metricRows(bare).find((row) => row.id === id)?.best;
    };
    expect(best({}, 'measuredLatencyMs')).toEqual([0]);
    const comparisons = measurement.comparisons.map((comparison) => ({
      ...comparison,
      verdict: 'inconclusive' as const,
    }));
    expect(best({ comparisons }, 'measuredLatencyMs')).toEqual([]);
    expect(best({ comparisons }, 'measuredImagesPerSecond')).toEqual([]);
    const arms = measurement.arms.map((arm) => ({
      ...arm,
      wall: arm.wall && { hot: { ...arm.wall.hot, lowMs: 1, highMs: 10 } },
    }));
    expect(best({ arms: arms as typeof measurement.arms }, 'measuredMaddsPerSecond')).toEqual([]);
  });

  it('names the place of what is measured or estimated, and its interval', () => {
    const latency = rows.find(({ id }) => id === 'measuredLatencyMs');
    expect([latency?.place, latency?.origin]).toEqual(['onnxruntime, Example GPU', 'measured']);
    expect(latency?.cells[0]?.low).toBeLessThan(latency?.cells[0]?.value ?? 0);
    const estimate = rows.find(({ id }) => id === 'estimatedLatencyMs');
    expect([estimate?.place, estimate?.origin, estimate?.cells[0]?.high]).toEqual(['Other GPU', 'estimated', 1.2]);
  });

  it('keeps the reason of a missing energy, and no zero', () => {
    const report = sampleReport();
    const [measurement] = report.measurements;
    if (measurement === undefined) throw new Error('no measurement');
    const arms = measurement.arms.map((arm) => ({
      ...arm,
      energy: { status: 'unavailable', reason: 'no meter' } as const,
    }));
    const [bare] = viewsOf(toDocument({ ...report, measurements: [{ ...measurement, arms }] }));
    const energy = bare === undefined ? undefined : metricRows(bare).find(({ id }) => id === 'measuredEnergyJoules');
    expect(energy?.cells[0]).toMatchObject({ value: null, missing: 'no meter' });
  });
});
