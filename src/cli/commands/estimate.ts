import type { Device } from '../../core/analysis/devices/index.js';
import type { EnergyEstimate } from '../../core/analysis/energy/index.js';
import type { LatencyEstimate, LatencyProfile, Precision } from '../../core/analysis/latency/index.js';
import { ArchmeterError } from '../../core/errors.js';
import type { Graph } from '../../core/ir/graph.js';
import type { Estimate } from '../../core/report/define-reporter.js';
import { formatFigure } from '../../core/report/number-format.js';
import { type Arguments, defineCommand, type Streams } from '../define-command.js';
import { analyzeForBatch } from '../fixed-batch.js';
import { MODEL_OPTIONS } from '../model-options.js';
import { commandLine, deliver, OUTPUT_OPTIONS, writeReports } from '../output.js';
import { paint, renderTable } from '../table.js';

const { dtype: _, ...SHAPE_OPTIONS } = MODEL_OPTIONS;

export default defineCommand({
  usage: 'estimate <models...>',
  summary: 'Latency and energy on a device you do not have, with intervals and causes',
  positionals: {
    models: { type: 'string', array: true, describe: 'Model files, spec files or zoo models' },
  },
  options: {
    on: {
      type: 'string',
      array: true,
      nargs: 1,
      demandOption: true,
      describe:
        "A device ('archmeter devices --known'), a YAML file that describes one, 'machine' or a calibration's file (repeatable)",
    },
    ...SHAPE_OPTIONS,
    precision: {
      choices: ['fp32', 'fp16', 'amp'],
      describe: "Element types at run time; amp is torch's autocast. Default: as the device was timed",
      requiresArg: true,
    },
    execution: {
      choices: ['eager', 'fused'],
      describe: 'What is one kernel. Default: as the device was timed',
      requiresArg: true,
    },
    profile: { type: 'string', describe: "A profile that 'archmeter calibrate' wrote", requiresArg: true },
    'energy-profile': { type: 'string', describe: 'Constants of energy that calibrate wrote', requiresArg: true },
    'per-layer': { type: 'boolean', describe: 'Time, energy and bound of each layer' },
    top: { type: 'number', describe: 'Costliest layers alone, with --per-layer', requiresArg: true },
    ...OUTPUT_OPTIONS,
    format: { choices: ['table', 'json'], default: 'table', describe: 'Form of the output' },
  },
  examples: [
    ['estimate vovnet39 densenet121 resnet50 --on rtx-4090 --batch 256', 'three models on one GPU'],
    ['estimate model.onnx --on t4 --on a100 --per-layer --top 10', 'where the time goes on two GPUs'],
  ],
  async run(args, streams) {
    const { loadDevice } = await import('../../node/device-file.js');
    const { loadCalibration } = await import('../../node/calibration-file.js');
    const given = await readProfile(args['profile'] as string | undefined);
    const targets = await Promise.all(
      (args['on'] as string[]).map(async (reference) => {
        if (reference === 'machine' || /\.json$/i.test(reference)) return loadCalibration(reference);
        return { device: await loadDevice(reference), profile: given };
      }),
    );
    const devices = targets.map(({ device }) => device);
    const found: { graph: Graph; latency: LatencyEstimate; energy: EnergyEstimate }[] = [];
    const analyses = [];
    const graphs: Graph[] = [];
    for (const reference of (args['models'] as string[]).map(String)) {
      const { graph, result, batch } = await analyzeForBatch(reference, args);
      graphs.push(graph);
      analyses.push(result);
      for (const { device, profile } of targets) found.push(await estimateOne(graph, device, profile, batch, args));
    }
    const estimates = found.map(({ latency, energy }) => toEstimate(latency, energy));
    if (args['format'] === 'json') {
      const json = found.map(({ latency, energy }) => ({ latency, energy }));
      await deliver(JSON.stringify({ schema: 'archmeter/estimates@1', estimates: json }, null, 2), args, streams);
    } else await deliver(text(found, args, streams), args, streams);
    await writeReports(
      {
        title: 'Estimates',
        command: commandLine(),
        createdAt: new Date().toISOString(),
        analyses,
        graphs,
        measurements: [],
        devices: devices.map((device) => ceilingsOf(device, found[0]?.latency.precision ?? 'float32')),
        estimates,
      },
      args,
      streams,
    );
    return 0;
  },
});

const PRECISIONS: Readonly<Record<string, Precision>> = { fp32: 'float32', fp16: 'float16', amp: 'amp' };

async function estimateOne(
  graph: Graph,
  device: Device,
  profile: LatencyProfile | undefined,
  batch: number | undefined,
  args: Arguments,
) {
  const { estimateLatency } = await import('../../core/analysis/latency/index.js');
  const { calibratedEnergy, literatureEnergy } = await import('../../core/analysis/energy/index.js');
  const latency = estimateLatency(graph, {
    device,
    profile,
    batch,
    precision: PRECISIONS[String(args['precision'])],
    execution: args['execution'] as 'eager' | 'fused' | undefined,
  });
  const path = args['energy-profile'] as string | undefined;
  if (path !== undefined) {
    const { readEnergyProfile } = await import('../../node/profile-file.js');
    return { graph, latency, energy: calibratedEnergy(graph, await readEnergyProfile(path), latency) };
  }
  const dtype = latency.precision === 'float32' ? 'float32' : 'float16';
  return { graph, latency, energy: literatureEnergy(graph, { device, dtype, execution: latency.execution }) };
}

