// Calibrates runtimes on this machine with microbenchmarks, then judges the estimates on zoo models timed here.
// Writes reports/validation/cpu.md and .json. Options: --runtime NAME (repeatable), --output DIR.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Calibration, calibrateFrom } from '../src/bench/calibrate/calibrate-runtime.js';
import { microbenchmarks } from '../src/bench/calibrate/microbenchmarks.js';
import { runBenchmark } from '../src/bench/harness/run-benchmark.js';
import { openRuntime } from '../src/bench/runtimes/index.js';
import { estimateLatency } from '../src/core/analysis/latency/index.js';
import type { Measurement } from '../src/core/measurement.js';
import { buildModel } from '../src/core/zoo/index.js';
import { markdownTable, percent } from './latency/markdown.js';
import { type Accuracy, accuracyOf } from './latency/metrics.js';

const MODELS = [
  'alexnet',
  'squeezenet1-0',
  'squeezenet1-1',
  'mobilenet-v1',
  'mobilenet-v2',
  'mobilenet-v3-large',
  'mobilenet-v3-small',
  'mnasnet1-0',
  'shufflenet-v2-x1.0',
  'efficientnet-b0',
  'regnet-x-400mf',
  'regnet-y-400mf',
  'googlenet',
  'resnet18',
  'resnet50',
  'densenet121',
  'peleenet',
  'vovnet27-slim',
  'vovnet39',
  'vit-s-16',
  'convnext-tiny',
];
/** Whole models differ by far more than this. */
const SETTINGS = { precision: 0.03, tolerance: 0.02, cold: false, minimumRounds: 5, copies: 1 } as const;

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    runtime: { type: 'string', multiple: true, default: ['tfjs-wasm', 'onnxruntime'] },
    output: { type: 'string', default: join(root, 'reports/validation') },
  },
});

interface Judged {
  readonly calibration: Calibration;
  readonly measurement: Measurement;
  readonly models: readonly {
    readonly model: string;
    readonly measuredMs: number;
    readonly estimatedMs: number;
    readonly madds: number;
    readonly inside: boolean;
  }[];
  readonly accuracy: Accuracy;
}

async function judge(name: string): Promise<Judged> {
  const session = await openRuntime(name, { dtype: 'float32', allowSoftware: false, threads: 1 });
  try {
    const benchmarks = microbenchmarks();
    const graphs = await Promise.all(MODELS.map((model) => buildModel(model, { batch: 1 })));
    const arms = [
      ...benchmarks.map(({ name, graph }) => ({ name, graph })),
      ...graphs.map((graph) => ({ name: graph.name, graph })),
    ];
    const measurement = await runBenchmark(
      session,
      arms.map((arm) => ({ ...arm, batch: 1 })),
      { ...SETTINGS, timeBudgetSeconds: 180 },
    );
    const calibration = calibrateFrom(measurement, benchmarks);
    const models = graphs.flatMap((graph) => {
      const arm = measurement.arms.find((candidate) => candidate.name === graph.name);
      const measuredMs = arm?.[measurement.settings.clock]?.hot.medianMs;
      if (arm === undefined || measuredMs === undefined) return [];
      const { device, profile } = calibration;
      const { latencyMs, latencyLowMs, latencyHighMs } = estimateLatency(graph, { device, profile });
      const inside = measuredMs >= latencyLowMs && measuredMs <= latencyHighMs;
      return [{ model: graph.name, measuredMs, estimatedMs: latencyMs, madds: arm.madds, inside }];
    });
    const accuracy = accuracyOf(
      models.map(({ measuredMs, estimatedMs }) => ({ measured: measuredMs, estimated: estimatedMs })),
    );
    return { calibration, measurement, models, accuracy };
  } finally {
    await session.close();
  }
}

function section({ calibration, measurement, models, accuracy }: Judged): string {
  const { profile, device } = calibration;
  const held = profile.heldOut;
  const { median, p90, spearman, kendall } = accuracy;
  const inside = models.filter((one) => one.inside).length;
  return `## ${measurement.runtime.name}

${device.name}: ${profile.runtime}; ${profile.execution} execution, one thread, batch 1. Clock: ${measurement.settings.clock}.
Microbenchmarks held out: median error ${percent(held.median)}, 90th percentile ${percent(held.p90)} (${held.observations} of them${calibration.failed.length > 0 ? `; not timed: ${calibration.failed.join(', ')}` : ''}).

**${models.length} zoo models, none of which was fitted on**: median error ${percent(median)}, 90th percentile ${percent(p90)}, Spearman
${spearman.toFixed(3)}, Kendall ${kendall.toFixed(3)}, within ±10 % ${percent(accuracy.within10, 0)}, within ±25 % ${percent(accuracy.within25, 0)}. ${inside} of ${models.length} lie inside the estimate's 90 % interval,
which reaches from ${Math.exp(held.logLow).toFixed(2)} to ${Math.exp(held.logHigh).toFixed(2)} times the estimate: it is that of single microbenchmarks, and of whole models says little.

${markdownTable(
  ['Model', 'Measured ms', 'Estimated ms', 'Error'],
  models.map((one) => [
    one.model,
    one.measuredMs.toFixed(1),
    one.estimatedMs.toFixed(1),
    percent(one.estimatedMs / one.measuredMs - 1),
  ]),
)}`;
}

async function main(): Promise<void> {
  const judged: Judged[] = [];
  for (const name of options.runtime) judged.push(await judge(name));
  const markdown = `# Estimates for this machine's processor

The latency model is fitted to microbenchmarks alone (those of \`archmeter calibrate\`) and judged on whole models of the
zoo, timed by the harness in the same rounds. Written by \`npm run validate:cpu\`.

Where it fails: on tfjs-wasm, which has no kernel for grouped convolution and copies a whole tensor for each slice of it,
models of many groups or slices (RegNet, ShuffleNet) and of layer norms between transpositions (ConvNeXt) take far longer
than estimated; on either runtime the small kernels of squeeze-and-excitation are underestimated.

${judged.map(section).join('\n\n')}
`;
  mkdirSync(options.output, { recursive: true });
  writeFileSync(join(options.output, 'cpu.md'), markdown);
  const json = judged.map(({ calibration, measurement, models, accuracy }) => ({
    runtime: measurement.runtime,
    device: measurement.device,
    settings: measurement.settings,
    microbenchmarks: calibration.profile.heldOut,
    accuracy,
    models,
  }));
  writeFileSync(join(options.output, 'cpu.json'), `${JSON.stringify(json, null, 2)}\n`);
  console.log(markdown);
}

await main();
