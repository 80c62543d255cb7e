import { ArchmeterError } from '../../../errors.js';
import { formatShape } from '../../../ir/tensor.js';
import type { Call } from '../call.js';
import type { Tensor } from '../tensor.js';
import { attend, joinHeads, rotaryEmbedding, splitHeads } from './attention.js';
import type { OnnxOps } from './define-onnx-op.js';
import { linear, outByIn } from './matrix.js';

/** com.microsoft: attention in its several packings. */

/** The part of a tensor at one position of an axis, without that axis. */
function part(call: Call, x: Tensor, axis: number, at: number): Tensor {
  return call.emit('gather', [x, call.constant([at], [], 'int64')], { axis });
}

/** Halves of a cache [2, B, N, P, E]. */
function halves(call: Call, past: Tensor | undefined): [key?: Tensor, value?: Tensor] {
  return past === undefined ? [] : [part(call, past, 0, 0), part(call, past, 0, 1)];
}

interface PackedProjection {
  /** [B, S, D] */
  readonly x: Tensor;
  /** [D, H + H + Hv] */
  readonly weights: Tensor;
  readonly bias: Tensor | undefined;
  readonly mask?: Tensor | undefined;
  /** [2, B, N, P, E] */
  readonly past?: Tensor | undefined;
}

/** Projection to queries, keys and values by one matrix, and attention. */
function projected(call: Call, { x, weights, bias, mask, past }: PackedProjection): Tensor[] {
  const heads = call.int('num_heads', 1);
  const together = weights.shape[1] as number;
  const sizes = call.ints('qkv_hidden_sizes') ?? [together / 3, together / 3, together / 3];
  const qkv = linear(call, x, outByIn(call, weights), bias);
  const [q, k, v] = call.emitAll('split', [qkv], { axis: -1, sizes }) as [Tensor, Tensor, Tensor];
  const [pastKey, pastValue] = halves(call, past);
  const { output, key, value } = attend(call, {
    query: splitHeads(call, q, heads),
    key: splitHeads(call, k, heads),
    value: splitHeads(call, v, heads),
    mask,
    pastKey,
    pastValue,
    causal: call.flag('unidirectional'),
    scale: call.float('scale'),
  });
  const outputs = [joinHeads(call, output)];
  if (call.gives(1)) outputs.push(call.emit('stack', [key, value], { axis: 0 }));
  return outputs;
}

function attention(call: Call): Tensor[] {
  const [x, weights, bias] = [call.input(0), call.input(1), call.optional(2)];
  return projected(call, { x, weights, bias, past: call.optional(4), mask: call.optional(5) });
}

/** Query, key and value apart or packed ([B, L, N, 3, E] or key and value [B, L, N, 2, E]), or keys [B, N, L, E]. */
function multiHeadAttention(call: Call): Tensor[] {
  const heads = call.int('num_heads', 1);
  const operands = unpacked(call, heads);
  const [pastKey, pastValue] = [call.optional(6), call.optional(7)];
  const { output, key, value } = attend(call, {
    ...operands,
    mask: call.optional(5),
    pastKey,
    pastValue,
    causal: call.flag('unidirectional'),
    scale: call.float('scale'),
  });
  return [joinHeads(call, output), key, value];
}

function unpacked(call: Call, heads: number): { query: Tensor; key: Tensor; value: Tensor } {
  const [q, k, v, bias] = [call.input(0), call.optional(1), call.optional(2), call.optional(3)];
  const turned = (x: Tensor) => call.emit('transpose', [x], { permutation: [0, 2, 1, 3] });
  if (q.shape.length === 5) {
    const [query, key, value] = [0, 1, 2].map((i) => turned(part(call, q, 3, i))) as [Tensor, Tensor, Tensor];
    return { query, key, value };
  }
  const sizes = [q, k, v].map((x) => (x?.shape.length === 3 ? (x.shape[2] as number) : (q.shape[2] as number)));
  const biases = bias === undefined ? [] : call.emitAll('split', [bias], { axis: 0, sizes });
  const own = (x: Tensor, i: number) => splitHeads(call, biases[i] ? call.emit('add', [x, biases[i]]) : x, heads);
  const query = own(q, 0);
  if (k?.shape.length === 5) {
    return { query, key: turned(part(call, k, 3, 0)), value: turned(part(call, k, 3, 1)) };
  }
  if (k === undefined || v === undefined) throw new ArchmeterError(`${call.type} has no keys`);
  const apart = (x: Tensor, i: number) => (x.shape.length === 4 ? x : own(x, i));
  return { query, key: apart(k, 1), value: apart(v, 2) };
}

