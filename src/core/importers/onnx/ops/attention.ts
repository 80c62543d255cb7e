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

interface Attended {
  readonly output: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
}

/** Keys and values after those that are cached. */
function caches(call: Call, { key, value, pastKey, pastValue }: AttentionParts): [key: Tensor, value: Tensor] {
  const cached = (past: Tensor | undefined, now: Tensor) =>
    past === undefined ? now : call.emit('concat', [past, now], { axis: 2 });
  return [cached(pastKey, key), cached(pastValue, value)];
}

function fittingMask({ mask }: AttentionParts, scores: Shape): Tensor | undefined {
  return mask !== undefined && fits(mask.shape, scores) ? mask : undefined;
}

/** Attention over cached and new keys, and the new caches. */
export function attend(call: Call, parts: AttentionParts): Attended {
  const [key, value] = caches(call, parts);
  const { query, scale, softCap } = parts;
  const mask = fittingMask(parts, [...query.shape.slice(0, -1), key.shape.at(-2) as number]);
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
  const kvHeads = call.int('kv_num_heads', 0);
  const parts: AttentionParts = {
    query: apart(q, call.int('q_num_heads', 0)),
    key: apart(k, kvHeads),
    value: apart(v, kvHeads),
    mask: call.optional(3),
    pastKey: call.optional(4),
    pastValue: call.optional(5),
    causal: call.flag('is_causal'),
    scale: call.float('scale'),
    softCap: call.float('softcap', 0),
  };
  // A kernel that gives its scores out does not keep them on chip: its products are layers of their own.
  const { output, key, value, scores } = call.gives(3)
    ? attendInParts(call, parts)
    : { ...attend(call, parts), scores: [] };
  const joined = q.shape.length === 4 ? output : joinHeads(call, output);
  const given = scores[call.int('qk_matmul_output_mode', 0)];
  return given === undefined ? [joined, key, value] : [joined, key, value, given];
}

/** The least float32: JSON knows no infinity. */
const LOWEST = -3.4028234663852886e38;

/** Scores after the product, the cap, the mask and the softmax, in the order of `qk_matmul_output_mode`. */
function attendInParts(call: Call, parts: AttentionParts): Attended & { scores: Tensor[] } {
  const { query, softCap } = parts;
  const [key, value] = caches(call, parts);
  const product = scoresOf(call, query, key, parts.scale);
  const scalar = (x: number) => call.constant([x], [], product.dtype);
  const capped = softCap
    ? call.emit('mul', [call.emit('tanh', [call.emit('div', [product, scalar(softCap)])]), scalar(softCap)])
    : product;
  let masked = capped;
  const mask = fittingMask(parts, product.shape);
  if (mask?.dtype === 'bool') masked = call.emit('where', [mask, masked, scalar(LOWEST)]);
  else if (mask !== undefined) masked = call.emit('add', [masked, mask]);
  if (parts.causal) masked = call.emit('add', [masked, causalMask(call, product)]);
  const shares = call.emit('softmax', [masked], { axis: -1 });
  return { output: weightedSum(call, shares, value), key, value, scores: [product, capped, masked, shares] };
}

/** scale·Q·Kᵀ [B, N, S, T]; keys are repeated for the query heads that share them. */
export function scoresOf(call: Call, query: Tensor, key: Tensor, scale?: number): Tensor {
  const factor = scale || 1 / Math.sqrt(query.shape.at(-1) as number);
  const product = call.emit('matmul', [query, repeatedHeads(call, key, query)], { transposeRight: true });
  return call.emit('mul', [product, call.constant([factor], [], product.dtype)]);
}

/** [B, N, S, T] · [B, Nk, T, Ev] */
export function weightedSum(call: Call, shares: Tensor, value: Tensor): Tensor {
  return call.emit('matmul', [shares, repeatedHeads(call, value, shares)]);
}

function repeatedHeads(call: Call, x: Tensor, query: Tensor): Tensor {
  const groups = (query.shape[1] as number) / (x.shape[1] as number);
  return groups > 1 ? call.emit('repeatInterleave', [x], { repeats: groups, axis: 1 }) : x;
}

/** Each query sees the keys up to its own position, the last query all of them. */
function causalMask(call: Call, { shape, dtype }: Tensor): Tensor {
  const [queries, keys] = shape.slice(-2) as [number, number];
  const all = call.emit('fill', [], { shape: [queries, keys], value: LOWEST, dtype });
  return call.emit('triangle', [all], { upper: true, diagonal: keys - queries + 1 });
}

export function rotaryEmbedding(call: Call, cosine: number, sine: number, positions: number): Tensor {
  const operands = [call.input(0), call.input(cosine), call.input(sine), call.optional(positions)];
  return call.emit('rotaryEmbedding', operands, call.flag('interleaved') ? { interleaved: true } : {});
}

export const ATTENTION: OnnxOps = {
  Attention: { lower: attention },
  RotaryEmbedding: { lower: (call) => rotaryEmbedding(call, 1, 2, 3) },
};
