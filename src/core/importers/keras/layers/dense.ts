import type { Value } from '../../../ir/graph.js';
import type { DType, Shape } from '../../../ir/tensor.js';
import { applyEinsumDense, parseEinsumDense } from '../einsum-dense.js';
import type { LayerCall, LayerLowering } from '../layer.js';

/** Element type of a kernel that is stored quantised; its scales are stored beside it. */
function kernelType(call: LayerCall): DType | undefined {
  const { quantization } = call.dtypePolicy();
  if (quantization === 'int8') return 'int8';
  return quantization === 'int4' ? 'int4' : undefined;
}

/** Low-rank update kernel + A·B (arXiv 2106.09685), computed at each call. */
function withLora(call: LayerCall, kernel: Value, out: number, features: number): Value {
  if (!call.config.has('lora_rank')) return kernel;
  const rank = call.config.size('lora_rank');
  const a = call.weight('lora_kernel_a', [features, rank]);
  const b = call.weight('lora_kernel_b', [rank, out]);
  const update = call.after('lora', 'matmul', [b, a], { transposeLeft: true, transposeRight: true });
  return call.after('lora_sum', 'add', [kernel, update]);
}

const dense: LayerLowering = (call) => {
  const outFeatures = call.config.size('units');
  const features = call.x.shape.at(-1);
  if (features === undefined || call.x.shape.length < 2)
    return call.fail('it takes at least 2 axes, batch and features');
  const kernel = withLora(
    call,
    call.weight('kernel', [outFeatures, features], 'parameter', kernelType(call)),
    outFeatures,
    features,
  );
  const bias = call.config.boolean('use_bias', true) ? call.weight('bias', [outFeatures]) : undefined;
  if (kernelType(call) !== undefined) call.weight('kernel_scale', [outFeatures], 'buffer');
  const inputs = [call.x, kernel, ...(bias ? [bias] : [])];
  return call.activate(call.add('linear', inputs, { outFeatures, bias: bias !== undefined }));
};

const einsumDense: LayerLowering = (call) => {
  const stated = call.config.get('output_shape');
  const outputShape = Array.isArray(stated) ? stated : [stated ?? null];
  const axes = call.config.has('bias_axes') ? call.config.text('bias_axes') : undefined;
  const spec = parseEinsumDense(call, call.config.text('equation'), call.x.shape, outputShape);
  const biasShape = axes === undefined ? undefined : einsumBiasShape(call, spec.output, axes, spec.sizes);
  return call.activate(applyEinsumDense(call, call.x, spec, biasShape, kernelType(call)));
};

/** The sizes of the named axes of the output from the first of them on; others 1. */
function einsumBiasShape(
  call: LayerCall,
  output: readonly string[],
  axes: string,
  sizes: ReadonlyMap<string, number>,
): Shape {
  for (const axis of axes) if (!output.includes(axis)) call.config.wrong('bias_axes', 'axes of the output');
  const first = output.findIndex((letter) => axes.includes(letter));
  return output.slice(first).map((letter) => (axes.includes(letter) ? (sizes.get(letter) as number) : 1));
}

const embedding: LayerLowering = (call) => {
  const count = call.config.size('input_dim');
  const features = call.config.size('output_dim');
  const quantized = kernelType(call);
  const table = call.weight('embeddings', [count, features], 'parameter', quantized);
  if (quantized !== undefined) call.weight('embeddings_scale', [count], 'buffer');
  return call.add('embedding', [call.x, table], { count, features });
};

/** An embedding whose table, or a second one, also maps features back to entries (`reverse=True` in the call). */
const reversibleEmbedding: LayerLowering = (call) => {
  const count = call.config.size('input_dim');
  const features = call.config.size('output_dim');
  const table = call.weight('embeddings', [count, features]);
  const tied = call.config.boolean('tie_weights', true);
  const reverse = tied ? table : call.weight('reverse_embeddings', [count, features]);
  if (call.plain('reverse', 1) !== true) return call.add('embedding', [call.x, table], { count, features });
  return call.add('linear', [call.x, reverse], { outFeatures: count, bias: false });
};

export const denseLayers: Readonly<Record<string, LayerLowering>> = {
  Dense: dense,
  EinsumDense: einsumDense,
  Embedding: embedding,
  ReversibleEmbedding: reversibleEmbedding,
};
