import type { Graph } from '../../ir/graph.js';
import { analyze } from '../analyze.js';
import { type Device, findDevice } from '../devices/index.js';
import {
  chooseProfile,
  estimateLatency,
  type LatencyEstimate,
  type LatencyProfile,
  type Precision,
} from '../latency/index.js';
import { iterationTimes } from '../measured/times.js';
import type { ExecutionModel } from '../result.js';
import type { AdviceContext, AdviceRule, Finding } from './define-rule.js';
import { adviseMeasured, type MeasuredModel } from './measured.js';
import { measuredLatency } from './measured-latency.js';
import { registry } from './rules/registry.js';

export type { Finding } from './define-rule.js';
export { adviseMeasured, isHostBound, type MeasuredModel } from './measured.js';

export interface AdviceOptions {
  /** Savings are estimated for it; default: the RTX 4090. */
  readonly device?: Device | undefined;
  /** Default: float32. */
  readonly precision?: Precision | undefined;
  readonly execution?: ExecutionModel | undefined;
  /** Constants of the device's own calibration; default: the shipped ones. */
  readonly profile?: LatencyProfile | undefined;
  /** A profile of this model on the device: savings are then computed from its measured time, and ranked by it. */
  readonly measured?: Pick<MeasuredModel, 'arm' | 'measurement'> | undefined;
}

const DEFAULT_DEVICE = 'rtx-4090';

/** Names of the rules, which are the ids of their findings. */
export const ADVICE_RULES = Object.keys(registry);

/**
 * What in an architecture is inefficient and what to change, largest saving first. Every saving is that of the whole
 * model on the device, estimated again on the changed graph.
 */
export async function adviseModel(graph: Graph, options: AdviceOptions = {}): Promise<Finding[]> {
  const device = options.device ?? (await findDevice(DEFAULT_DEVICE));
  const { precision = 'float32', execution, profile, measured } = options;
  const raw = estimateLatency(graph, { device, precision, execution, profile });
  const busyMs = measured && iterationTimes(measured.arm, measured.measurement)?.busyMs;
  const times =
    measured && busyMs !== undefined
      ? measuredLatency(graph, raw, measured.arm.layers?.timings ?? [], busyMs)
      : undefined;
  const adjusted = (judged: Graph, latency: LatencyEstimate) => times?.adjust(judged, latency) ?? latency;
  const judge = (judged: Graph) => {
    const latency = judged === graph ? raw : estimateLatency(judged, { device, precision, execution, profile });
    return { analysis: analyze(judged, { execution: latency.execution }), latency: adjusted(judged, latency) };
  };
  const { analysis, latency } = judge(graph);
  const conditions = {
    device,
    precision: latency.precision,
    execution: latency.execution,
    profile: profile ?? chooseProfile(device, latency.precision, latency.execution),
  };
  const context: AdviceContext = {
    graph,
    analysis,
    latency,
    device,
    execution: latency.execution,
    precision: latency.precision,
    layer: new Map(analysis.layers.map((layer) => [layer.name, layer])),
    time: new Map(latency.layers.map((layer) => [layer.name, layer])),
    judge,
    fused: () => adjusted(graph, estimateLatency(graph, { ...conditions, execution: 'fused' })),
    imageMsAtBatch(factor) {
      const batch = latency.batch * factor;
      return ((times?.overall ?? 1) * estimateLatency(graph, { ...conditions, batch }).kernelsMs) / batch;
    },
    layerMs(one) {
      // Autocast would cast a 32-bit input first; within a network the layer before has written 16 bits.
      const own = latency.precision === 'amp' ? 'float16' : latency.precision;
      return (times?.factorOf(one) ?? 1) * estimateLatency(one, { ...conditions, precision: own }).kernelsMs;
    },
  };
  const findings: Finding[] = [];
  for (const [name, load] of Object.entries(registry) as [string, () => Promise<{ default: AdviceRule }>][]) {
    const { default: rule } = await load();
    for (const found of rule.find(context)) {
      findings.push({ ...found, rule: name, model: graph.name, source: rule.source });
    }
  }
  if (measured === undefined) return bySaving(findings);
  const moves = new Set(analysis.layers.flatMap(({ kind, name }) => (kind === 'movement' ? [name] : [])));
  return [...adviseMeasured({ ...measured, moves }), ...findings.map(ofBusyTime)].sort(
    (a, b) => Number(isGap(b)) - Number(isGap(a)) || (b.saving?.fraction ?? 0) - (a.saving?.fraction ?? 0),
  );
}

const isGap = ({ saving }: Finding) => saving?.of === 'an iteration';

const bySaving = (findings: Finding[]) =>
  findings.sort((a, b) => (b.saving?.fraction ?? 0) - (a.saving?.fraction ?? 0));

/** Estimates were brought to measured time: so were the savings computed from them. */
function ofBusyTime(finding: Finding): Finding {
  const { saving } = finding;
  if (saving?.metric !== 'estimatedLatencyMs') return finding;
  return { ...finding, saving: { ...saving, metric: 'measuredLatencyMs', of: "the device's busy time" } };
}
