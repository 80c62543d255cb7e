import facts from '../../../../fixtures/papers/data-movement.json' with { type: 'json' };
import { analyze } from '../../analysis/analyze.js';
import type { LayerAnalysis } from '../../analysis/result.js';
import { GraphBuilder } from '../../graph/builder.js';
import type { Graph, Value } from '../../ir/graph.js';
import { CONTRACTION_KINDS } from '../../ops/define-op.js';
import { definePaper, type ReproducedFigure } from '../define-paper.js';

/** Table 1: batch, sequence, embedding, heads. */
const [BATCH, LENGTH, WIDTH, HEADS] = [8, 512, 1024, 16];
const [CONTRACTION, NORMALIZATION] = ['tensor contraction', 'statistical normalization'];

export default definePaper({
  paper: {
    title: 'Data Movement Is All You Need: A Case Study on Optimizing Transformers',
    url: 'https://arxiv.org/abs/2007.00072',
    year: 2020,
  },
  async reproduce() {
    const { layers, totals } = analyze(encoderLayer());
    const bytes = totals.readBytes + totals.writeBytes;
    const figures = facts.table1.flatMap(({ class: kind, flops, time }): ReproducedFigure[] => [
      {
        what: `${kind}, share of flops`,
        where: 'table 1 (forward and backward)',
        unit: 'ratio',
        theirs: flops / 100,
        ours: sum(layers, (layer) => flopsOf(layer, kind)) / totals.flops,
        note: 'ours: forward, without dropout',
      },
      {
        what: `${kind}, share of bytes moved`,
        where: `table 1: ${time} % of the time`,
        unit: 'ratio',
        ours: sum(layers, (layer) => (classOf(layer) === kind ? layer.readBytes + layer.writeBytes : 0)) / bytes,
        note: 'every op alone',
      },
    ]);
    const moved = 1 - (figures[1]?.ours ?? 0);
    return {
      figures,
      findings: [
        `All that is no product does ${(100 * (1 - (figures[0]?.ours ?? 0))).toFixed(2)} % of the operations and moves ${(100 * moved).toFixed(0)} % of the bytes; in the paper it took 39 % of the time.`,
      ],
      missing: [
        'Times of table 1: a V100, PyTorch 1.5, forward and backward with dropout.',
        'The shares of table 1 are second-hand: not confirmed against the paper’s own text.',
      ],
    };
  },
});

const sum = (layers: readonly LayerAnalysis[], of: (layer: LayerAnalysis) => number) =>
  layers.reduce((total, layer) => total + of(layer), 0);

function classOf({ kind }: LayerAnalysis): string {
  if (CONTRACTION_KINDS.has(kind)) return CONTRACTION;
  return kind === 'normalization' ? NORMALIZATION : 'element-wise';
}

/** The paper counts a bias as element-wise, apart from its product. */
function flopsOf(layer: LayerAnalysis, kind: string): number {
  const own = classOf(layer);
  if (own !== CONTRACTION) return own === kind ? layer.flops : 0;
  if (kind === CONTRACTION) return 2 * layer.madds;
  return kind === NORMALIZATION ? 0 : layer.flops - 2 * layer.madds;
}

/** BERT's encoder layer, post-norm, every op by itself (Vaswani et al. 2017, section 3; Devlin et al. 2018). */
function encoderLayer(): Graph {
  const builder = new GraphBuilder('bert-encoder-layer');
  const x = builder.input('tokens', [BATCH, LENGTH, WIDTH]);
  const linear = (input: Value, name: string, outFeatures: number) =>
    builder.add('linear', [input], { outFeatures }, { name });
  const heads = (input: Value, name: string, permutation: number[]) => {
    const split = builder.add(
      'reshape',
      [input],
      { shape: [BATCH, LENGTH, HEADS, WIDTH / HEADS] },
      { name: `${name}_heads` },
    );
    return builder.add('transpose', [split], { permutation }, { name: `${name}_first` });
  };
  const query = heads(linear(x, 'query', WIDTH), 'query', [0, 2, 1, 3]);
  const key = heads(linear(x, 'key', WIDTH), 'key', [0, 2, 3, 1]);
  const value = heads(linear(x, 'value', WIDTH), 'value', [0, 2, 1, 3]);
  const scores = builder.add('matmul', [query, key], {}, { name: 'scores' });
  const weights = builder.add('softmax', [scores], { axis: -1 }, { name: 'softmax' });
  const context = builder.add('matmul', [weights, value], {}, { name: 'context' });
  const joined = builder.add('transpose', [context], { permutation: [0, 2, 1, 3] }, { name: 'tokens_first' });
  const merged = builder.add('reshape', [joined], { shape: [BATCH, LENGTH, WIDTH] }, { name: 'merged' });
  const attended = builder.add('add', [linear(merged, 'output', WIDTH), x], {}, { name: 'residual1' });
  const normed = builder.add('layerNorm', [attended], {}, { name: 'norm1' });
  const hidden = builder.add('gelu', [linear(normed, 'intermediate', 4 * WIDTH)], {}, { name: 'gelu' });
  const sum2 = builder.add('add', [linear(hidden, 'reduced', WIDTH), normed], {}, { name: 'residual2' });
  return builder.finish([builder.add('layerNorm', [sum2], {}, { name: 'norm2' })]);
}
