import { ArchmeterError } from '../../../errors.js';
import { formatShape, type Shape } from '../../../ir/tensor.js';
import type { Call } from '../call.js';
import type { Tensor } from '../tensor.js';
import type { OnnxOps } from './define-onnx-op.js';

/** [B, S, N·E] → [B, N, S, E] */
export function splitHeads(call: Call, x: Tensor, heads: number): Tensor {
  const [batch, length, features] = x.shape as readonly [number, number, number];
  if (x.shape.length !== 3 || !(heads >= 1) || features % heads !== 0) {
    throw new ArchmeterError(`${formatShape(x.shape)} does not divide into ${heads} heads`);
  }
  const apart = call.emit('reshape', [x], { shape: [batch, length, heads, features / heads], allowZero: true });
  return call.emit('transpose', [apart], { permutation: [0, 2, 1, 3] });
}

/** [B, N, S, E] → [B, S, N·E] */
export function joinHeads(call: Call, x: Tensor): Tensor {
  const [batch, heads, length, features] = x.shape as readonly [number, number, number, number];
  const together = call.emit('transpose', [x], { permutation: [0, 2, 1, 3] });
  return call.emit('reshape', [together], { shape: [batch, length, heads * features], allowZero: true });
}

interface AttentionParts {
  /** [B, N, S, E] each. */
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
  readonly mask?: Tensor | undefined;
  readonly pastKey?: Tensor | undefined;
  readonly pastValue?: Tensor | undefined;
  readonly causal?: boolean;
  readonly scale?: number | undefined;
  readonly softCap?: number;
}

/** Attention over cached and new keys, and the new caches. */
export function attend(call: Call, parts: AttentionParts): { output: Tensor; key: Tensor; value: Tensor } {
  const cached = (past: Tensor | undefined, now: Tensor) =>
    past === undefined ? now : call.emit('concat', [past, now], { axis: 2 });
  const key = cached(parts.pastKey, parts.key);
  const value = cached(parts.pastValue, parts.value);
  const { query, scale, softCap } = parts;
  const scores = [...query.shape.slice(0, -1), key.shape.at(-2) as number];
  const mask = parts.mask !== undefined && fits(parts.mask.shape, scores) ? parts.mask : undefined;
  const output = call.emit('attention', mask === undefined ? [query, key, value] : [query, key, value, mask], {
    ...(parts.causal ? { causal: true } : {}),
    ...(scale === undefined || scale === 0 ? {} : { scale }),
    ...(softCap ? { softCap } : {}),
  });
  return { output, key, value };
}

function fits(mask: Shape, scores: Shape): boolean {
  const offset = scores.length - mask.length;
  return offset >= 0 && mask.every((size, axis) => size === 1 || size === scores[axis + offset]);
}

/** Attention of opset 23: operands [B, S, N·E] or [B, N, S, E]. */
function attention(call: Call): Tensor[] {
  const [q, k, v] = [call.input(0), call.input(1), call.input(2)];
  const apart = (x: Tensor, heads: number) => (x.shape.length === 4 ? x : splitHeads(call, x, heads));
  const query = apart(q, call.int('q_num_heads', 0));
  const kvHeads = call.int('kv_num_heads', 0);
  const { output, key, value } = attend(call, {
    query,
    key: apart(k, kvHeads),
    value: apart(v, kvHeads),
    mask: call.optional(3),
    pastKey: call.optional(4),
    pastValue: call.optional(5),
    causal: call.flag('is_causal'),
    scale: call.float('scale'),
    softCap: call.float('softcap', 0),
  });
  const outputs = [q.shape.length === 4 ? output : joinHeads(call, output), key, value];
  if (call.gives(3)) outputs.push(scoresOf(call, query, key));
  return outputs;
}

/** The scores themselves, where the node gives them out: a product that fused attention does not write. */
function scoresOf(call: Call, query: Tensor, key: Tensor): Tensor {
  const groups = (query.shape[1] as number) / (key.shape[1] as number);
  const repeated = groups > 1 ? call.emit('repeatInterleave', [key], { repeats: groups, axis: 1 }) : key;
  return call.emit('matmul', [query, repeated], { transposeRight: true });
}

export function rotaryEmbedding(call: Call, cosine: number, sine: number, positions: number): Tensor {
  const operands = [call.input(0), call.input(cosine), call.input(sine), call.optional(positions)];
  return call.emit('rotaryEmbedding', operands, call.flag('interleaved') ? { interleaved: true } : {});
}

export const ATTENTION: OnnxOps = {
  Attention: { lower: attention },
  RotaryEmbedding: { lower: (call) => rotaryEmbedding(call, 1, 2, 3) },
};
