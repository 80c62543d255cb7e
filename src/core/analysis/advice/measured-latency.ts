import type { Graph } from '../../ir/graph.js';
import type { LayerTiming } from '../../measurement.js';
import type { OpKind } from '../../ops/define-op.js';
import { opOf } from '../../ops/index.js';
import type { LatencyEstimate } from '../latency/index.js';

/** Estimates brought to measured time: of layers that were timed as they ran, of others as those of their kind did. */
export interface MeasuredLatency {
  adjust(graph: Graph, estimate: LatencyEstimate): LatencyEstimate;
  /** Of a layer alone, by the kind of its first. */
  factorOf(graph: Graph): number;
  /** Measured over estimated time of all layers. */
  readonly overall: number;
}

/**
 * For each row of the profile the factor measured / estimated; a group's layers share one. A layer of a changed graph
 * that no row names gets the factor of its kind, Σ measured / Σ estimated. What the device did beside them stays as it is,
 * so that every part is one of its busy time.
 */
export function measuredLatency(
  graph: Graph,
  estimate: LatencyEstimate,
  timings: readonly LayerTiming[],
  busyMs: number,
): MeasuredLatency {
  const estimated = new Map(estimate.layers.map(({ name, latencyMs }) => [name, latencyMs]));
  const kinds = kindsOf(graph);
  const byLayer = new Map<string, number>();
  const sums = new Map<OpKind, [number, number]>();
  let [measuredMs, estimatedMs] = [0, 0];
  for (const { name, members = [name], latencyMs, unjoined } of timings) {
    const sum = members.reduce((total, member) => total + (estimated.get(member) ?? 0), 0);
    if (unjoined === true || sum === 0 || latencyMs === 0) continue;
    measuredMs += latencyMs;
    estimatedMs += sum;
    for (const member of members) {
      byLayer.set(member, latencyMs / sum);
      const kind = kinds.get(member);
      const own = ((estimated.get(member) ?? 0) * latencyMs) / sum;
      if (kind === undefined) continue;
      const [measured, expected] = sums.get(kind) ?? [0, 0];
      sums.set(kind, [measured + own, expected + (estimated.get(member) ?? 0)]);
    }
  }
  const overall = estimatedMs === 0 ? 1 : measuredMs / estimatedMs;
  const factorOfKind = (kind: OpKind | undefined): number => {
    const [measured, expected] = (kind === undefined ? undefined : sums.get(kind)) ?? [0, 0];
    return expected === 0 ? overall : measured / expected;
  };
  const besideMs = Math.max(0, busyMs - measuredMs);
  const before = new Map(estimate.layers.map((layer) => [layer.name, layer]));
  return {
    overall,
    factorOf: (one) => factorOfKind(one.nodes[0] === undefined ? undefined : opOf(one.nodes[0].op).kind),
    adjust(changed, raw) {
      const own = changed === graph ? kinds : kindsOf(changed);
      const layers = raw.layers.map((layer) => {
        // A layer that the change left alone runs as it was measured.
        const isSame = before.get(layer.name)?.op === layer.op;
        const factor = (isSame ? byLayer.get(layer.name) : undefined) ?? factorOfKind(own.get(layer.name));
        return {
          ...layer,
          latencyMs: layer.latencyMs * factor,
          computeMs: layer.computeMs * factor,
          memoryMs: layer.memoryMs * factor,
          launchMs: layer.launchMs * factor,
        };
      });
      const kernelsMs = layers.reduce((sum, { latencyMs }) => sum + latencyMs, besideMs);
      return {
        ...raw,
        layers: layers.map((layer) => ({ ...layer, fraction: kernelsMs === 0 ? 0 : layer.latencyMs / kernelsMs })),
        kernelsMs,
        latencyMs: kernelsMs,
      };
    },
  };
}

function kindsOf({ nodes }: Graph): Map<string, OpKind> {
  return new Map(nodes.map(({ name, op }) => [name, opOf(op).kind]));
}
