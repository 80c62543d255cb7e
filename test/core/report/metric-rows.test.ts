import { expect, it } from 'vitest';
import { analyze } from '../../../src/core/analysis/analyze.js';
import type { AnalysisResult } from '../../../src/core/analysis/result.js';
import type { Measurement } from '../../../src/core/measurement.js';
import { toDocument } from '../../../src/core/report/document.js';
import { metricRows } from '../../../src/core/report/metric-rows.js';
import { paperCostCaveat } from '../../../src/core/report/paper-cost.js';
import { type ReportView, viewsOf } from '../../../src/core/report/view.js';
import { buildModel } from '../../../src/core/zoo/index.js';
import { fullReport, sampleReport } from './sample-report.js';

const rowsOf = (input: Parameters<typeof toDocument>[0]) => metricRows(viewsOf(toDocument(input))[0] as ReportView);

it('leaves a difference open where the harness does, and rates within the A/A floor', () => {
  const report = sampleReport();
  const [measurement] = report.measurements as [Measurement];
  const noisy: Measurement = {
    ...measurement,
    control: { floor: 50, deviation: 2, copies: 8, confidence: 0.95 },
    comparisons: measurement.comparisons.map((comparison) => ({ ...comparison, verdict: 'inconclusive' })),
  };
  const proven = rowsOf(report);
  const doubted = rowsOf({ ...report, measurements: [noisy] });
  for (const id of ['measuredLatencyMs', 'measuredMaddsPerSecond', 'measuredBandwidth']) {
    const [sure, open] = [proven, doubted].map((rows) => rows.find((row) => row.id === id));
    expect(sure?.cells.some(({ open: doubt }) => !doubt)).toBe(true);
    expect(sure?.best).not.toEqual([]);
    expect(open?.cells.slice(1).every(({ open: doubt }) => doubt)).toBe(true);
    expect(open?.best).toEqual([]);
  }
  expect(doubted.find(({ id }) => id === 'madds')?.cells.every(({ open }) => !open)).toBe(true);
});

it('takes a difference for proven where the harness does, although the intervals of the two meet', () => {
  const report = sampleReport();
  const [measurement] = report.measurements as [Measurement];
  const arms = measurement.arms.map((arm) => ({
    ...arm,
    wall: { ...arm.wall, hot: { ...arm.wall?.hot, lowMs: 0.01, highMs: 1000 } },
  })) as Measurement['arms'];
  const found = measurement.comparisons.map((comparison) => ({ ...comparison, verdict: 'slower' as const }));
  const latency = (comparisons: Measurement['comparisons']) =>
    rowsOf({ ...report, measurements: [{ ...measurement, arms, comparisons }] }).find(
      ({ id }) => id === 'measuredLatencyMs',
    );
  expect(latency(found)?.cells[1]?.open).toBe(false);
  expect(latency([])?.cells[1]?.open).toBe(true);
});

it('gives the wall time beside a latency by the device clock, and images a second by it alone', () => {
  const report = sampleReport();
  const [measurement] = report.measurements as [Measurement];
  expect(rowsOf(report).find(({ id }) => id === 'measuredWallMs')).toBeUndefined();
  // The device works for half of the time; the first is slower by its clock, and as fast by the wall's.
  const arms = measurement.arms.map(({ wall, ...arm }, i) => ({
    ...arm,
    wall,
    device: {
      hot: { ...wall?.hot, medianMs: i === 0 ? 4 : 2, lowMs: i === 0 ? 3.9 : 1.9, highMs: i === 0 ? 4.1 : 2.1 },
    },
  })) as Measurement['arms'];
  const onDevice: Measurement = { ...measurement, arms, settings: { ...measurement.settings, clock: 'device' } };
  const rows = rowsOf({ ...report, measurements: [onDevice] });
  const row = (id: string) => rows.find((candidate) => candidate.id === id);
  expect(row('measuredLatencyMs')?.cells.map(({ value }) => value)).toEqual([4, 2, 2]);
  expect(row('measuredWallMs')?.cells.map(({ value }) => value)).toEqual(
    measurement.arms.map(({ wall }) => wall?.hot.medianMs),
  );
  expect(row('measuredWallMs')?.heading).toBe('Wall time');
  // By the harness's verdict on device time the second is slower; images a second are judged by wall time.
  expect(row('measuredWallMs')?.best).toEqual([0]);
  expect(row('measuredImagesPerSecond')?.best).toEqual([0]);
});

it('leaves estimates open whose intervals meet', () => {
  const report = fullReport();
  const estimates = (report.estimates ?? []).map((estimate, i) =>
    i === 1 ? { ...estimate, latencyLowMs: 1.1 } : estimate,
  );
  const row = rowsOf({ ...report, estimates }).find(({ id }) => id === 'estimatedLatencyMs');
  expect(row?.cells.map(({ open }) => open)).toEqual([false, true, false]);
});

it("does not rank models by the paper's figure where convolutions do little of the work", async () => {
  const models = await Promise.all(['resnet18', 'vgg11', 'vit-b-16'].map((name) => buildModel(name)));
  const [resnet, vgg, vit] = models.map((graph) => analyze(graph)) as [AnalysisResult, AnalysisResult, AnalysisResult];
  const paper = (...analyses: AnalysisResult[]) =>
    rowsOf({ title: '', command: '', analyses, measurements: [] }).find(({ id }) => id === 'paperMemoryAccessCost');
  expect(paper(resnet, vgg)?.best).toHaveLength(1);
  expect(paper(resnet, vit)).toMatchObject({ best: [], better: 'neither' });
  expect(paperCostCaveat([resnet, vit])).toMatch(
    /^MAC \(paper\) counts convolutions alone, which do 0\.66 % of .* vit-b-16/,
  );
});
