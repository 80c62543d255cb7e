import type { EnergyEstimate, EnergyProfile } from '../../core/analysis/energy/index.js';
import type { LatencyEstimate } from '../../core/analysis/latency/index.js';
import { ceilingsOf, toEstimate } from '../../core/compose/on-devices.js';
import { ArchmeterError } from '../../core/errors.js';
import type { Graph } from '../../core/ir/graph.js';
import { type Arguments, defineCommand } from '../define-command.js';
import { MODEL_OPTIONS, wholeNumber } from '../options/model.js';
import { PRECISION_OPTION, precisionOption } from '../options/precision.js';
import { type TargetDevice, targetsOf } from '../options/target-devices.js';
import { commandLine, deliver, OUTPUT_OPTIONS, writeReports } from '../output.js';
import { estimateTables } from '../tables/estimate.js';
import { analyzeForBatch } from '../timing/fixed-batch.js';

const { dtype: _, ...SHAPE_OPTIONS } = MODEL_OPTIONS;

export default defineCommand({
  usage: 'estimate <models..>',
  summary: 'Latency and energy on a device you do not have, with intervals and causes',
  positionals: {
    models: { type: 'string', array: true, describe: 'Model files, spec files or zoo models' },
  },
  options: {
    on: {
      type: 'string',
      array: true,
      nargs: 1,
      describe:
        "Devices ('archmeter devices --known'), YAML files that describe one, 'machine' or a calibration's file; separated by commas, or repeated",
    },
    ...SHAPE_OPTIONS,
    ...PRECISION_OPTION,
    execution: {
      choices: ['eager', 'fused'],
      describe: 'What is one kernel. Default: as the device was timed',
      requiresArg: true,
    },
    launch: {
      choices: ['host', 'graph'],
      default: 'host',
      describe: 'Whether a host starts the kernels of a GPU one by one, or replays them as a graph (CUDA graphs)',
      requiresArg: true,
    },
    attention: {
      choices: ['flash', 'eager'],
      default: 'flash',
      describe: 'Attention layers in one kernel, or written out: products, mask and softmax apart',
      requiresArg: true,
    },
    'channels-last': { type: 'boolean', describe: 'Images lie with their channels last in memory' },
    profile: { type: 'string', describe: "A profile that 'archmeter calibrate' wrote", requiresArg: true },
    'energy-profile': {
      type: 'string',
      describe: 'Constants of energy, or a calibration that holds some. Default: those of --on, else the literature',
      requiresArg: true,
    },
    'per-layer': { type: 'boolean', describe: 'Time, energy and bound of each layer' },
    top: { type: 'number', describe: 'Only so many layers, the costliest', requiresArg: true },
    ...OUTPUT_OPTIONS,
    format: { choices: ['table', 'json'], default: 'table', describe: 'Form of the output' },
  },
  examples: [
    ['estimate vovnet39 densenet121 resnet50 --on rtx-4090 --batch 256', 'three models on one GPU'],
    ['estimate model.onnx --on t4,a100 --per-layer --top 10', 'where the time goes on two GPUs'],
    ['estimate design.yaml --on my-gpu.yaml --dtype fp32', 'a device of your own'],
  ],
  async run(args, streams) {
    const targets = await targetsOf(args['on'] as string[] | undefined);
    const profile = await readProfile(args['profile'] as string | undefined);
    const energies = await energyProfiles(targets, args['energy-profile'] as string | undefined);
    const top = wholeNumber(args['top'], '--top');
    const found: { graph: Graph; latency: LatencyEstimate; energy: EnergyEstimate }[] = [];
    const analyses = [];
    const graphs: Graph[] = [];
    for (const reference of (args['models'] as string[]).map(String)) {
      const { graph, result, batch } = await analyzeForBatch(reference, args);
      graphs.push(graph);
      analyses.push(result);
      for (const [at, target] of targets.entries()) {
        const device = { ...target, profile: target.profile ?? profile };
        found.push({ graph, ...(await estimateOne(graph, device, energies[at], batch, args)) });
      }
    }
    if (args['format'] === 'json') {
      const estimates = found.map(({ latency, energy }) => ({ latency, energy }));
      await deliver(JSON.stringify({ schema: 'archmeter/estimates@1', estimates }, null, 2), args, streams);
    } else {
      const layers = args['per-layer'] === true || top !== undefined ? { top } : undefined;
      await deliver(estimateTables(found, layers, streams), args, streams);
    }
    await writeReports(
      {
        title: 'Estimates',
        command: commandLine(),
        createdAt: new Date().toISOString(),
        analyses,
        graphs,
        measurements: [],
        devices: targets.map((target) => ceilingsOf(target, found[0]?.latency.precision ?? 'float32')),
        estimates: found.map(({ latency, energy }) => toEstimate(latency, energy)),
      },
      args,
      streams,
    );
    return 0;
  },
});

async function estimateOne(
  graph: Graph,
  { device, profile }: TargetDevice,
  energyProfile: EnergyProfile | undefined,
  batch: number | undefined,
  args: Arguments,
): Promise<{ latency: LatencyEstimate; energy: EnergyEstimate }> {
  const { estimateLatency } = await import('../../core/analysis/latency/index.js');
  const { calibratedEnergy, literatureEnergy } = await import('../../core/analysis/energy/index.js');
  const latency = estimateLatency(graph, {
    device,
    profile,
    batch,
    precision: precisionOption(args),
    execution: args['execution'] as 'eager' | 'fused' | undefined,
    launch: args['launch'] as 'host' | 'graph' | undefined,
    attention: args['attention'] as 'flash' | 'eager' | undefined,
    channelsLast: args['channels-last'] === true,
  });
  if (energyProfile !== undefined) return { latency, energy: calibratedEnergy(graph, energyProfile, latency) };
  const dtype = latency.precision === 'float32' || latency.precision === 'tf32' ? 'float32' : 'float16';
  return { latency, energy: literatureEnergy(graph, { device, dtype, execution: latency.execution }) };
}

async function readProfile(path: string | undefined) {
  if (path === undefined) return undefined;
  const { readLatencyProfile } = await import('../../node/profile-file.js');
  return readLatencyProfile(path);
}

/** Constants of energy by target; those of one device say nothing of another. */
async function energyProfiles(
  targets: readonly TargetDevice[],
  path: string | undefined,
): Promise<(EnergyProfile | undefined)[]> {
  if (path === undefined) return targets.map(({ energy }) => energy);
  const { readEnergyProfile } = await import('../../node/profile-file.js');
  const given = await readEnergyProfile(path);
  const own = targets.map(({ device, energy }) => (device.name === given.device ? given : energy));
  if (own.includes(given)) return own;
  throw new ArchmeterError(
    `the constants of energy were measured on '${given.device}', not on ${targets.map(({ device }) => `'${device.name}'`).join(' or ')}`,
    `Name that device with --on, e.g. --on ${path} for a calibration.`,
    { file: path },
  );
}
