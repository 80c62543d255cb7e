import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../src/core/graph/builder.js';
import { layersOfKernels } from '../../../src/core/graph/onnx-kernels.js';
import type { Graph } from '../../../src/core/ir/graph.js';

/** conv, batchNorm, relu; conv_1 + its input, relu_1; layerNorm twice; linear. */
function network(): Graph {
  const b = new GraphBuilder('network');
  const x = b.input('input', [1, 8, 4, 4]);
  const conv = (from: typeof x) => b.add('conv', [from], { outChannels: 8, kernel: 3, padding: 1 });
  const first = b.add('relu', [b.add('batchNorm', [conv(x)])]);
  const sum = b.add('relu', [b.add('add', [conv(first), first])]);
  const norm = b.add('layerNorm', [b.add('layerNorm', [b.add('flatten', [sum])])]);
  return b.finish([b.add('linear', [norm], { outFeatures: 2 })]);
}

const join = (graph: Graph, ...kernels: readonly (readonly [name: string, operator?: string])[]) =>
  layersOfKernels(
    graph,
    kernels.map(([name, operator]) => ({ name, operator })),
  ).map((node) => node?.name);

describe('the layer of a kernel', () => {
  it('is the one whose node or output it is named after, whatever was appended', () => {
    const graph = network();
    expect(
      join(
        graph,
        ['batchNorm_nchwc', 'BatchNormalization'],
        ['relu_1_token_12', 'Relu'],
        ['linear/MatMul/MatMulAddFusion', 'Gemm'],
        ['conv_1/Pad_2', 'Pad'],
        ['fused conv_1', 'FusedConv'],
      ),
    ).toEqual(['batchNorm', 'relu_1', 'linear', 'conv_1', 'conv_1']);
  });

  it('is the one that multiplies, where the kernel took in what follows', () => {
    const graph = network();
    expect(join(graph, ['relu_nchwc', 'Conv'], ['relu_1_nchwc', 'Conv'])).toEqual(['conv', 'conv_1']);
    // A norm that runs as a depthwise convolution by itself stays one.
    const b = new GraphBuilder('dense');
    const x = b.input('input', [1, 4, 4, 4]);
    const joined = b.add('concat', [b.add('conv', [x], { outChannels: 4, kernel: 1 }), x]);
    const dense = b.finish([b.add('batchNorm', [joined])]);
    expect(join(dense, ['batchNorm_bn_nchwc', 'Conv'])).toEqual(['batchNorm']);
  });

  it('goes by the names of the file that ran', () => {
    const graph = network();
    const nodes = graph.nodes.map((node) => ({
      ...node,
      origin: [`/m/${node.name}/Op`, `/m/${node.name}/Op_output_0`],
    }));
    expect(
      join({ ...graph, nodes }, ['/m/relu/Op_output_0_nchwc', 'Conv'], ['/m/linear/Op/MatMulAddFusion', 'Gemm']),
    ).toEqual(['conv', 'linear']);
  });

  it('is found in order where a fusion left no name, and only if there are as many', () => {
    const graph = network();
    const [one, two] = [
      ['SkipLayerNormalization', 'SkipLayerNormalization'],
      ['SkipLayerNormalization_token_3', 'SkipLayerNormalization'],
    ] as const;
    expect(join(graph, one, two)).toEqual(['layerNorm', 'layerNorm_1']);
    expect(join(graph, one)).toEqual([undefined]);
    expect(join(graph, ['layerNorm_1', 'LayerNormalization'], one)).toEqual(['layerNorm_1', 'layerNorm']);
  });

  it('is none where the runtime added the kernel', () => {
    expect(join(network(), ['ReorderOutput_token_3', 'ReorderOutput'], ['gemm_input_reshape', 'Reshape'])).toEqual([
      undefined,
      undefined,
    ]);
  });
});
