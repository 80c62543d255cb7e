import { architectureOf, type Device } from '../../src/core/analysis/devices/index.js';
import { LATENCY_PARAMETERS } from '../../src/core/analysis/latency/parameters.js';
import type { LatencyProfile } from '../../src/core/analysis/latency/profile.js';
import type { Case } from './cases.js';
import { withFullRate } from './full-rate.js';
import type { TableGroup, TableGroups } from './groups.js';
import { type DeviceIntervals, type Intervals, JUDGED_MODELS } from './interval-pools.js';
import { conformal } from './intervals.js';
import { type HeldOutCase, keyOf, pairsOf } from './judge.js';
import type { Judged } from './metrics.js';
import { batchesOf, type ProfileSource, profileOf, runtimeOf } from './profiles.js';
import { estimateAll, isProduct, type JudgedKernel, type ServerJudgement, serverTables } from './server.js';
import type { JudgedModel } from './server-report.js';
import type { Table } from './tables.js';

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
  return withFullRate(
    theta.map((value, i) => (unseen.has(LATENCY_PARAMETERS[i]?.name ?? '') ? (server[i] as number) : value)),
    serverTables().fitted,
  );
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
      held: intervals.severalVersions(table)
        ? 'architectures, by family, at this and at other versions of the software'
        : 'architectures, by family; what another version of the software does is taken from other cards',
      interval: intervals.ofTimed(table),
      otherArithmetic: gpu ? intervals.otherArithmeticOfTimed : 0,
      otherExecution: gpu ? intervals.otherExecution : 0,
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
    ...far(intervals.groups.get(name) as DeviceIntervals),
    architectures: architecturesOf(fitted.map(({ table }) => table.device)),
    otherArithmetic: gpu ? intervals.otherArithmetic : 0,
    otherExecution: gpu ? intervals.otherExecution : 0,
  });
  return [...timed, generic];
}

function serverProfiles(
  { full, without }: ServerJudgement,
  models: readonly JudgedModel[],
  { serverModels, serverProducts, serverOwn, otherArithmetic, otherArithmeticOfTimed, otherExecution }: Intervals,
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
      otherArithmetic: otherArithmeticOfTimed,
      otherExecution,
    });
  });
  const eager = models.filter(({ one }) => one.execution === 'eager' && !JUDGED_MODELS.has(one.device.id));
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
    ...far(serverModels, serverProducts),
    architectures: architecturesOf(fitted.map(({ device }) => device)),
    otherArithmetic,
    otherExecution,
  });
  return [...timed, generic];
}

function far(
  whole: DeviceIntervals,
  single?: DeviceIntervals,
): Pick<ProfileSource, 'interval' | 'layerInterval' | 'further'> {
  const at = (architecture: boolean, power: boolean) => ({
    interval: whole.at({ architecture, power }),
    layerInterval: single?.at({ architecture, power }),
  });
  return {
    ...at(false, false),
    further: { architecture: at(true, false), power: at(false, true), both: at(true, true) },
  };
}

const architecturesOf = (devices: readonly Device[]): string[] => [...new Set(devices.map(architectureOf))].sort();
