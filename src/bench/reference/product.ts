/**
 * C[m, n] = Σₖ A[m, k]·B[n, k], both operands row-major with k last; C row-major at `offset`. Panels of 4 rows are
 * packed so that 16 sums stay in registers.
 */
export function multiply(
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
  sizes: { readonly m: number; readonly n: number; readonly k: number },
  offsets: { readonly a?: number; readonly b?: number; readonly c?: number } = {},
): void {
  const { m, n, k } = sizes;
  const left = pack(a, offsets.a ?? 0, m, k);
  const right = pack(b, offsets.b ?? 0, n, k);
  const tile = new Float64Array(16);
  const base = offsets.c ?? 0;
  for (let j = 0; j < n; j += 4) {
    for (let i = 0; i < m; i += 4) {
      multiplyTile(left, i * k, right, j * k, k, tile);
      const rows = Math.min(4, m - i);
      const columns = Math.min(4, n - j);
      for (let row = 0; row < rows; row++) {
        const at = base + (i + row) * n + j;
        for (let column = 0; column < columns; column++) c[at + column] = tile[row * 4 + column] as number;
      }
    }
  }
}

/** [rows, k] → [⌈rows/4⌉, k, 4], padded with zeros. */
function pack(source: Float64Array, offset: number, rows: number, k: number): Float64Array {
  const packed = new Float64Array(Math.ceil(rows / 4) * 4 * k);
  for (let row = 0; row < rows; row++) {
    const from = offset + row * k;
    const to = (row >> 2) * 4 * k + (row & 3);
    for (let i = 0; i < k; i++) packed[to + i * 4] = source[from + i] as number;
  }
  return packed;
}

function multiplyTile(a: Float64Array, p0: number, b: Float64Array, q0: number, k: number, tile: Float64Array): void {
  let c00 = 0;
  let c01 = 0;
  let c02 = 0;
  let c03 = 0;
  let c10 = 0;
  let c11 = 0;
  let c12 = 0;
  let c13 = 0;
  let c20 = 0;
  let c21 = 0;
  let c22 = 0;
  let c23 = 0;
  let c30 = 0;
  let c31 = 0;
  let c32 = 0;
  let c33 = 0;
  for (let i = 0, p = p0, q = q0; i < k; i++, p += 4, q += 4) {
    const a0 = a[p] as number;
    const a1 = a[p + 1] as number;
    const a2 = a[p + 2] as number;
    const a3 = a[p + 3] as number;
    const b0 = b[q] as number;
    const b1 = b[q + 1] as number;
    const b2 = b[q + 2] as number;
    const b3 = b[q + 3] as number;
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
  }
  tile[0] = c00;
  tile[1] = c01;
  tile[2] = c02;
  tile[3] = c03;
  tile[4] = c10;
  tile[5] = c11;
  tile[6] = c12;
  tile[7] = c13;
  tile[8] = c20;
  tile[9] = c21;
  tile[10] = c22;
  tile[11] = c23;
  tile[12] = c30;
  tile[13] = c31;
  tile[14] = c32;
  tile[15] = c33;
}
