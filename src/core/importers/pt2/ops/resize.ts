import { ArchmeterError } from '../../../errors.js';
import type { Value } from '../../../ir/graph.js';
import type { OpAttributes } from '../../../ops/op-attributes.js';
import type { Lowering, NodeContext } from '../lower/node-context.js';

/** Output sizes of an interpolation: given, or the input's times a factor, rounded down. */
function outputSizes(n: NodeContext, x: Value, rank: number): number[] {
  if (n.has('output_size')) return n.integers('output_size');
  const factors = n.numbers('scale_factors', []);
  if (factors.length === 0) throw new ArchmeterError(`${n.node.target} has neither output_size nor scale_factors`);
  return x.shape.slice(-rank).map((size, axis) => Math.floor(size * (factors[axis] ?? (factors[0] as number))));
}

const upsample =
  (rank: number, mode: 'nearest' | 'linear' | 'cubic', more: OpAttributes['resize'] = {}): Lowering =>
  (n) => {
    const x = n.has('input') ? n.tensor('input') : n.tensor('self');
    const size = outputSizes(n, x, rank);
    return n.add('resize', [x], {
      size,
      ...(mode === 'nearest' ? {} : { mode }),
      ...(n.flag('align_corners') ? { alignCorners: true } : {}),
      ...more,
    });
  };

const INTERPOLATION = ['linear', 'nearest', 'cubic'] as const;
const PADDING = ['zeros', 'border', 'reflection'] as const;

function gridSample(n: NodeContext): Value {
  const mode = INTERPOLATION[n.integer('interpolation_mode', 0)] ?? 'linear';
  const paddingMode = PADDING[n.integer('padding_mode', 0)] ?? 'zeros';
  return n.add('gridSample', [n.tensor('input'), n.tensor('grid')], {
    ...(mode === 'linear' ? {} : { mode }),
    ...(paddingMode === 'zeros' ? {} : { paddingMode }),
    ...(n.flag('align_corners') ? { alignCorners: true } : {}),
  });
}

/** Each position of the output through a matrix: [N, …sizes, rank + 1] · [N, rank, rank + 1]ᵀ. */
function affineGrid(n: NodeContext): Value {
  const theta = n.tensor('theta');
  const [batch = 1, , ...sizes] = n.integers('size');
  const rank = sizes.length;
  const positions = sizes.reduce((total, size) => total * size, 1);
  const base = n.add('fill', [], { shape: [batch, positions, rank + 1], dtype: theta.dtype, value: 1 });
  const moved = n.add('matmul', [base, theta], { transposeRight: true });
  return n.add('reshape', [moved], { shape: [batch, ...sizes, rank] });
}

export const RESIZE: Readonly<Record<string, Lowering>> = {
  upsample_nearest1d: upsample(1, 'nearest'),
  upsample_nearest2d: upsample(2, 'nearest'),
  upsample_nearest3d: upsample(3, 'nearest'),
  _upsample_nearest_exact1d: upsample(1, 'nearest'),
  _upsample_nearest_exact2d: upsample(2, 'nearest'),
  _upsample_nearest_exact3d: upsample(3, 'nearest'),
  upsample_linear1d: upsample(1, 'linear'),
  upsample_bilinear2d: upsample(2, 'linear'),
  upsample_trilinear3d: upsample(3, 'linear'),
  upsample_bicubic2d: upsample(2, 'cubic'),
  _upsample_bilinear2d_aa: upsample(2, 'linear', { antialias: true }),
  _upsample_bicubic2d_aa: upsample(2, 'cubic', { antialias: true }),
  grid_sampler: gridSample,
  grid_sampler_2d: gridSample,
  grid_sampler_3d: gridSample,
  affine_grid_generator: affineGrid,
};
