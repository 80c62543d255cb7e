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
