import type { Device } from '../../src/core/analysis/devices/index.js';
import { LATENCY_PARAMETERS } from '../../src/core/analysis/latency/parameters.js';
import type { LatencyProfile } from '../../src/core/analysis/latency/profile.js';
import type { Case } from './cases.js';
import { logOf, type TableGroup, type TableGroups } from './groups.js';
import {
  biasOf,
  conformal,
  conformalOverDevices,
  deviationsOf,
  type LogInterval,
  type Residuals,
} from './intervals.js';
import { type HeldOutCase, keyOf, pairsOf } from './judge.js';
import type { Judged } from './metrics.js';
import { batchesOf, profileOf, runtimeOf } from './profiles.js';
import { estimateAll, isProduct, type JudgedKernel, type ServerJudgement, serverTables } from './server.js';
import type { JudgedModel } from './server-report.js';
import type { Table } from './tables.js';

/** An interval of devices never timed, with all devices that were left out in turn, or without one of them. */
export interface DeviceIntervals {
  readonly all: LogInterval;
  without(device: string): LogInterval;
}

export interface Intervals {
  /** By group: devices never timed, whole models. */
  readonly groups: ReadonlyMap<string, LogInterval>;
  /** Whole models and single products on server GPUs never timed. */
  readonly serverModels: DeviceIntervals;
  readonly serverProducts: DeviceIntervals;
  /** Whole models on server GPUs whose kernels were timed. */
  readonly serverOwn: LogInterval;
}

/** Judged alone, or too hot to tell (see server.ts). */
const NOT_EXCHANGEABLE = new Set(['l4', 'h100-sxm', 'p4']);
/** Of each device at most so many, evenly drawn: pairing grows with the square. */
const DRAWN = 150;

export function intervalsOf(groups: TableGroups, server: ServerJudgement, models: readonly JudgedModel[]): Intervals {
  const modelResiduals = byDevice(
    models.filter(({ one }) => one.execution === 'eager'),
    ({ one }) => one.device,
    ({ measured, unseen }) => Math.log(measured / unseen),
  );
  const ownResiduals = byDevice(
    models.filter(({ calibrated }) => calibrated),
    ({ one }) => one.device,
    ({ measured, estimated }) => Math.log(measured / estimated),
  );
  const products = byDevice(
    [...server.without.values()].flatMap(({ judged }) => judged.filter(({ one }) => isProduct(one))),
    ({ one }) => one.device,
    ({ measured, estimated }) => Math.log(measured / estimated),
  );
  const biases = [...modelResiduals.values()].map(biasOf);
  return {
    groups: new Map([...groups].map(([name, group]) => [name, groupInterval(group, biases)])),
    serverModels: overDevices(modelResiduals),
    serverProducts: overDevices(products),
    serverOwn: overDevices(ownResiduals).all,
  };
}

/**
 * Devices of a group that were left out give their biases, and with them the server GPUs, whose whole models stand for
 * devices never timed as well: two or three cards alone would tell too little of the next.
 */
function groupInterval({ judgement }: TableGroup, others: Residuals): LogInterval {
  const tables = [...judgement.unseenDevice.values()];
  const biases = tables.map((cases) => biasOf(cases.map(logOf)));
  const lists = tables.length > 0 ? tables : [judgement.heldOut];
  const cpu = judgement.heldOut[0]?.one.table.device.kind === 'cpu';
  return conformalOverDevices(
    cpu ? biases : [...biases, ...others],
    lists.map((cases) => drawn(deviationsOf(cases.map(logOf)))),
  );
}

function byDevice<T>(
  list: readonly T[],
  device: (one: T) => Device,
  residual: (one: T) => number,
): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const one of list) {
    const { id } = device(one);
    if (NOT_EXCHANGEABLE.has(id)) continue;
    found.set(id, [...(found.get(id) ?? []), residual(one)]);
  }
  return found;
}

function drawn(residuals: Residuals): Residuals {
  const step = Math.max(1, residuals.length / DRAWN);
  return Array.from({ length: Math.min(DRAWN, residuals.length) }, (_, i) => residuals[Math.floor(i * step)] as number);
}

function overDevices(residuals: ReadonlyMap<string, Residuals>): DeviceIntervals {
  const interval = (ids: readonly string[]) => {
    const lists = ids.map((id) => residuals.get(id) as Residuals);
    return conformalOverDevices(
      lists.map(biasOf),
      lists.map((list) => drawn(deviationsOf(list))),
    );
  };
  const all = [...residuals.keys()];
  return { all: interval(all), without: (device) => interval(all.filter((id) => id !== device)) };
}

const SERVER_SOURCES = 'NeuSight (data/dataset), aiconfigurator (gemm tables), Vidur (mlp profiles): single kernels';
const SERVER_RUNTIME = 'PyTorch 2.1, eager; vLLM, TensorRT-LLM and SGLang in CUDA graphs';

/** Profiles of every device that was timed, and those that stand for devices never timed. */
export function allProfiles(
  groups: TableGroups,
  server: ServerJudgement,
  models: readonly JudgedModel[],
  intervals: Intervals,
): LatencyProfile[] {
  return [
    ...[...groups].flatMap(([name, group]) => groupProfiles(name, group, server, intervals)),
    ...serverProfiles(server, models, intervals),
  ];
}

