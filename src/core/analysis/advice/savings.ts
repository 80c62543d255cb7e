import type { Graph } from '../../ir/graph.js';
import type { AdviceContext, FoundFinding } from './define-rule.js';

/** Time that a changed graph saves, beside the model's own; undefined where it saves nothing worth naming. */
export function latencySaving(
  context: AdviceContext,
  changed: Graph,
  least = 0.01,
): (Pick<FoundFinding, 'saving' | 'cost'> & { readonly saving: NonNullable<FoundFinding['saving']> }) | undefined {
  const { analysis, latency } = context.judge(changed);
  const value = context.latency.kernelsMs - latency.kernelsMs;
  const fraction = value / context.latency.kernelsMs;
  if (fraction < least) return undefined;
  return {
    saving: { metric: 'estimatedLatencyMs', value, fraction },
    cost: {
      params: analysis.totals.params / Math.max(1, context.analysis.totals.params),
      madds: analysis.totals.madds / Math.max(1, context.analysis.totals.madds),
    },
  };
}

/** Time saved by putting one layer in place of another, each analysed alone. */
export function layerSaving(
  context: AdviceContext,
  pairs: readonly { readonly now: Graph | undefined; readonly changed: Graph | undefined }[],
): NonNullable<FoundFinding['saving']> | undefined {
  let value = 0;
  for (const { now, changed } of pairs) {
    if (now === undefined || changed === undefined) continue;
    value += context.layerMs(now) - context.layerMs(changed);
  }
  const fraction = value / context.latency.kernelsMs;
  return fraction < 0.01 ? undefined : { metric: 'estimatedLatencyMs', value, fraction };
}

/** `1 convolution`, `2 convolutions`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

export const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`;

/** Names of layers, cut after a few. */
export const some = (names: readonly string[], count = 3): string =>
  names.length <= count ? names.join(', ') : `${names.slice(0, count).join(', ')} and ${names.length - count} more`;

/** A channel count near a real number: a multiple of 8. */
export const roundChannels = (channels: number): number => Math.max(8, Math.round(channels / 8) * 8);
