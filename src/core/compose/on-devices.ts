import type { Device } from '../analysis/devices/index.js';
import type { EnergyEstimate } from '../analysis/energy/index.js';
import type { LatencyEstimate, LatencyProfile, Precision } from '../analysis/latency/index.js';
import type { AnalysisResult } from '../analysis/result.js';
import { ArchmeterError } from '../errors.js';
import type { Graph } from '../ir/graph.js';
import type { DType } from '../ir/tensor.js';
import type { Measurement } from '../measurement.js';
import type { DeviceCeilings, Estimate, ReportFinding, ReportInput } from '../report/define-reporter.js';
import type { MetricId } from '../units.js';

export interface AnalysedGraph {
  readonly graph: Graph;
  readonly result: AnalysisResult;
}

/**
 * What a report says of devices: their ceilings (of those asked for, or of the known device that was timed), estimates
 * for those asked for, and what `advise` finds.
 */
export async function onDevicesOf(
  models: readonly AnalysedGraph[],
  asked: readonly ReportDevice[],
  measurement: Measurement | undefined,
): Promise<Pick<ReportInput, 'devices' | 'estimates' | 'findings'>> {
  const devices = asked.length > 0 || measurement === undefined ? asked : await measuredDevice(measurement);
  const precisions = [...new Set(models.map(({ result }) => result.options.dtype))];
  const timed = measurement === undefined ? undefined : await timedDevice(measurement);
  const timedAs = ({ device }: ReportDevice) => (device.id === timed?.id ? measurement?.device.name : undefined);
  const ceilings = devices.flatMap((device) =>
    precisions.map((dtype) => ceilingsOf(device, precisionOf(dtype), timedAs(device))),
  );
  const estimates = await estimatesOf(models, asked);
  const findings = await findingsOf(models, devices);
  return {
    ...(ceilings.length === 0 ? {} : { devices: ceilings }),
    ...(estimates.length === 0 ? {} : { estimates }),
    ...(findings.length === 0 ? {} : { findings }),
  };
}

/** Time and energy of a model on the device asked for, where that is one: a sweep of several would not say on which. */
export async function estimatedOnOnly(
  model: AnalysedGraph,
  devices: readonly ReportDevice[],
): Promise<Readonly<Partial<Record<MetricId, number>>>> {
  const [estimate] = devices.length === 1 ? await estimatesOf([model], devices) : [];
  if (estimate?.latencyMs === undefined || estimate.energyJoules === undefined) return {};
  return { estimatedLatencyMs: estimate.latencyMs, estimatedEnergyJoules: estimate.energyJoules };
}

/** A device that a report estimates for, with its own calibration where it has one. */
export interface ReportDevice {
  readonly device: Device;
  readonly profile?: LatencyProfile | undefined;
}

/** The known device that a measurement ran on: its roofs belong over the measured points. */
async function measuredDevice(measurement: Measurement): Promise<ReportDevice[]> {
  if (!/^b?float(16|32)$/.test(measurement.dtype)) return [];
  const known = await timedDevice(measurement);
  return known === undefined ? [] : [{ device: known }];
}

/** The known device that was timed, undefined for others and for software adapters. */
async function timedDevice({ device }: Measurement): Promise<Device | undefined> {
  if (device.kind === 'software') return undefined;
  const { deviceOfDriver } = await import('../analysis/devices/driver-name.js');
  return deviceOfDriver(device.name);
}

/** @throws ArchmeterError for element types that data sheets of devices here say nothing of */
export function precisionOf(dtype: DType): Precision {
  if (dtype === 'float32') return 'float32';
  if (dtype === 'float16' || dtype === 'bfloat16') return 'float16';
  throw new ArchmeterError(
    `devices are known by their fp32 and fp16 rates, not by that of ${dtype}`,
    'Leave out --on, or give --dtype fp32, fp16 or bf16.',
  );
}

export function ceilingsOf(
  { device }: ReportDevice,
  precision: Precision,
  timedAs?: string | undefined,
): DeviceCeilings {
  const half = precision !== 'float32' && device.tensorFloat16Tflops !== null;
  const field = half ? 'tensorFloat16Tflops' : 'float32Tflops';
  return {
    name: device.name,
    ...(timedAs === undefined ? {} : { timedAs }),
    dtype: half ? 'float16' : 'float32',
    flopsPerSecond: (device[field] as number) * 1e12,
    bytesPerSecond: device.memoryBandwidthGbs * 1e9,
    source: device.sources.join('; '),
    verified: !device.unverified.includes(field) && !device.unverified.includes('memoryBandwidthGbs'),
  };
}

/** Time and energy of each model on each device, run as it was analysed. */
export async function estimatesOf(
  models: readonly AnalysedGraph[],
  devices: readonly ReportDevice[],
): Promise<Estimate[]> {
  if (devices.length === 0) return [];
  const [{ estimateLatency }, { literatureEnergy }] = await Promise.all([
    import('../analysis/latency/index.js'),
    import('../analysis/energy/index.js'),
  ]);
  return models.flatMap(({ graph, result }) =>
    devices.map(({ device, profile }) => {
      const { dtype, execution } = result.options;
      const precision = precisionOf(dtype);
      const latency = estimateLatency(graph, { device, profile, precision, execution });
      const energy = literatureEnergy(graph, {
        device,
        dtype: precision === 'float32' ? 'float32' : 'float16',
        execution,
      });
      return toEstimate(latency, energy, result.model.name);
    }),
  );
}

export function toEstimate(latency: LatencyEstimate, energy: EnergyEstimate, model = latency.model): Estimate {
  return {
    model,
    device: latency.device,
    mode: latency.mode,
    latencyMs: latency.latencyMs,
    latencyLowMs: latency.latencyLowMs,
    latencyHighMs: latency.latencyHighMs,
    energyJoules: energy.energyJoules,
    energyLowJoules: energy.energyLowJoules,
    energyHighJoules: energy.energyHighJoules,
    energyMode: energy.mode,
    layers: latency.layers.map(({ name, latencyMs, bound }) => ({ name, latencyMs, bound })),
    note: [
      `Run at ${latency.precision}, ${latency.execution}.`,
      ...(latency.unverified.length > 0
        ? [`Leans on figures of the device that no source confirmed: ${latency.unverified.join(', ')}.`]
        : []),
      ...latency.notes,
      `Energy, ${energy.mode}: ${energy.note}`,
    ].join(' '),
  };
}

/** What `advise` finds in each model, with savings on the first device; by default the one that `advise` takes. */
async function findingsOf(
  models: readonly AnalysedGraph[],
  devices: readonly ReportDevice[],
): Promise<ReportFinding[]> {
  const { adviseModel } = await import('../analysis/advice/index.js');
  const findings: ReportFinding[] = [];
  for (const { graph, result } of models) {
    const { dtype, execution } = result.options;
    const found = await adviseModel(graph, {
      device: devices[0]?.device,
      execution,
      precision: dtype === 'float16' || dtype === 'bfloat16' ? 'float16' : 'float32',
    });
    for (const { id, title, detail, layers, saving, source } of found)
      findings.push({
        id,
        model: result.model.name,
        title,
        detail,
        layers,
        source,
        ...(saving === undefined ? {} : { saving }),
      });
  }
  return findings;
}
