import { analyze } from '../analysis/analyze.js';
import type { Device } from '../analysis/devices/index.js';
import { literatureEnergy } from '../analysis/energy/index.js';
import { estimateLatency, type Precision } from '../analysis/latency/index.js';
import type { Graph } from '../ir/graph.js';

/** Figures that are sums over nodes and depend on each node alone. */
export const LOCAL_FIGURES = [
  'params',
  'paramBytes',
  'madds',
  'flops',
  'activations',
  'memoryAccessCost',
  'paperMemoryAccessCost',
  'readBytes',
  'writeBytes',
] as const;

/** Sums over kernels, which may join the end of one step to the start of the next. */
export const FUSED_FIGURES = ['fusedReadBytes', 'fusedWriteBytes', 'kernels'] as const;

export interface SweepDevice {
  /** As it stands in names of figures: `rtx_4090`. */
  readonly key: string;
  readonly device: Device;
}

export interface FigureOptions {
  readonly devices: readonly SweepDevice[];
  readonly precision: Precision;
  /** Leave out the figures that need a look at neighbouring steps: faster by half. */
  readonly localOnly?: boolean | undefined;
}

/** Names of a design's figures, in the order of `Evaluator.evaluate`. */
export function figureNames({ devices, localOnly }: FigureOptions): string[] {
  if (localOnly) return [...LOCAL_FIGURES, 'peakActivationBytes'];
  return [
    ...LOCAL_FIGURES,
    'peakActivationBytes',
    ...FUSED_FIGURES,
    ...devices.flatMap(({ key }) => [`estimatedLatencyMs_${key}`, `estimatedEnergyJoules_${key}`]),
  ];
}

/** `LOCAL_FIGURES` and `peakActivationBytes` of a graph. */
export function localFigures(graph: Graph): Float64Array {
  const { totals } = analyze(graph);
  return Float64Array.from([...LOCAL_FIGURES.map((name) => totals[name]), totals.peakActivationBytes]);
}

/** `FUSED_FIGURES`, then latency and energy of each device. */
export function contextFigures(graph: Graph, { devices, precision }: FigureOptions): Float64Array {
  const { fused } = analyze(graph).totals;
  const figures = [fused.readBytes, fused.writeBytes, fused.kernels];
  for (const { device } of devices) {
    const latency = estimateLatency(graph, { device, precision });
    const dtype = latency.precision === 'float32' ? 'float32' : 'float16';
    const energy = literatureEnergy(graph, { device, dtype, execution: latency.execution });
    // Of the device: its kernels add up over parts of a model, what a host waits for does not.
    figures.push(latency.kernelsMs, energy.energyJoules);
  }
  return Float64Array.from(figures);
}
