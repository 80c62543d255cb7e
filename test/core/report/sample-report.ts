import { analyze } from '../../../src/core/analysis/analyze.js';
import type { AnalysisResult } from '../../../src/core/analysis/result.js';
import type { Graph } from '../../../src/core/ir/graph.js';
import {
  type ArmMeasurement,
  type Distribution,
  MEASUREMENT_SCHEMA,
  type Measurement,
} from '../../../src/core/measurement.js';
import type { ReportInput } from '../../../src/core/report/define-reporter.js';
import { bottleneckBlock, denseBlock, osaBlock } from './sample-graphs.js';

/** Deterministic noise in [0, 1): mulberry32. */
export function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function distribution(medianMs: number, seed: number): Distribution {
  const random = noise(seed);
  const samplesMs = Array.from(
    { length: 120 },
    () => medianMs * (1 + 0.02 * (random() + random() - 1) + (random() > 0.96 ? 0.06 : 0)),
  );
  const sorted = [...samplesMs].sort((a, b) => a - b);
  const at = (q: number) => sorted[Math.floor(q * (sorted.length - 1))] as number;
  return {
    medianMs: at(0.5),
    lowMs: at(0.46),
    highMs: at(0.54),
    confidence: 0.95,
    p5Ms: at(0.05),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
    samplesMs,
  };
}

function armOf(analysis: AnalysisResult, medianMs: number, seed: number): ArmMeasurement {
  const hot = distribution(medianMs, seed);
  const { totals, layers } = analysis;
  const bytes = totals.fused.readBytes + totals.fused.writeBytes;
  const moved = layers.reduce((sum, layer) => sum + layer.eagerReadBytes + layer.eagerWriteBytes, 0);
  return {
    name: analysis.model.name,
    batch: 1,
    status: 'ok',
    madds: totals.madds,
    flops: totals.flops,
    fusedBytes: bytes,
    wall: { hot },
    check: { before: 2e-7, after: 2e-7, tolerance: 1e-4 },
    imagesPerSecond: 1000 / hot.medianMs,
    maddsPerSecond: totals.madds / (hot.medianMs / 1000),
    flopsPerSecond: totals.flops / (hot.medianMs / 1000),
    bandwidthBytesPerSecond: bytes / (hot.medianMs / 1000),
    energy: {
      status: 'measured',
      meter: 'scripted',
      energyJoules: (hot.medianMs / 1000) * 190,
      grossEnergyJoules: (hot.medianMs / 1000) * 240,
      powerWatts: 190,
      idlePowerWatts: 50,
      repetitions: 32,
      seconds: 5,
    },
    layers: {
      timings: layers
        .filter(({ eagerReadBytes }) => eagerReadBytes > 0)
        .map((layer) => ({
          name: layer.name,
          latencyMs: 0.004 + (0.95 * hot.medianMs * (layer.eagerReadBytes + layer.eagerWriteBytes)) / moved,
        })),
      unexplainedFraction: 0.05,
    },
  };
}

/** A measurement made up for tests: latencies in ms by model. */
export function sampleMeasurement(analyses: readonly AnalysisResult[], latenciesMs: readonly number[]): Measurement {
  const arms = analyses.map((analysis, i) => armOf(analysis, latenciesMs[i] as number, i + 1));
  const [first] = arms as [ArmMeasurement, ...ArmMeasurement[]];
  return {
    schema: MEASUREMENT_SCHEMA,
    archmeter: '0.1.0',
    startedAt: '2026-01-01T00:00:00.000Z',
    command: 'archmeter bench (made up for tests)',
    runtime: { name: 'onnxruntime', details: { version: '1.30.0', provider: 'cuda' } },
    device: { kind: 'gpu', name: 'Example GPU', vendor: 'Example', driver: '1.2.3' },
    dtype: 'float32',
    settings: {
      clock: 'wall',
      clockQuantumMs: 0.0001,
      precision: 0.005,
      tolerance: 0.01,
      timeBudgetSeconds: 60,
      seed: 1,
      stoppedBy: 'precision',
      rounds: 120,
    },
    arms,
    control: {
      ratio: 1.0004,
      low: 0.9985,
      high: 1.0021,
      floor: 1.0021,
      confidence: 0.95,
      samplesMs: distribution(first.wall?.hot.medianMs ?? 1, 99).samplesMs,
    },
    comparisons: arms.slice(1).map((arm) => {
      const ratio = (arm.wall?.hot.medianMs ?? 1) / (first.wall?.hot.medianMs ?? 1);
      const verdict = ratio < 0.99 ? 'faster' : ratio > 1.01 ? 'slower' : 'inconclusive';
      return {
        name: arm.name,
        baseline: first.name,
        ratio,
        low: ratio * 0.994,
        high: ratio * 1.006,
        pValue: 0.001,
        verdict,
        confidence: 0.95,
        rounds: 120,
      } as const;
    }),
    environment: {
      os: 'linux 6.1',
      cpu: 'Example CPU',
      governor: 'performance',
      loadAverage: 0.2,
      temperatureCelsius: null,
    },
    warnings: [{ id: 'load', text: 'The machine was busy: load average 0.2 per core. Close other programs.' }],
  };
}

export function sampleGraphs(): Graph[] {
  return [osaBlock(), denseBlock(), bottleneckBlock()];
}

/** Three blocks, analysed and (in made-up figures) timed. */
export function sampleReport(): ReportInput {
  const graphs = sampleGraphs();
  const analyses = graphs.map((graph) => analyze(graph));
  return {
    title: 'Blocks at 56×56, 256 to 256 channels',
    command: 'archmeter blocks --runtime onnxruntime --report report.html',
    analyses,
    graphs,
    measurements: [sampleMeasurement(analyses, [3.1, 6.4, 3.9])],
    devices: [
      {
        name: 'Example GPU',
        dtype: 'float32',
        flopsPerSecond: 12e12,
        bytesPerSecond: 480e9,
        source: 'made up for tests',
        verified: true,
      },
    ],
  };
}
