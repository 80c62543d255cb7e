import type { Trace } from '../traces/trace.js';

/** Operators whose first axis is the batch, and which of their arguments has it. */
const TELLS: readonly (readonly [RegExp, number])[] = [
  [/^(aten::)?_?(conv\w*|Conv|FusedConv|batch_norm|max_pool2d|avg_pool2d)$/i, 0],
  [/^aten::embedding$/, 1],
  [/^aten::(linear|layer_norm|scaled_dot_product_attention)$/, 0],
];

/** Images in a batch as the first operator that tells has them; undefined where none does. */
export function batchOfTrace({ iterations }: Trace): number | undefined {
  for (const { calls } of iterations[0]?.steps ?? []) {
    const [call] = calls;
    const tells = TELLS.find(([name]) => call !== undefined && name.test(call.name));
    const dims = tells === undefined ? undefined : call?.arguments[tells[1]]?.dims;
    const size = dims?.[0];
    if (typeof size === 'number' && size > 0 && dims !== undefined && dims.length > 1) return size;
  }
  return undefined;
}
