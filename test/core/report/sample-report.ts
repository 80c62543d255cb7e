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
import { buildModel } from '../../../src/core/zoo/index.js';
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
      grossEnergyJoules: (hot.medianMs / 1000) * 190,
      netEnergyJoules: (hot.medianMs / 1000) * 140,
      powerWatts: 190,
      idle: { before: { powerWatts: 50, flat: true }, after: { powerWatts: 50, flat: true } },
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
    control: { floor: 1.0021, deviation: 0.0018, copies: 8, confidence: 0.95 },
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

/** Networks of several stages, each under `copies` names, estimated for a device. */
export async function manyReport(copies = 4): Promise<ReportInput> {
  const names = ['resnet18', 'vovnet27-slim', 'densenet121'];
  const networks = await Promise.all(names.map(async (name) => analyze(await buildModel(name))));
  const analyses = Array.from({ length: copies }, (_, copy) =>
    networks.map((analysis) => ({ ...analysis, model: { ...analysis.model, name: `${analysis.model.name} ${copy}` } })),
  ).flat();
  return {
    title: 'Many models',
    command: 'archmeter compare …',
    analyses,
    measurements: [],
    estimates: analyses.map(({ model }, i) => ({
      model: model.name,
      device: 'Other GPU',
      mode: 'calibrated',
      latencyMs: 12 - i,
      latencyLowMs: 11 - i,
      latencyHighMs: 14 - i,
    })),
  };
}

/** The same with everything else that a report can hold, all of it made up. */
export function fullReport(): ReportInput {
  const report = sampleReport();
  const names = report.analyses.map(({ model }) => model.name);
  const costOf = (name: string) => report.analyses.find(({ model }) => model.name === name)?.totals;
  return {
    ...report,
    createdAt: '2026-01-02T03:04:05.000Z',
    devices: [
      ...(report.devices ?? []),
      {
        name: 'Other GPU',
        dtype: 'float32',
        flopsPerSecond: 30e12,
        bytesPerSecond: 900e9,
        source: 'a forum post',
        verified: false,
      },
    ],
    estimates: names.map((model, i) => ({
      model,
      device: 'Other GPU',
      mode: 'calibrated',
      latencyMs: 1 + i,
      latencyLowMs: 0.9 + i,
      latencyHighMs: 1.2 + i,
      energyJoules: 0.1 * (i + 1),
    })),
    sweeps: [
      {
        variable: 'batch',
        points: names.flatMap((model, i) =>
          [1, 2, 4, 8].map((value) => ({
            model,
            value,
            metrics: { measuredLatencyMs: (3 + i) * value ** 0.8, params: 1000 },
          })),
        ),
      },
      {
        variable: 'resolution',
        points: names.flatMap((model) =>
          [160, 192, 224].map((value) => ({
            model,
            value,
            metrics: { madds: ((costOf(model)?.madds ?? 0) * value ** 2) / 224 ** 2 },
          })),
        ),
      },
    ],
    published: names.map((model, i) => ({
      model,
      source: 'Table 1 of a paper that does not exist',
      top1: 75 + i,
      figures: [
        { label: 'Parameters', value: 1.2, unit: 'M', ours: { metric: 'params', scale: 1e-6 }, note: 'with biases' },
      ],
    })),
    findings: [
      {
        id: 'dense-concatenation',
        model: 'Dense k=32',
        title: 'Dense concatenation re-reads every feature',
        detail: 'Nine concatenations copy 27.9 M elements.',
        layers: ['layers.1.concat', 'layers.2.concat'],
        saving: { metric: 'memoryAccessCost', value: 12e6, fraction: 0.26 },
        source: 'VoVNet, section 2.2',
      },
    ],
    history: ['a1b2c3d', 'b2c3d4e', 'c3d4e5f'].map((commit, i) => ({
      commit,
      date: `2026-01-0${i + 1}`,
      models: Object.fromEntries(names.map((name) => [name, { madds: (costOf(name)?.madds ?? 0) * (1 - 0.02 * i) }])),
    })),
    zoo: [
      {
        name: 'near',
        top1: 76.5,
        params: 1.2e6,
        madds: 3e9,
        memoryAccessCost: 30e6,
        estimatedLatencyMs: { 'Other GPU': 1.1 },
      },
      {
        name: 'far',
        top1: 50,
        params: 900e6,
        madds: 900e9,
        memoryAccessCost: 9e9,
        estimatedLatencyMs: { 'Other GPU': 90 },
      },
    ],
    gate: {
      verdict: 'fail',
      against: 'archmeter.baseline.json',
      rows: [
        {
          model: 'Dense k=32',
          metric: 'params',
          expected: 1.1e6,
          actual: 1.14e6,
          verdict: 'fail',
          detail: 'relative limit 1 %',
          layers: [{ name: 'layers.0.conv', delta: 40000 }],
        },
        { model: 'OSA 5x128', metric: 'params', expected: 1.12e6, actual: 1.12e6, verdict: 'pass' },
      ],
      accept: "archmeter accept 'Dense k=32' params --reason '…'",
    },
  };
}

