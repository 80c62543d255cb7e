import { COMPUTE_CLASSES, type ComputeClass, type KernelClass, MEMORY_CLASSES } from '../../ops/execution.js';
import type { Units } from './rates.js';

/** A free constant of the latency model: log-normal around `typical`, `spread` its deviation in logarithms. */
export interface LatencyParameter {
  readonly name: string;
  readonly typical: number;
  readonly spread: number;
  readonly meaning: string;
}

/** Fraction of the peak rate that wide and deep products reach. */
const EFFICIENCY: Readonly<Record<ComputeClass, number>> = {
  conv: 0.8,
  pointwiseConv: 0.8,
  groupedConv: 0.3,
  depthwiseConv: 0.15,
  largeDepthwiseConv: 0.15,
  linear: 0.95,
  matmul: 0.6,
  attention: 0.7,
  maskedAttention: 0.4,
  recurrent: 0.4,
};

/** Part of the sustained rate that the largest products reach, by the units they run on. */
const UNITS: Readonly<Record<Units, number>> = { vector: 0.9, matrix32: 0.8, matrix16: 0.85, matrix8: 0.7 };

/** Bytes moved over the least possible, where that is far from most kernels' 1.1. */
const TRAFFIC: Readonly<Partial<Record<KernelClass, number>>> = { resize: 5, transposition: 2 };

const shape = (name: string, typical: number, spread: number, meaning: string): LatencyParameter => ({
  name,
  typical,
  spread,
  meaning,
});

export const LATENCY_PARAMETERS: readonly LatencyParameter[] = [
  ...COMPUTE_CLASSES.map((name) =>
    shape(`efficiency.${name}`, EFFICIENCY[name], 0.6, `fraction of peak that ${name} kernels reach`),
  ),
  ...[...COMPUTE_CLASSES, ...MEMORY_CLASSES].map((name) =>
    shape(
      `traffic.${name}`,
      TRAFFIC[name] ?? 1.1,
      name === 'resize' ? 0.8 : 0.35,
      `bytes that ${name} kernels move, over the least they must`,
    ),
  ),
  ...Object.entries(UNITS).map(([units, typical]) =>
    shape(
      `units.${units}`,
      typical,
      0.3,
      `part of the sustained rate that the largest products reach on ${units} units`,
    ),
  ),
  shape('memory', 0.9, 0.1, "part of the memory's bandwidth that large copies reach"),
  shape('cache', 0.4, 0.4, "part of the caches' bandwidth that kernels reach"),
  shape('reach', 3, 0.5, 'its share of bandwidth that one unit can draw, where others idle'),
  shape('termNanoseconds', 2, 0.6, 'one term of the sum of a tile, where too few tiles hide it'),
  shape('traffic.weights', 1, 0.7, 'bytes of weights moved, over their size'),
  shape('conversion', 0.5, 0.7, 'part of the operands that a 16-bit convolution converts to channels last and back'),
  shape(
    'channelsLastDepthwise',
    1,
    0.5,
    'rate of depthwise convolutions on images whose channels lie last, over others',
  ),
  shape('halfDepth', 24, 0.8, 'length of the sum at which a product reaches half its rate'),
  shape('halfFeatures', 64, 0.8, 'the same of linear layers, matrix products and attention'),
  shape('halfTokens', 32, 0.7, 'queries of a head at which attention reaches half its rate'),
  shape('halfRow', 16, 0.8, 'row length at which normalisations reach half their bandwidth'),
  shape('halfWidth', 16, 0.8, 'output channels at which a product reaches half its rate'),
  shape('halfGroupWidth', 16, 0.8, 'the same of grouped convolutions'),
  shape('misaligned', 1.5, 0.4, 'slowdown where channel counts are not a multiple of 8'),
  shape('overlap', 2, 0.5, 'how well computing hides moving: exponent of the norm that joins the two'),
  shape('cached', 0.3, 0.7, 'cache that holds a tensor for its reader, as a part of all cache'),
  shape('resident', 0.5, 0.3, 'cache that keeps weights from one run to the next, as a part of all cache'),
  shape('launchMicroseconds', 4, 0.4, 'least time of a kernel'),
  shape('loadMicroseconds', 0.25, 0.5, 'one load that waits for the last, in threads too few to hide it'),
  shape('stepMicroseconds', 15, 0.6, 'least time of one step of a recurrent layer'),
  shape('fullRate', 1, 0.3, 'its share of the rate, where constants of cards of half rate stand for one of full rate'),
];

const INDEX: ReadonlyMap<string, number> = new Map(LATENCY_PARAMETERS.map(({ name }, i) => [name, i]));

export function parameterIndex(name: string): number {
  return INDEX.get(name) as number;
}

/** Logarithms of the typical values. */
export function typicalParameters(): Float64Array {
  return Float64Array.from(LATENCY_PARAMETERS, ({ typical }) => Math.log(typical));
}

export type { KernelClass };