async function readProfile(path: string | undefined): Promise<LatencyProfile | undefined> {
  if (path === undefined) return undefined;
  const { readLatencyProfile } = await import('../../node/profile-file.js');
  return readLatencyProfile(path);
}

function toEstimate(latency: LatencyEstimate, energy: EnergyEstimate): Estimate {
  return {
    model: latency.model,
    device: latency.device,
    mode: latency.mode,
    latencyMs: latency.latencyMs,
    latencyLowMs: latency.latencyLowMs,
    latencyHighMs: latency.latencyHighMs,
    energyJoules: energy.energyJoules,
    energyLowJoules: energy.energyLowJoules,
    energyHighJoules: energy.energyHighJoules,
    layers: latency.layers.map(({ name, latencyMs, bound }) => ({ name, latencyMs, bound })),
    note: [...remarks(latency), `Energy, ${energy.mode}: ${energy.note}`].join(' '),
  };
}

function remarks({ unverified, notes }: LatencyEstimate): string[] {
  return [
    ...(unverified.length > 0
      ? [`Leans on figures of the device that no source confirmed: ${unverified.join(', ')}.`]
      : []),
    ...notes,
  ];
}

function ceilingsOf(device: Device, precision: Precision) {
  const half = precision !== 'float32' && device.tensorFloat16Tflops !== null;
  const field = half ? 'tensorFloat16Tflops' : 'float32Tflops';
  return {
    name: device.name,
    dtype: half ? 'float16' : 'float32',
    flopsPerSecond: (device[field] as number) * 1e12,
    bytesPerSecond: device.memoryBandwidthGbs * 1e9,
    source: device.sources.join('; '),
    verified: !device.unverified.includes(field) && !device.unverified.includes('memoryBandwidthGbs'),
  };
}

const milliseconds = (value: number) => formatFigure(value, 'ms');
const joules = (value: number) => formatFigure(value, 'J');

function text(
  found: readonly { latency: LatencyEstimate; energy: EnergyEstimate }[],
  args: Arguments,
  streams: Streams,
): string {
  const rows = found.map(({ latency, energy }) => [
    latency.model,
    latency.device,
    `${latency.precision}, ${latency.execution}`,
    String(latency.batch),
    milliseconds(latency.latencyMs),
    `${milliseconds(latency.latencyLowMs)} to ${milliseconds(latency.latencyHighMs)}`,
    formatFigure((1e3 * latency.batch) / latency.latencyMs, '1/s'),
    latency.mode,
    joules(energy.energyJoules),
    `${joules(energy.energyLowJoules)} to ${joules(energy.energyHighJoules)}`,
    energy.mode,
  ]);
  const table = renderTable(
    [
      { heading: 'Model', align: 'left', shrinkable: true },
      { heading: 'Device', align: 'left', shrinkable: true },
      { heading: 'Runs as', align: 'left' },
      { heading: 'Batch', align: 'right' },
      { heading: 'Latency', align: 'right' },
      { heading: '90 % interval', align: 'right' },
      { heading: 'Images/s', align: 'right' },
      { heading: 'Basis', align: 'left' },
      { heading: 'Energy/image', align: 'right' },
      { heading: 'Range', align: 'right' },
      { heading: 'Basis', align: 'left' },
    ],
    rows,
    streams,
  );
  const layers = args['per-layer'] === true ? found.map((one) => layerTable(one, args, streams)) : [];
  const lines = new Set(
    found.flatMap(({ latency, energy }) => [
      ...remarks(latency).map((line) => `${latency.device}: ${line}`),
      `Energy, ${energy.mode}: ${energy.note} Source: ${energy.source}.`,
    ]),
  );
  return [table, ...layers, [...lines].map((line) => paint(line, 'dim', streams.color)).join('\n')].join('\n\n');
}

function layerTable(
  { latency, energy }: { latency: LatencyEstimate; energy: EnergyEstimate },
  args: Arguments,
  streams: Streams,
): string {
  const top = args['top'] as number | undefined;
  if (top !== undefined && !(Number.isSafeInteger(top) && top > 0)) {
    throw new ArchmeterError('--top must be a whole number of at least 1');
  }
  const byName = new Map(energy.layers.map((layer) => [layer.name, layer]));
  const layers =
    top === undefined ? latency.layers : [...latency.layers].sort((a, b) => b.latencyMs - a.latencyMs).slice(0, top);
  const table = renderTable(
    [
      { heading: 'Layer', align: 'left', shrinkable: true },
      { heading: 'Op', align: 'left' },
      { heading: 'Time', align: 'right' },
      { heading: 'Of all', align: 'right' },
      { heading: 'Bound by', align: 'left' },
      { heading: 'Occupancy', align: 'right' },
      { heading: 'Energy/image', align: 'right' },
      { heading: 'compute', align: 'right' },
      { heading: 'memory', align: 'right' },
      { heading: 'static', align: 'right' },
    ],
    layers.map((layer) => {
      const own = byName.get(layer.name);
      const part = (value: number | undefined) => (value === undefined ? '' : joules(value));
      return [
        layer.name,
        layer.op,
        milliseconds(layer.latencyMs),
        `${(100 * layer.fraction).toFixed(1)} %`,
        layer.bound,
        `${(100 * layer.occupancy).toFixed(0)} %`,
        part(own?.energyJoules),
        part(own?.computeJoules),
        part(own?.memoryJoules),
        energy.mode === 'literature' ? '–' : part(own?.staticJoules),
      ];
    }),
    streams,
  );
  return `${paint(`${latency.model} on ${latency.device}`, 'strong', streams.color)}\n${table}`;
}
