import type { ProbedMeter } from '../../../src/bench/power/index.js';
import type { ProbedRuntime } from '../../../src/bench/runtimes/index.js';
import { guarded } from '../../../src/cli/border.js';
import type { Streams } from '../../../src/cli/define-command.js';
import { blocksSummary, blocksText } from '../../../src/cli/tables/blocks-summary.js';
import { devicesText } from '../../../src/cli/tables/devices.js';
import { measurementTable } from '../../../src/cli/tables/measurement.js';
import { matchedGroups } from '../../../src/cli/timing/block-arms.js';
import { analyze } from '../../../src/core/analysis/analyze.js';
import type { Measurement } from '../../../src/core/measurement.js';
import { buildModel } from '../../../src/core/zoo/index.js';
import { sampleMeasurement } from '../../core/report/sample-report.js';

/** What depends on the machine, drawn of made-up measurements and probes. */
export const RENDERED: Readonly<Record<string, (streams: Streams) => Promise<string>>> = {
  bench: async (streams) => measurementTable(await measured(false), streams),
  'bench-layers': async (streams) => measurementTable(await measured(true), streams),
  'bench-failed': async (streams) => measurementTable(await failed(), streams),
  'blocks-timed': async (streams) => {
    const groups = await matchedGroups({ _: [], group: 'A' });
    const timed = groups.flatMap(({ arms }) => arms.filter((arm) => arm.timed));
    const measurement = withoutLayers(
      sampleMeasurement(
        timed.map(({ name, result }) => ({ ...result, model: { ...result.model, name } })),
        timed.map((_, i) => 3.1 + 1.7 * i),
      ),
    );
    const reports = ['reports/blocks/report.html'];
    return `${blocksText(groups, measurement, streams)}\n\n${blocksSummary(groups, measurement, reports, streams)}\n`;
  },
  devices: async (streams) => `${devicesText(RUNTIMES, METERS, streams)}\n`,
};

async function measured(layers: boolean): Promise<Measurement> {
  const models = await Promise.all(['vovnet39', 'densenet121', 'resnet50'].map((name) => buildModel(name)));
  const measurement = sampleMeasurement(
    models.map((model) => analyze(model)),
    [3.21, 0.812, 1230],
  );
  return layers ? measurement : withoutLayers(measurement);
}

async function failed(): Promise<Measurement> {
  const measurement = await measured(false);
  const [first, second, third] = measurement.arms as [
    Measurement['arms'][0],
    Measurement['arms'][0],
    Measurement['arms'][0],
  ];
  const { wall: _wall, imagesPerSecond: _images, maddsPerSecond: _madds, flopsPerSecond: _flops, ...rest } = third;
  const energy = { status: 'unavailable', reason: 'no power meter works here' } as const;
  return {
    ...measurement,
    arms: [
      { ...first, energy },
      { ...second, energy, source: 'rebuilt', rebuiltBecause: 'onnxruntime runs ONNX files, not keras' },
      { ...rest, energy, status: 'failed', message: 'the outputs differ from the reference by 3e-2, more than 1e-4' },
    ],
    comparisons: measurement.comparisons.filter(({ name }) => name !== third.name),
  };
}

function withoutLayers(measurement: Measurement): Measurement {
  return { ...measurement, arms: measurement.arms.map(({ layers: _, ...arm }) => arm) };
}

const RUNTIMES = [
  {
    runtime: { name: 'tfjs-webgpu', title: 'TensorFlow.js on WebGPU' },
    probe: {
      available: true,
      versions: { '@tensorflow/tfjs-core': '4.22.0' },
      devices: [
        { id: 'vulkan:0', kind: 'gpu', name: 'NVIDIA GeForce RTX 4090', vendor: 'nvidia', driver: '570.1' },
        { id: 'vulkan:1', kind: 'software', name: 'llvmpipe (LLVM 15.0.7, 256 bits)' },
      ],
    },
  },
  {
    runtime: { name: 'onnxruntime', title: 'ONNX Runtime' },
    probe: {
      available: false,
      reason: 'the package onnxruntime-node is not installed',
      remedy: 'npm install onnxruntime-node',
      versions: {},
      devices: [],
    },
  },
] as unknown as readonly ProbedRuntime[];

const METERS: readonly ProbedMeter[] = [
  { name: 'nvml', title: "NVIDIA's total energy counter", available: true },
  {
    name: 'rapl',
    title: 'RAPL counters of the processor',
    available: false,
    reason: 'the energy counters are readable by root alone',
    remedy: 'sudo chmod a+r /sys/class/powercap/intel-rapl*/energy_uj',
  },
];

/** Streams of a terminal of a width, without colour. */
export function streamsOf(columns: number): Streams {
  return guarded({ out: () => {}, err: () => {}, columns, color: false, interactive: false });
}

/** As the terminal prints what a command hands on. */
export function printed(text: string, columns: number): string {
  let out = '';
  guarded({
    out: (part) => {
      out += part;
    },
    err: () => {},
    columns,
    color: false,
    interactive: false,
  }).out(text);
  return out;
}