/** What 16-bit whole models tell nothing of: rates of other units, as server GPUs show them. */
function completed(theta: Float64Array, server: Float64Array): Float64Array {
  const unseen = new Set(['units.vector', 'units.matrix32', 'units.matrix8', 'resident']);
  return theta.map((value, i) => (unseen.has(LATENCY_PARAMETERS[i]?.name ?? '') ? (server[i] as number) : value));
}

function groupProfiles(
  name: string,
  { fitted, judgement }: TableGroup,
  server: ServerJudgement,
  intervals: Intervals,
): LatencyProfile[] {
  const tables = [...new Set(fitted.map(({ table }) => table))];
  const newest = [...new Map(tables.map((table) => [table.device.id, table])).values()];
  const first = tables[0] as Table;
  const { execution } = first;
  const gpu = first.device.kind === 'gpu';
  const theta = (own: Float64Array) => (gpu ? completed(own, server.full.shared) : own);
  const common = (own: readonly Table[], judged: readonly HeldOutCase[], cases: readonly Case[]) => ({
    part: first.device.part,
    kind: first.device.kind,
    precisions: [...new Set(own.map(({ precision }) => precision))],
    execution,
    runtime: [...new Set(own.map(runtimeOf))].join('; '),
    source: `timm's published results: ${own.map(({ file }) => file).join(', ')}`,
    batches: batchesOf(cases),
    judged: pairsOf(judged),
  });
  const timed = newest.map((table) => {
    const judged = judgement.heldOut.filter(({ one }) => one.table === table);
    return profileOf({
      ...common(
        [table],
        judged,
        judged.map(({ one }) => one),
      ),
      id: `${table.device.id}-${table.precision}-${execution}`,
      device: table.device.id,
      theta: theta(judgement.full.byDevice.get(keyOf(table)) as Float64Array),
      held: 'architectures, by family',
      interval: conformal(judged.map(logOf)),
    });
  });
  const unseen = [...judgement.unseenDevice.values()].flat();
  const judged = unseen.length > 0 ? unseen : judgement.heldOut;
  const generic = profileOf({
    ...common(tables, judged, fitted),
    id: `generic-${name}`,
    device: null,
    theta: theta(judgement.full.shared),
    held:
      unseen.length > 0
        ? 'devices: each judged by a fit to the others'
        : 'architectures, by family; only one device was timed',
    interval: intervals.groups.get(name) as LogInterval,
  });
  return [...timed, generic];
}

function serverProfiles(
  { full, without }: ServerJudgement,
  models: readonly JudgedModel[],
  { serverModels, serverProducts, serverOwn }: Intervals,
): LatencyProfile[] {
  const { fitted } = serverTables();
  const common = {
    part: 'server',
    kind: 'gpu',
    execution: 'eager',
    runtime: SERVER_RUNTIME,
    source: SERVER_SOURCES,
    batches: [1, 1024],
  } as const;
  const pairs = (list: readonly JudgedKernel[]): Judged[] =>
    list.map(({ measured, estimated }) => ({ measured, estimated }));
  const logs = (list: readonly Judged[]) => list.map(({ measured, estimated }) => Math.log(measured / estimated));
  const arithmetics = { float32: ['float32'], float16: ['float16', 'bfloat16'], float8: ['float8'] } as const;
  const timed = [...full.byDevice].flatMap(([id, theta]) => {
    const own = fitted.filter(({ device, rows }) => device.id === id && rows > 0);
    const products = own.filter(isProduct);
    if (products.length === 0) return [];
    const judged = pairs(estimateAll(products, theta));
    const whole = models.filter(({ one, calibrated }) => calibrated && one.device.id === id);
    return profileOf({
      ...common,
      id: `${id}-server`,
      device: id,
      precisions: [...new Set(own.map(({ arithmetic }) => arithmetic))].flatMap(
        (arithmetic) => arithmetics[arithmetic as keyof typeof arithmetics],
      ),
      theta,
      judged: whole.length > 0 ? whole : judged,
      held:
        whole.length > 0
          ? 'whole language models; only single kernels were fitted'
          : 'nothing: the products that were fitted',
      interval: serverOwn,
      layerInterval: conformal(logs(judged)),
    });
  });
  const eager = models.filter(({ one }) => one.execution === 'eager' && !NOT_EXCHANGEABLE.has(one.device.id));
  const generic = profileOf({
    ...common,
    id: 'generic-server-eager',
    device: null,
    precisions: ['float32', 'float16', 'bfloat16', 'float8'],
    theta: full.shared,
    judged:
      eager.length > 0
        ? eager.map(({ measured, unseen }) => ({ measured, estimated: unseen }))
        : pairs([...without.values()].flatMap(({ judged }) => judged)),
    held: 'devices: each judged by the kernels of the others',
    interval: serverModels.all,
    layerInterval: serverProducts.all,
  });
  return [...timed, generic];
}
