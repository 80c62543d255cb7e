import { type LatencyFit, type Observation, workloadSeconds } from '../../src/core/analysis/latency/fit.js';
import type { Case } from './cases.js';
import type { Fit } from './fit-store.js';
import { type Accuracy, accuracyOf, type Judged } from './metrics.js';
import { PREDICTORS, secondsOf } from './predictors.js';
import type { Table } from './tables.js';

export const FOLDS = 5;

/** A case beside what each predictor said of it, none having seen its family. Seconds of one image. */
export interface HeldOutCase {
  readonly one: Case;
  readonly measured: number;
  readonly estimates: Readonly<Record<string, number>>;
  /** What the device's constants of other versions of its software say; the same families left out. */
  readonly byOtherVersions?: readonly number[];
}

/** Cases of a table that is judged only, by what devices of its part share; simple predictors come from another table. */
export function judgeAlone(cases: readonly Case[], shared: Float64Array, training: readonly Case[]): HeldOutCase[] {
  const simple = PREDICTORS.map((predictor) => [predictor.id, predictor.fit(training)] as const);
  const bandwidth = training[0]?.table.device.memoryBandwidthGbs ?? 1;
  return cases.map((one) => {
    const { row, table } = one;
    const seconds = workloadSeconds({ kernels: one.kernels, batch: row.batch }, table.device, shared) / row.batch;
    // A figure that knows nothing of the device is scaled by the bandwidth of the two.
    const scale = bandwidth / table.device.memoryBandwidthGbs;
    const others = simple.map(([id, predict]) => [id, predict(one) * (id === 'roofline' ? 1 : scale)]);
    return { one, measured: secondsOf(one), estimates: { archmeter: seconds, ...Object.fromEntries(others) } };
  });
}

export interface GroupJudgement {
  readonly full: LatencyFit;
  readonly heldOut: readonly HeldOutCase[];
  /** By table key: cases judged by a fit that never saw the table's device. */
  readonly unseenDevice: ReadonlyMap<string, readonly HeldOutCase[]>;
}

export const keyOf = (table: Table): string =>
  `${table.device.id}/${table.version}${table.channelsLast ? '/channels-last' : ''}`;

/** Fits and judges tables that were timed in one way. */
export function judgeGroup(cases: readonly Case[], fitLatency: Fit): GroupJudgement {
  const weights = modelWeights(cases);
  const observe = (one: Case): Observation => ({
    kernels: one.kernels,
    batch: one.row.batch,
    device: one.table.device,
    key: keyOf(one.table),
    seconds: one.row.batch * secondsOf(one),
    weight: weights.get(weightKey(one)) as number,
  });
  const estimate = (one: Case, theta: Float64Array | undefined, fallback: Float64Array) =>
    workloadSeconds({ kernels: one.kernels, batch: one.row.batch }, one.table.device, theta ?? fallback) /
    one.row.batch;

  const full = fitLatency(cases.map(observe));
  const families = [...new Set(cases.map(({ family }) => family))].sort();
  const heldOut: HeldOutCase[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const held = new Set(families.filter((_, i) => i % FOLDS === fold));
    const training = cases.filter(({ family }) => !held.has(family));
    const judged = cases.filter(({ family }) => held.has(family));
    const fit = fitLatency(training.map(observe), full);
    const byTable = new Map<Table, Map<string, (one: Case) => number>>();
    for (const one of judged) {
      let simple = byTable.get(one.table);
      if (simple === undefined) {
        const own = training.filter(({ table }) => table === one.table);
        simple = new Map(PREDICTORS.map((predictor) => [predictor.id, predictor.fit(own)]));
        byTable.set(one.table, simple);
      }
      const estimates: Record<string, number> = {
        archmeter: estimate(one, fit.byDevice.get(keyOf(one.table)), fit.shared),
      };
      for (const [id, predict] of simple) estimates[id] = predict(one);
      const others = [...fit.byDevice].filter(
        ([key]) => key !== keyOf(one.table) && key.startsWith(`${one.table.device.id}/`),
      );
      const byOtherVersions = others.map(([, theta]) => estimate(one, theta, fit.shared));
      heldOut.push({ one, measured: secondsOf(one), estimates, byOtherVersions });
    }
  }
  const unseenDevice = new Map<string, HeldOutCase[]>();
  const devices = [...new Set(cases.map(({ table }) => table.device.id))];
  for (const device of devices.length > 1 ? devices : []) {
    const fit = fitLatency(cases.filter(({ table }) => table.device.id !== device).map(observe));
    for (const one of cases.filter(({ table }) => table.device.id === device)) {
      const key = keyOf(one.table);
      const list = unseenDevice.get(key) ?? [];
      list.push({ one, measured: secondsOf(one), estimates: { archmeter: estimate(one, undefined, fit.shared) } });
      unseenDevice.set(key, list);
    }
  }
  return { full, heldOut, unseenDevice };
}

export function judge(cases: readonly HeldOutCase[], predictor = 'archmeter'): Accuracy {
  return accuracyOf(pairsOf(cases, predictor));
}

export function pairsOf(cases: readonly HeldOutCase[], predictor = 'archmeter'): Judged[] {
  return cases.map(({ measured, estimates }) => ({ measured, estimated: estimates[predictor] as number }));
}

const weightKey = ({ row, table }: Case) => `${row.model} ${table.file}`;

/** A model that was timed at several resolutions counts less each time. */
function modelWeights(cases: readonly Case[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of cases) counts.set(weightKey(one), (counts.get(weightKey(one)) ?? 0) + 1);
  return new Map([...counts].map(([key, count]) => [key, 1 / Math.sqrt(count)]));
}
