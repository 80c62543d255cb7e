import type { Graph } from '../../ir/graph.js';
import { analyze } from '../analyze.js';
import { type Device, findDevice } from '../devices/index.js';
import { chooseProfile, estimateLatency, type LatencyProfile, type Precision } from '../latency/index.js';
import type { ExecutionModel } from '../result.js';
import type { AdviceContext, AdviceRule, Finding } from './define-rule.js';
import { registry } from './rules/registry.js';

export type { Finding } from './define-rule.js';

export interface AdviceOptions {
  /** Savings are estimated for it; default: the RTX 4090. */
  readonly device?: Device | undefined;
  /** Default: float32. */
  readonly precision?: Precision | undefined;
  readonly execution?: ExecutionModel | undefined;
  /** Constants of the device's own calibration; default: the shipped ones. */
  readonly profile?: LatencyProfile | undefined;
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
  const { precision = 'float32', execution, profile } = options;
  const judge = (judged: Graph) => {
    const latency = estimateLatency(judged, { device, precision, execution, profile });
    return { analysis: analyze(judged, { execution: latency.execution }), latency };
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
    fused: () => estimateLatency(graph, { ...conditions, execution: 'fused' }),
    imageMsAtBatch(factor) {
      const batch = latency.batch * factor;
      return estimateLatency(graph, { ...conditions, batch }).kernelsMs / batch;
    },
    layerMs(one) {
      // Autocast would cast a 32-bit input first; within a network the layer before has written 16 bits.
      const own = latency.precision === 'amp' ? 'float16' : latency.precision;
      return estimateLatency(one, { ...conditions, precision: own }).kernelsMs;
    },
  };
  const findings: Finding[] = [];
  for (const [name, load] of Object.entries(registry) as [string, () => Promise<{ default: AdviceRule }>][]) {
    const { default: rule } = await load();
    for (const found of rule.find(context)) {
      findings.push({ ...found, rule: name, model: graph.name, source: rule.source });
    }
  }
  return findings.sort((a, b) => (b.saving?.fraction ?? 0) - (a.saving?.fraction ?? 0));
}
