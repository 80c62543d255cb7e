import { architectureOf, type Device, isShortOfPower } from '../../src/core/analysis/devices/index.js';
import { workloadSeconds } from '../../src/core/analysis/latency/fit.js';
import type { LogInterval } from '../../src/core/analysis/latency/profile.js';
import { grouped, logOf, type TableGroup, type TableGroups } from './groups.js';
import {
  type Bias,
  biasOf,
  conformal,
  conformalOverDevices,
  type Distance,
  deviationsOf,
  halfWidth,
  type Residuals,
  type Scale,
  scaleOf,
} from './intervals.js';
import { keyOf } from './judge.js';
import { isProduct, type JudgedKernel, type ServerJudgement } from './server.js';
import type { JudgedModel } from './server-report.js';
import { groupOf, type Table } from './tables.js';

/** An interval of devices never timed, by how far they lie from those that were, or without what one of them tells. */
export interface DeviceIntervals {
  at(distance: Distance, without?: string): LogInterval;
}

export interface Intervals {
  /** By group: devices never timed, whole models. */
  readonly groups: ReadonlyMap<string, DeviceIntervals>;
  /** Whole models and single products on server GPUs never timed. */
  readonly serverModels: DeviceIntervals;
  readonly serverProducts: DeviceIntervals;
  /** Whole models on server GPUs whose kernels were timed. */
  readonly serverOwn: LogInterval;
  /** A device that was timed, its architectures by family, whatever the version of the software. */
  ofTimed(table: Table): LogInterval;
  severalVersions(table: Table): boolean;
  /**
   * Half-widths that an arithmetic adds in which a device was not timed: to what others of its part tell, and to its own
   * constants, which tell of it no more than of a device never timed.
   */
  readonly otherArithmetic: number;
  readonly otherArithmeticOfTimed: number;
  /** The same of an execution. */
  readonly otherExecution: number;
  /** How much further biases stray on another architecture, and short of power. */
  readonly scale: Scale;
}

/** Whole models that are judged alone: they enter no interval. */
export const JUDGED_MODELS: ReadonlySet<string> = new Set(['l4', 'h100-sxm']);
/** Of each device at most so many, evenly drawn: pairing grows with the square. */
const DRAWN = 100;

const ANYTHING_NEAR: Distance = { architecture: false, power: false };

/** How far a device lies from others. */
export function distanceFrom(others: Iterable<Device>, device: Device): Distance {
  const known = new Set([...others].map(architectureOf));
  return { architecture: !known.has(architectureOf(device)), power: isShortOfPower(device) };
}

/** A device (in one mode) that was left out: its residuals without it, and without its whole architecture. */
interface LeftOut {
  readonly device: Device;
  readonly residuals: Residuals;
  readonly withoutArchitecture: Residuals;
  /** Whether others of its architecture were fitted. */
  readonly siblings: boolean;
}

const biasesOf = (list: readonly LeftOut[]): (Bias & { readonly id: string })[] =>
  list.map(({ device, withoutArchitecture }) => ({
    id: device.id,
    value: biasOf(withoutArchitecture),
    architecture: true,
    power: isShortOfPower(device),
  }));

/** Biases of devices whose siblings were fitted tell how much nearer that is. */
const nearBiases = (list: readonly LeftOut[]): Bias[] =>
  list
    .filter(({ siblings }) => siblings)
    .map(({ device, residuals }) => ({
      value: biasOf(residuals),
      architecture: false,
      power: isShortOfPower(device),
    }));

export function intervalsOf(groups: TableGroups, server: ServerJudgement, models: readonly JudgedModel[]): Intervals {
  const products = leftOutProducts(server);
  const whole = leftOutModels(server, models);
  const cards = leftOutCards(groups);
  const gpuBiases = biasesOf([...cards, ...whole]);
  const scale = scaleOf([...biasesOf(products), ...gpuBiases, ...nearBiases(products), ...nearBiases(whole)]);
  const otherArithmetic = halfWidth(
    [...server.withoutArithmetic.values()].map((list) => biasOf(list.map(logOfKernel))),
  );
  const calibrated = models.filter((model) => model.calibrated);
  const own = grouped(calibrated, ({ one }) => one.device.id).map((list) =>
    list.map(({ measured, estimated }) => Math.log(measured / estimated)),
  );
  return {
    groups: new Map([...groups].map(([name, group]) => [name, groupIntervals(group, gpuBiases, scale)])),
    serverModels: overDevices(whole, scale),
    serverProducts: overDevices(products, scale),
    serverOwn: conformalOverDevices(
      own.map((residuals) => ({ value: biasOf(residuals), ...ANYTHING_NEAR })),
      own.map((residuals) => drawn(deviationsOf(residuals))),
      () => 1,
      ANYTHING_NEAR,
    ),
    ...timedIntervals(groups),
    otherArithmetic,
    otherArithmeticOfTimed: Math.hypot(otherArithmetic, halfWidth(gpuBiases.map((bias) => bias.value / scale(bias)))),
    otherExecution: otherExecution(groups),
    scale,
  };
}

const logOfKernel = ({ measured, estimated }: JudgedKernel) => Math.log(measured / estimated);

function leftOutProducts({ without, withoutArchitecture }: ServerJudgement): LeftOut[] {
  const products = (judged: readonly JudgedKernel[]) => judged.filter(({ one }) => isProduct(one)).map(logOfKernel);
  return [...without].flatMap(([id, { fit, judged }]) => {
    const device = judged[0]?.one.device;
    const residuals = products(judged);
    const other = withoutArchitecture.get(id);
    if (device === undefined || other === undefined || residuals.length === 0) return [];
    return { device, residuals, withoutArchitecture: products(other.judged), siblings: other.fit !== fit };
  });
}