/** Names that try to break out of every format. */
export const HOSTILE = [
  '</script><img src=x onerror=globalThis.hacked=1>',
  '"><svg onload=globalThis.hacked=1>',
  "=cmd|' /C calc'!A0",
  '\u202Egnp.exe <!--',
  '| **bold** [link](https://example.com) @someone #1 `code`\n## heading',
  '__proto__',
];

/** A report in which every name and text that comes from a file is hostile. */
export function hostileReport(): ReportInput {
  const report = fullReport();
  const rename = (name: string, i: number) => `${HOSTILE[i % HOSTILE.length]}${name}`;
  const analyses = report.analyses.map((analysis, m) => ({
    ...analysis,
    model: { ...analysis.model, name: HOSTILE[m] as string },
    notes: [...HOSTILE],
    unsupportedOps: [{ type: HOSTILE[m] as string, count: 1, layers: [], reason: HOSTILE[m] as string }],
    layers: analysis.layers.map((layer, i) => ({
      ...layer,
      name: i < HOSTILE.length ? (HOSTILE[i] as string) : rename(layer.name, i),
      scope: layer.scope === '' ? '' : `${layer.scope}.${HOSTILE[0]}`,
      op: i === 0 ? (HOSTILE[1] as string) : layer.op,
    })),
  }));
  const [measurement] = report.measurements as [Measurement];
  return {
    ...report,
    title: HOSTILE[0] as string,
    command: HOSTILE.join(' '),
    analyses,
    graphs: [],
    measurements: [
      {
        ...measurement,
        device: { ...measurement.device, name: HOSTILE[0] as string },
        runtime: { name: HOSTILE[1] as string, details: { '<b>': '<i>' } },
        arms: measurement.arms.map((arm, i) => ({ ...arm, name: HOSTILE[i] as string })),
        comparisons: measurement.comparisons.map((comparison, i) => ({
          ...comparison,
          name: HOSTILE[i + 1] as string,
          baseline: HOSTILE[0] as string,
        })),
        environment: { '<img src=x onerror=hacked=1>': '</script>' },
        warnings: [{ id: 'x', text: HOSTILE[0] as string }],
      },
    ],
    devices: [
      {
        name: HOSTILE[0] as string,
        dtype: 'float32',
        flopsPerSecond: 1e12,
        bytesPerSecond: 1e11,
        source: HOSTILE[1] as string,
        verified: false,
      },
    ],
    findings: (report.findings ?? []).map((finding) => ({
      ...finding,
      title: HOSTILE[0] as string,
      detail: HOSTILE[1] as string,
      layers: HOSTILE,
      model: HOSTILE[0] as string,
    })),
    published: [
      {
        model: HOSTILE[0] as string,
        source: HOSTILE[1] as string,
        top1: 70,
        figures: [{ label: HOSTILE[0] as string, value: 1, unit: HOSTILE[1] as string }],
      },
    ],
  };
}
