import type { Graph, Node, Value } from '../../ir/graph.js';
import { opOf } from '../../ops/index.js';
import { architectureOf, type Device, type DeviceField, isShortOfPower, unverifiedFields } from '../devices/index.js';
import type { ExecutionModel } from '../result.js';
import { hostTime, type Launch } from './host.js';
import { errorInterval, isKnownArchitecture } from './interval.js';
import { isComputeClass } from './kernel.js';
import { bindKernel, type KernelTime, kernelTime } from './kernel-time.js';
import type { AttentionStyle } from './lower-attention.js';
import { lowerKernels } from './lower-kernels.js';
import { DEFAULT_PRECISION, type Precision } from './precision.js';
import { type LatencyProfile, profileValues } from './profile.js';
import { PROFILES } from './profiles/index.js';

/** What limits a layer: arithmetic, moving bytes, starting kernels, or too few tiles to fill the chip. */
export type Bound = 'compute' | 'memory' | 'launch' | 'occupancy';

export interface LayerLatency {
  readonly name: string;
  readonly op: string;
  readonly latencyMs: number;
  readonly bound: Bound;
  /** Of the time of all kernels. */
  readonly fraction: number;
  readonly computeMs: number;
  readonly memoryMs: number;
  readonly launchMs: number;
  /** Part of the chip that its tiles fill; 1 where it is no matrix product. */
  readonly occupancy: number;
}

/** Estimated time of one batch. */
export interface LatencyEstimate {
  readonly model: string;
  readonly device: string;
  /** `calibrated`: this device and runtime were timed. `specification`: it stands on its data sheet alone. */
  readonly mode: 'calibrated' | 'specification';
  readonly profile: string;
  readonly precision: Precision;
  readonly execution: ExecutionModel;
  readonly batch: number;
  /** On the wall: the device's time or the host's, whichever is longer. */
  readonly latencyMs: number;
  /** Of all kernels, one after the other; layers add up to it (and to the runtime's own time of a run). */
  readonly kernelsMs: number;
  /** That the host takes to start them; 0 where it computes itself or replays a graph. */
  readonly hostMs: number;
  /** Which of the two binds. */
  readonly binds: 'device' | 'host';
  /** Nine times out of ten the time lay between these, on architectures (or devices) that the fit had not seen. */
  readonly latencyLowMs: number;
  readonly latencyHighMs: number;
  readonly kernels: number;
  /** Layers that launch kernels, in execution order. */
  readonly layers: readonly LayerLatency[];
  /** Figures of the device that no source confirmed. */
  readonly unverified: readonly DeviceField[];
  readonly notes: readonly string[];
}

export interface LatencyOptions {
  readonly device: Device;
  /** Default: DEFAULT_PRECISION. */
  readonly precision?: Precision | undefined;
  readonly execution?: ExecutionModel | undefined;
  /** Default: `host`. */
  readonly launch?: Launch | undefined;
  /** Whether images are fed with their channels last in memory. Default: no. */
  readonly channelsLast?: boolean | undefined;
  /** How attention layers run. Default: `flash`. */
  readonly attention?: AttentionStyle | undefined;
  /** Default: the shipped one that fits best. */
  readonly profile?: LatencyProfile | undefined;
  /** Images at once; default: the graph's own batch. */
  readonly batch?: number | undefined;
}

/** The profile of a device where it was timed, else the one that stands for its kind. */
export function chooseProfile(
  device: Device,
  precision?: Precision,
  execution?: ExecutionModel,
  profiles: readonly LatencyProfile[] = PROFILES,
): LatencyProfile {
  const score = (profile: LatencyProfile) =>
    (profile.kind === device.kind ? 32 : 0) +
    (profile.device === device.id ? 6 : profile.device === null ? 2 : 0) +
    (profile.part === device.part ? 2 : 0) +
    (isTimedAt(profile, precision) ? 1 : 0) +
    (profile.execution === (execution ?? 'eager') ? 2 : 0);
  return [...profiles].sort((a, b) => score(b) - score(a))[0] as LatencyProfile;
}

function isTimedAt({ precision, precisions = [] }: LatencyProfile, asked: Precision | undefined): boolean {
  return asked !== undefined && (precision === asked || precisions.includes(asked));
}

