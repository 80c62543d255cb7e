import { GraphBuilder } from '../../src/core/graph/builder.js';
import type { Graph, Value } from '../../src/core/ir/graph.js';

/** A language model as Hugging Face's transformers 4.3x runs it, attention written out (`attn_implementation="eager"`). */
export interface LanguageModel {
  readonly kind: 'bert' | 'gpt2' | 'opt';
  readonly layers: number;
  readonly features: number;
  readonly heads: number;
  readonly hidden: number;
  readonly vocabulary: number;
}

/** Those that NeuSight timed (scripts/asplos/data/DLmodel_configs). */
export const LANGUAGE_MODELS: Readonly<Record<string, LanguageModel>> = {
  bert_large: { kind: 'bert', layers: 24, features: 1024, heads: 16, hidden: 4096, vocabulary: 30522 },
  gpt2_large: { kind: 'gpt2', layers: 36, features: 1280, heads: 20, hidden: 5120, vocabulary: 50257 },
  gpt3_xl: { kind: 'gpt2', layers: 24, features: 3072, heads: 24, hidden: 12288, vocabulary: 50257 },
  gpt3_27: { kind: 'gpt2', layers: 32, features: 2560, heads: 32, hidden: 10240, vocabulary: 50257 },
  opt_13: { kind: 'opt', layers: 24, features: 2048, heads: 32, hidden: 8192, vocabulary: 50272 },
};

export function languageModel(name: string, batch: number, tokens: number): Graph {
  const model = LANGUAGE_MODELS[name] as LanguageModel;
  const b = new GraphBuilder(name);
  const ids = b.input('ids', [batch, tokens], 'int64');
  const { features, vocabulary } = model;
  let x = b.add('embedding', [ids, b.stored('tokens', 'parameter', [vocabulary, features])], {
    count: vocabulary,
    features,
  });
  const places = b.add(
    'embedding',
    [b.stored('places', 'buffer', [1, tokens], 'int64'), b.stored('positions', 'parameter', [tokens, features])],
    { count: tokens, features },
  );
  if (model.kind === 'bert') {
    const types = b.add('embedding', [ids, b.stored('types', 'parameter', [2, features])], { count: 2, features });
    x = b.add('layerNorm', [b.add('add', [b.add('add', [x, types]), places])]);
  } else x = b.add('add', [x, places]);
  for (let layer = 0; layer < model.layers; layer++)
    x = b.scope(`layer.${layer}`, () => BLOCKS[model.kind](b, x, model));
  if (model.kind === 'bert') {
    const first = b.add('reshape', [b.add('slice', [x], { axes: [1], starts: [0], ends: [1] })], {
      shape: [batch, features],
    });
    return b.finish([
      b.add('linear', [b.add('tanh', [b.add('linear', [first], { outFeatures: features })])], { outFeatures: 2 }),
    ]);
  }
  return b.finish([b.add('linear', [b.add('layerNorm', [x])], { outFeatures: vocabulary, bias: false })]);
}

type Block = (b: GraphBuilder, x: Value, model: LanguageModel) => Value;

const scalar = (b: GraphBuilder) => b.stored('scalar', 'constant', [], 'float32');

function splitHeads(b: GraphBuilder, x: Value, heads: number): Value {
  const [batch = 1, tokens = 1, features = 1] = x.shape;
  const split = b.add('reshape', [x], { shape: [batch, tokens, heads, features / heads] });
  return b.add('transpose', [split], { permutation: [0, 2, 1, 3] });
}

function joinHeads(b: GraphBuilder, x: Value): Value {
  const [batch = 1, heads = 1, tokens = 1, size = 1] = x.shape;
  return b.add('reshape', [b.add('transpose', [x], { permutation: [0, 2, 1, 3] })], {
    shape: [batch, tokens, heads * size],
  });
}

/** Scores materialised; each step of their masking a kernel. */
function attention(b: GraphBuilder, q: Value, k: Value, v: Value, mask: (scores: Value) => Value): Value {
  const turned = b.add('transpose', [k], { permutation: [0, 1, 3, 2] });
  const scores = mask(b.add('matmul', [q, turned]));
  return joinHeads(b, b.add('matmul', [b.add('softmax', [scores], { axis: -1 }), v]));
}

const BLOCKS: Readonly<Record<LanguageModel['kind'], Block>> = {
  bert(b, x, { features, heads, hidden }) {
    const [batch = 1, tokens = 1] = x.shape;
    const linear = (value: Value, outFeatures: number) => b.add('linear', [value], { outFeatures });
    const [q, k, v] = [0, 1, 2].map(() => splitHeads(b, linear(x, features), heads)) as [Value, Value, Value];
    const mask = (scores: Value) =>
      b.add('add', [b.add('div', [scores, scalar(b)]), b.stored('mask', 'buffer', [batch, 1, 1, tokens])]);
    const attended = b.add('layerNorm', [b.add('add', [linear(attention(b, q, k, v, mask), features), x])]);
    const inner = linear(b.add('gelu', [linear(attended, hidden)]), features);
    return b.add('layerNorm', [b.add('add', [inner, attended])]);
  },
  gpt2(b, x, { features, heads, hidden }) {
    const tokens = x.shape[1] ?? 1;
    const linear = (value: Value, outFeatures: number) => b.add('linear', [value], { outFeatures });
    const parts = b.addAll('split', [linear(b.add('layerNorm', [x]), 3 * features)], {
      axis: -1,
      sizes: [features, features, features],
    });
    const [q, k, v] = parts.map((part) => splitHeads(b, part, heads)) as [Value, Value, Value];
    const mask = (scores: Value) =>
      b.add('where', [
        b.stored('causal', 'buffer', [1, 1, tokens, tokens], 'bool'),
        b.add('div', [scores, scalar(b)]),
        scalar(b),
      ]);
    const attended = b.add('add', [linear(attention(b, q, k, v, mask), features), x]);
    const inner = linear(newGelu(b, linear(b.add('layerNorm', [attended]), hidden)), features);
    return b.add('add', [attended, inner]);
  },
  opt(b, x, { features, heads, hidden }) {
    const [batch = 1, tokens = 1] = x.shape;
    const linear = (value: Value, outFeatures: number) => b.add('linear', [value], { outFeatures });
    const normed = b.add('layerNorm', [x]);
    const q = splitHeads(b, b.add('mul', [linear(normed, features), scalar(b)]), heads);
    const [k, v] = [0, 1].map(() => splitHeads(b, linear(normed, features), heads)) as [Value, Value];
    const mask = (scores: Value) =>
      b.add('max', [b.add('add', [scores, b.stored('mask', 'buffer', [batch, 1, tokens, tokens])]), scalar(b)]);
    const attended = b.add('add', [x, linear(attention(b, q, k, v, mask), features)]);
    const inner = linear(b.add('relu', [linear(b.add('layerNorm', [attended]), hidden)]), features);
    return b.add('add', [attended, inner]);
  },
};

/** 0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))), an operation a kernel. */
function newGelu(b: GraphBuilder, x: Value): Value {
  const cubed = b.add('mul', [b.add('pow', [x, scalar(b)]), scalar(b)]);
  const curved = b.add('tanh', [b.add('mul', [b.add('add', [x, cubed]), scalar(b)])]);
  return b.add('mul', [b.add('mul', [x, scalar(b)]), b.add('add', [curved, scalar(b)])]);
}