/** Grouped queries; query, key and value may be packed in the first input [B, S, (N + 2·Nkv)·E]. */
function groupQueryAttention(call: Call): Tensor[] {
  const [heads, kvHeads] = [call.int('num_heads', 1), call.int('kv_num_heads', 1)];
  const packed = call.input(0);
  const [k, v] = [call.optional(1), call.optional(2)];
  const size = (packed.shape.at(-1) as number) / (heads + 2 * kvHeads);
  const parts =
    k === undefined || v === undefined
      ? call.emitAll('split', [packed], { axis: -1, sizes: [heads * size, kvHeads * size, kvHeads * size] })
      : [packed, k, v];
  const [query, key, value] = parts.map((x, i) => splitHeads(call, x, i === 0 ? heads : kvHeads)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const [cosine, sine] = [call.optional(7), call.optional(8)];
  const turned = (x: Tensor) => {
    const rotates = call.flag('do_rotary') && cosine !== undefined && sine !== undefined;
    return rotates ? call.emit('rotaryEmbedding', [x, cosine, sine]) : x;
  };
  const result = attend(call, {
    query: turned(query),
    key: turned(key),
    value,
    mask: call.optional(10),
    pastKey: call.optional(3),
    pastValue: call.optional(4),
    causal: true,
    scale: call.float('scale'),
    softCap: call.float('softcap', 0),
  });
  return [joinHeads(call, result.output), result.key, result.value];
}

/** Rows of all sequences without padding [tokens, …]: counted as one sequence of that many, as no lengths are known. */
function packedAttention(call: Call): Tensor {
  const x = call.emit('unsqueeze', [call.input(0)], { axes: [0] });
  const [y] = projected(call, { x, weights: call.input(1), bias: call.optional(2) }) as [Tensor];
  call.note(`${call.type} counts its packed sequences as one: its cost depends on their lengths.`);
  return call.emit('squeeze', [y], { axes: [0] });
}

/** Quantised: input, weight, bias, scales, mask, zero points, cache. */
function qAttention(call: Call): Tensor[] {
  const [x, weights, bias] = [call.input(0), call.input(1), call.optional(2)];
  const { dtype } = call.input(3);
  return projected(call, { x, weights, bias, past: call.optional(8) }).map((y) => call.emitter.retype(y, dtype));
}

function relativePositionBias(call: Call): Tensor {
  const [table, queries, keys] = [call.input(0), call.contents(1)[0] as number, call.contents(2)[0] as number];
  const [count, heads] = table.shape as readonly [number, number];
  const positions = call.emit('fill', [], { shape: [queries, keys], value: 0, dtype: 'int64' });
  const rows = call.emit('embedding', [positions, table], { count, features: heads });
  return call.emit('unsqueeze', [call.emit('transpose', [rows], { permutation: [2, 0, 1] })], { axes: [0] });
}

function rotary(call: Call): Tensor {
  const x = call.input(0);
  if (x.shape.length !== 3 && x.shape.length !== 4) {
    throw new ArchmeterError(`RotaryEmbedding takes 3 or 4 axes, not ${formatShape(x.shape)}`);
  }
  return rotaryEmbedding(call, 2, 3, 1);
}

export const MICROSOFT_ATTENTION: OnnxOps = {
  Attention: { lower: attention },
  DecoderMaskedMultiHeadAttention: { lower: multiHeadAttention },
  GroupQueryAttention: { lower: groupQueryAttention },
  MultiHeadAttention: { lower: multiHeadAttention },
  PackedAttention: { lower: packedAttention },
  QAttention: { lower: qAttention },
  RelativePositionBias: { contents: [1, 2], lower: relativePositionBias },
  RotaryEmbedding: { lower: rotary },
};
