import type { Graph } from '../../ir/graph.js';
import { analyze } from '../analyze.js';
import type { Device } from '../devices/index.js';
import { batchOf, type LatencyEstimate } from '../latency/estimate.js';
import type { AnalysisResult, ExecutionModel, LayerAnalysis } from '../result.js';
import { type EnergyConstant, type EnergyProfile, energyOf, unseparated } from './calibrated.js';
import { type EnergyTable, nearestTable } from './literature.js';

export interface EnergyParts {
  readonly computeJoules: number;
  readonly memoryJoules: number;
  readonly staticJoules: number;
}

export interface LayerEnergy extends EnergyParts {
  readonly name: string;
  readonly energyJoules: number;
}

/** Energy of one image. The two modes are never mixed. */
export interface EnergyEstimate extends EnergyParts {
  readonly model: string;
  readonly device: string;
  /** `literature` ranks only: figures of other chips, without control logic and static power. */
  readonly mode: 'literature' | 'calibrated';
  readonly source: string;
  readonly processNm: number | null;
  readonly energyJoules: number;
  readonly energyLowJoules: number;
  readonly energyHighJoules: number;
  readonly layers: readonly LayerEnergy[];
  readonly note: string;
}

export interface LiteratureOptions {
  readonly device?: Device | undefined;
  readonly dtype?: 'float32' | 'float16' | 'bfloat16' | 'int8' | undefined;
  readonly execution?: ExecutionModel | undefined;
  readonly table?: EnergyTable | undefined;
}

/**
 * Σ multiply-adds and other operations at their published energies + Σ bytes at that of external memory (geometric mean
 * of its range; every operand also crosses on-chip memory once). For ranking.
 */
export function literatureEnergy(graph: Graph, options: LiteratureOptions = {}): EnergyEstimate {
  const table = options.table ?? nearestTable(options.device?.processNm ?? null);
  const dtype = options.dtype ?? 'float32';
  const result = analyze(graph, { execution: options.execution ?? 'fused', dtype });
  const images = batchOf(graph);
  const perMadd = (table.multiplyAdd[dtype] ?? table.multiplyAdd.float16) * 1e-12;
  const perAdd = (table.add[dtype] ?? table.add.float16) * 1e-12;
  const [least, most] = table.dramByte;
  const energy = (layer: LayerAnalysis, dram: number): LayerEnergy => {
    const computeJoules = (layer.madds * perMadd + (layer.flops - 2 * layer.madds) * perAdd) / images;
    const memoryJoules = ((layer.readBytes + layer.writeBytes) * (dram + table.largeSramByte) * 1e-12) / images;
    return {
      name: layer.name,
      computeJoules,
      memoryJoules,
      staticJoules: 0,
      energyJoules: computeJoules + memoryJoules,
    };
  };
  const layers = result.layers.map((layer) => energy(layer, Math.sqrt(least * most)));
  const total = (dram: number) => result.layers.reduce((sum, layer) => sum + energy(layer, dram).energyJoules, 0);
  return {
    model: graph.name,
    device: options.device?.name ?? `a ${table.processNm} nm chip`,
    mode: 'literature',
    source: table.source,
    processNm: table.processNm,
    ...sumParts(layers),
    energyLowJoules: total(least),
    energyHighJoules: total(most),
    layers,
    note: `For ranking models only: published energies of a ${table.processNm} nm process, the same for every device near it, without control logic and static power.`,
  };
}

/** E = flops·ε + bytes·ε + π₀·T with fitted constants and an estimated time. */
export function calibratedEnergy(graph: Graph, profile: EnergyProfile, latency: LatencyEstimate): EnergyEstimate {
  const dtype = latency.precision === 'float32' ? 'float32' : 'float16';
  const result: AnalysisResult = analyze(graph, { execution: latency.execution, dtype });
  const images = batchOf(graph);
  // Static power is drawn while the device waits for its host as well: each layer bears its part of the wall's time.
  const onWall = latency.kernelsMs === 0 ? 1 : latency.latencyMs / latency.kernelsMs;
  const milliseconds = new Map(latency.layers.map((layer) => [layer.name, (onWall * layer.latencyMs) / latency.batch]));
  const layers = result.layers.map((layer): LayerEnergy => {
    const parts = energyOf(profile, {
      flops: layer.flops / images,
      bytes: (layer.readBytes + layer.writeBytes) / images,
      seconds: (milliseconds.get(layer.name) ?? 0) / 1e3,
    });
    return { name: layer.name, ...parts, energyJoules: parts.computeJoules + parts.memoryJoules + parts.staticJoules };
  });
  const sums = sumParts(layers);
  const { logLow, logHigh } = profile.heldOut ?? UNKNOWN_ERROR;
  return {
    model: graph.name,
    device: profile.device,
    mode: 'calibrated',
    source: profile.source,
    processNm: null,
    ...sums,
    energyLowJoules: sums.energyJoules * Math.exp(logLow),
    energyHighJoules: sums.energyJoules * Math.exp(logHigh),
    layers,
    note: [fitNote(profile), ...partsNote(profile), ...differences(profile, latency)].join(' '),
  };
}

/** A factor of 2 either way. */
const UNKNOWN_ERROR = { logLow: -Math.LN2, logHigh: Math.LN2 };

function fitNote({ heldOut, observations }: EnergyProfile): string {
  if (heldOut === null)
    return `Fitted to ${observations} runs of one workload: its error on others is unknown, the range a guess of a factor of 2.`;
  const percent = (fraction: number) => `${(100 * fraction).toFixed(1)} %`;
  return `Fitted to ${observations} measured runs; held-out error ${percent(heldOut.median)} at the median, ${percent(heldOut.p90)} at the 90th percentile.`;
}

const PARTS: Readonly<Record<EnergyConstant, string>> = {
  joulesPerFlop: 'of operations',
  joulesPerByte: 'of bytes',
  staticWatts: 'at rest',
};

/** Sums are known better than what they are of. */
function partsNote(profile: EnergyProfile): string[] {
  const names = unseparated(profile).map((name) => PARTS[name]);
  if (names.length === 0) return [];
  return [
    `The runs do not tell the energy ${names.join(' and ')} apart from the rest: parts are less sure than their sum.`,
  ];
}

/** What the constants were not fitted to. */
function differences(profile: EnergyProfile, latency: LatencyEstimate): string[] {
  const fitted = `${profile.precision}, ${profile.execution}`;
  const asked = `${latency.precision}, ${latency.execution}`;
  return fitted === asked ? [] : [`The constants were measured at ${fitted}; for ${asked} the range is not proven.`];
}

function sumParts(layers: readonly LayerEnergy[]): EnergyParts & { readonly energyJoules: number } {
  const sum = (part: (layer: LayerEnergy) => number) => layers.reduce((total, layer) => total + part(layer), 0);
  return {
    computeJoules: sum((layer) => layer.computeJoules),
    memoryJoules: sum((layer) => layer.memoryJoules),
    staticJoules: sum((layer) => layer.staticJoules),
    energyJoules: sum((layer) => layer.energyJoules),
  };
}
