import { compileProductKernel, type ProductKernel } from './product-kernel.js';

export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Writes some elements of some rows of a matrix as panels of four rows, [⌈rows/4⌉, depth, 4], with zeros in rows beyond
 * the last.
 */
export type PackPanels = (target: Float64Array, rows: Range, depth: Range) => void;

export interface ProductSizes {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/**
 * Blocks that fit a processor's caches. A panel's depth of an odd number of cache lines (8 elements) keeps neighbouring
 * panels out of each other's places in them.
 */
const BLOCK: ProductSizes = { m: 256, n: 512, k: 248 };

let compiled: ProductKernel | undefined;

/** C[m, n] = Σₖ A[m, k]·B[n, k], both operands row-major with k last; C row-major at `offset`. */
export function multiply(
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
  sizes: ProductSizes,
  offsets: { readonly a?: number; readonly b?: number; readonly c?: number } = {},
): void {
  const { k } = sizes;
  multiplyPacked(rowPanels(a, offsets.a ?? 0, k), rowPanels(b, offsets.b ?? 0, k), c, sizes, offsets.c);
}

/** As `multiply`, of operands that are packed block by block as they are needed. */
export function multiplyPacked(
  left: PackPanels,
  right: PackPanels,
  c: Float64Array,
  { m, n, k }: ProductSizes,
  offset = 0,
): void {
  compiled ??= compileProductKernel(BLOCK);
  const kernel = compiled;
  for (const columns of blocks(n, BLOCK.n)) {
    for (const rows of blocks(m, BLOCK.m)) {
      const width = panels(columns) * 4;
      kernel.sums.fill(0, 0, panels(rows) * 4 * width);
      for (const depth of blocks(k, BLOCK.k)) {
        left(kernel.left, rows, depth);
        right(kernel.right, columns, depth);
        kernel.run(panels(rows), panels(columns), depth.to - depth.from);
      }
      const count = columns.to - columns.from;
      for (let i = rows.from; i < rows.to; i++) {
        const start = (i - rows.from) * width;
        c.set(kernel.sums.subarray(start, start + count), offset + i * n + columns.from);
      }
    }
  }
}

function* blocks(length: number, size: number): Generator<Range> {
  for (let from = 0; from < length; from += size) yield { from, to: Math.min(from + size, length) };
}

const panels = ({ from, to }: Range) => Math.ceil((to - from) / 4);

/** Packs a row-major matrix of `length` columns at `offset`. */
export function rowPanels(source: Float64Array, offset: number, length: number): PackPanels {
  return (target, rows, depth) => {
    const size = depth.to - depth.from;
    for (let row = 0; row < panels(rows) * 4; row++) {
      const to = (row >> 2) * 4 * size + (row & 3);
      const from = offset + (rows.from + row) * length + depth.from;
      const inside = rows.from + row < rows.to;
      for (let i = 0; i < size; i++) target[to + i * 4] = inside ? (source[from + i] as number) : 0;
    }
  };
}