function leftOutModels({ without, withoutArchitecture }: ServerJudgement, models: readonly JudgedModel[]): LeftOut[] {
  const fitted = models.filter(({ one }) => !JUDGED_MODELS.has(one.device.id));
  return grouped(fitted, ({ one }) => `${one.device.id} ${one.execution}`).map((list) => {
    const { device } = (list[0] as JudgedModel).one;
    return {
      device,
      residuals: list.map(({ measured, unseen }) => Math.log(measured / unseen)),
      withoutArchitecture: list.map(({ measured, unseenArchitecture }) => Math.log(measured / unseenArchitecture)),
      siblings: without.get(device.id)?.fit !== withoutArchitecture.get(device.id)?.fit,
    };
  });
}

/** Cards of timm's tables: no two that are fitted are of one architecture. */
function leftOutCards(groups: TableGroups): LeftOut[] {
  return [...groups.values()].flatMap(({ judgement }) =>
    [...judgement.unseenDevice.values()].flatMap((cases) => {
      const device = cases[0]?.one.table.device;
      if (device === undefined || device.kind === 'cpu') return [];
      const residuals = cases.map(logOf);
      return { device, residuals, withoutArchitecture: residuals, siblings: false };
    }),
  );
}

/**
 * Cards of a group that were left out give their biases, and with them the server GPUs, whose whole models stand for
 * devices never timed as well: two or three cards alone would tell too little of the next. CPUs stand alone.
 */
function groupIntervals({ judgement }: TableGroup, gpuBiases: readonly Bias[], scale: Scale): DeviceIntervals {
  const left = [...judgement.unseenDevice.values()].map((cases) => cases.map(logOf));
  const lists = left.length > 0 ? left : byTable(judgement.heldOut).map((cases) => cases.map(logOf));
  const cpu = judgement.heldOut[0]?.one.table.device.kind === 'cpu';
  const biases = cpu
    ? left.map((residuals): Bias => ({ value: biasOf(residuals), architecture: true, power: false }))
    : gpuBiases;
  const deviations = lists.map((residuals) => drawn(deviationsOf(residuals)));
  return { at: (distance) => conformalOverDevices(biases, deviations, scale, distance) };
}

function overDevices(list: readonly LeftOut[], scale: Scale): DeviceIntervals {
  return {
    at: (distance, without) => {
      const kept = list.filter(({ device }) => device.id !== without);
      return conformalOverDevices(
        biasesOf(kept),
        kept.map(({ residuals, withoutArchitecture }) =>
          drawn(deviationsOf(distance.architecture ? withoutArchitecture : residuals)),
        ),
        scale,
        distance,
      );
    },
  };
}

const byTable = (cases: TableGroup['judgement']['heldOut']) => grouped(cases, ({ one }) => one.table);

/**
 * Whoever asks seldom runs the version that was timed. Where a card was timed with two, each version is judged by the
 * other's constants, families left out; elsewhere the biases between versions are paired with what families stray.
 */
function timedIntervals(groups: TableGroups): Pick<Intervals, 'ofTimed' | 'severalVersions'> {
  const versions = new Map<string, number[]>();
  const biases: number[] = [];
  for (const { judgement } of groups.values()) {
    for (const cases of byTable(judgement.heldOut)) {
      const { table } = (cases[0] as (typeof cases)[number]).one;
      const logs = cases.flatMap(({ measured, byOtherVersions = [] }) =>
        byOtherVersions.map((estimated) => Math.log(measured / estimated)),
      );
      if (logs.length === 0) continue;
      biases.push(biasOf(logs));
      const key = `${groupOf(table)} ${table.device.id}`;
      versions.set(key, [...(versions.get(key) ?? []), ...logs]);
    }
  }
  const interval = (table: Table): LogInterval => {
    const { judgement } = groups.get(groupOf(table)) as TableGroup;
    const own = judgement.heldOut.filter(({ one }) => one.table.device.id === table.device.id);
    const several = versions.get(`${groupOf(table)} ${table.device.id}`);
    if (several !== undefined) return conformal([...several, ...own.map(logOf)]);
    const residuals = own.map(logOf);
    if (table.device.kind === 'cpu') return conformal(residuals);
    return conformalOverDevices(
      biases.map((value) => ({ value, ...ANYTHING_NEAR })),
      [residuals],
      () => 1,
      ANYTHING_NEAR,
    );
  };
  return {
    ofTimed: interval,
    severalVersions: (table) => versions.has(`${groupOf(table)} ${table.device.id}`),
  };
}

/** Cards timed in two executions, each judged by the constants of the other. */
function otherExecution(groups: TableGroups): number {
  const residuals: number[] = [];
  for (const [name, { fitted }] of groups) {
    for (const [other, { judgement }] of groups) {
      if (other === name) continue;
      for (const { table, row, kernels } of fitted) {
        const theta = judgement.full.byDevice.get(keyOf(table));
        if (theta === undefined || table.device.kind === 'cpu') continue;
        const estimated = workloadSeconds({ kernels, batch: row.batch }, table.device, theta) / row.batch;
        residuals.push(Math.log(1 / row.imagesPerSecond / estimated));
      }
    }
  }
  if (residuals.length === 0) return 0;
  const { logLow, logHigh } = conformal(residuals);
  return Math.max(-logLow, logHigh);
}

function drawn(residuals: Residuals): Residuals {
  const step = Math.max(1, residuals.length / DRAWN);
  return Array.from({ length: Math.min(DRAWN, residuals.length) }, (_, i) => residuals[Math.floor(i * step)] as number);
}