/** Time of one forward pass on a device, layer by layer, with an interval. */
export function estimateLatency(graph: Graph, options: LatencyOptions): LatencyEstimate {
  const { device } = options;
  const precision = options.precision ?? DEFAULT_PRECISION;
  const profile = options.profile ?? chooseProfile(device, precision, options.execution);
  const execution = options.execution ?? profile.execution;
  const values = profileValues(profile);
  const ownBatch = batchOf(graph);
  const batch = options.batch ?? ownBatch;
  const kernels = lowerKernels(graph, {
    execution,
    precision,
    channelsLast: options.channelsLast,
    attention: options.attention,
  });

  const sums = new Map<number, { times: KernelTime[]; product: KernelTime | undefined }>();
  let seconds = (profile.runMilliseconds ?? 0) / 1e3;
  for (const kernel of kernels) {
    const time = kernelTime(bindKernel(kernel, { device, batch: batch / ownBatch }), values);
    seconds += time.seconds;
    const entry = sums.get(kernel.node) ?? { times: [], product: undefined };
    entry.times.push(time);
    if (isComputeClass(kernel.class)) entry.product = time;
    sums.set(kernel.node, entry);
  }
  const layers = [...sums]
    .sort(([a], [b]) => a - b)
    .map(([at, { times, product }]) => layerOf(graph.nodes[at] as Node, times, product, seconds));
  const calibrated = profile.device === device.id && isTimedAt(profile, precision) && profile.execution === execution;
  const kernelsMs = seconds * 1e3;
  const fractions = layers.map(({ fraction }) => fraction);
  const { logLow, logHigh } = errorInterval(profile, { device, precision, execution, fractions });
  const host = device.kind === 'cpu' ? undefined : hostTime(execution, options.launch ?? 'host');
  const started = kernels.reduce((sum, { steps }) => sum + steps, 0);
  const hostMs = (part: 'median' | 'low' | 'high') => (started * (host?.[part] ?? 0)) / 1e3;
  const binds = hostMs('median') > kernelsMs ? 'host' : 'device';
  return {
    model: graph.name,
    device: device.name,
    mode: calibrated ? 'calibrated' : 'specification',
    profile: profile.id,
    precision,
    execution,
    batch,
    latencyMs: Math.max(kernelsMs, hostMs('median')),
    kernelsMs,
    hostMs: hostMs('median'),
    binds,
    latencyLowMs: Math.max(kernelsMs * Math.exp(logLow), hostMs('low')),
    latencyHighMs: Math.max(kernelsMs * Math.exp(logHigh), hostMs('high')),
    kernels: kernels.length,
    layers,
    unverified: unverifiedFields(device, fieldsUsed(device, precision)),
    notes: notesOf(profile, { device, precision, execution, batch, calibrated, binds }),
  };
}

function layerOf(
  node: Node,
  times: readonly KernelTime[],
  product: KernelTime | undefined,
  whole: number,
): LayerLatency {
  const sum = (part: (time: KernelTime) => number) => 1e3 * times.reduce((total, time) => total + part(time), 0);
  const latencyMs = sum(({ seconds }) => seconds);
  const computeMs = sum(({ compute }) => compute);
  const memoryMs = sum(({ memory }) => memory);
  const launchMs = sum(({ launch }) => launch);
  const occupancy = product?.occupancy ?? 1;
  let bound: Bound = computeMs > memoryMs ? (occupancy < 0.5 ? 'occupancy' : 'compute') : 'memory';
  if (launchMs > Math.max(computeMs, memoryMs)) bound = 'launch';
  const op = opOf(node.op).kind === 'opaque' ? String(node.attributes['type']) : node.op;
  const fraction = whole === 0 ? 0 : latencyMs / 1e3 / whole;
  return { name: node.name, op, latencyMs, bound, fraction, computeMs, memoryMs, launchMs, occupancy };
}

function fieldsUsed(device: Device, precision: Precision): DeviceField[] {
  const used: DeviceField[] = ['float32Tflops', 'memoryBandwidthGbs', 'l2Megabytes', 'lastLevelCacheMegabytes'];
  if (precision !== 'float32') used.push('tensorFloat16Tflops', 'float16Tflops');
  if (device.kind === 'gpu') used.push('computeUnits');
  return used;
}

interface Situation {
  readonly device: Device;
  readonly precision: Precision;
  readonly execution: ExecutionModel;
  readonly batch: number;
  readonly calibrated: boolean;
  readonly binds: LatencyEstimate['binds'];
}

function notesOf(
  profile: LatencyProfile,
  { device, precision, execution, batch, calibrated, binds }: Situation,
): string[] {
  const notes: string[] = [];
  if (!calibrated) {
    const differences = [
      profile.device === device.id
        ? ''
        : isKnownArchitecture(profile.architectures, device)
          ? `the ${device.name} was never timed`
          : `neither the ${device.name} nor another ${architectureOf(device)} device was timed`,
      profile.device === null && isShortOfPower(device) ? 'its power does not hold the clock of its data sheet' : '',
      isTimedAt(profile, precision)
        ? ''
        : `the profile was fitted at ${[profile.precision, ...(profile.precisions ?? [])].join(', ')}`,
      profile.execution === execution ? '' : `the profile was fitted to ${profile.execution} execution`,
    ].filter(Boolean);
    notes.push(`From the specification: ${differences.join('; ')}.`);
  }
  const [least, most] = profile.batches;
  if (batch < least || batch > most) {
    notes.push(
      `Timed batches were ${least === most ? least : `${least} to ${most}`} images; at ${batch} the interval is not proven${batch < least ? ': time to start kernels is an assumption' : ''}.`,
    );
  }
  if (binds === 'host') {
    notes.push(
      "The host starts kernels more slowly than the device runs them: what the wall shows depends on the host, and a CUDA graph would leave the kernels' time alone.",
    );
  }
  return notes;
}

/** Images that a graph runs at once: the first axis of its first input. */
export function batchOf(graph: Graph): number {
  return Math.max(1, (graph.values[graph.inputs[0] ?? -1] as Value | undefined)?.shape[0] ?? 1);
}
