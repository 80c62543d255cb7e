/** Views on the memory of a compiled `multiplyPanels`. */
export interface ProductKernel {
  /** Panels of four rows: [rows/4, depth, 4]. */
  readonly left: Float64Array;
  readonly right: Float64Array;
  /** Row-major, four columns for each panel of the right operand. */
  readonly sums: Float64Array;
  /** Adds the products of all pairs of rows to `sums`, in the order of k: as exact as scalar code, several times faster. */
  run(leftPanels: number, rightPanels: number, depth: number): void;
}

/** Rows of the left and right operand and elements of each row that the memory holds. */
export interface ProductBlock {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

interface WebAssemblyApi {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: Record<string, unknown> };
}

const PAGE_BYTES = 65536;

/** Compiles the kernel for 128-bit vectors of two float64, which scalar JavaScript does not use. */
export function compileProductKernel({ m, n, k }: ProductBlock): ProductKernel {
  const sizes = { left: m * k, right: n * k, sums: m * n };
  const pages = Math.ceil(((sizes.left + sizes.right + sizes.sums) * 8) / PAGE_BYTES);
  const api = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
  const { exports } = new api.Instance(new api.Module(Uint8Array.from(moduleBytes(pages))));
  const { buffer } = exports.memory as { readonly buffer: ArrayBuffer };
  const multiplyPanels = exports.multiplyPanels as (...sizes: number[]) => void;
  const right = sizes.left * 8;
  const sums = right + sizes.right * 8;
  return {
    left: new Float64Array(buffer, 0, sizes.left),
    right: new Float64Array(buffer, right, sizes.right),
    sums: new Float64Array(buffer, sums, sizes.sums),
    run: (leftPanels, rightPanels, depth) =>
      multiplyPanels(right, sums, leftPanels, rightPanels, depth * 32, rightPanels * 32),
  };
}

// Encoding of the WebAssembly core specification 2.0, chapter 5.
const I32 = 0x7f;
const V128 = 0x7b;
const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const constant = (value: number) => [0x41, ...leb128(value)];
const ADD = 0x6a;
const MULTIPLY = 0x6c;
const LESS = 0x49;
const addTo = (local: number, ...amount: readonly number[]) => [...get(local), ...amount, ADD, ...set(local)];
const ALIGNED_TO_8 = 3;
const vectorLoad = (offset: number) => [0xfd, 0x00, ALIGNED_TO_8, ...unsigned(offset)];
const loadSplat = (offset: number) => [0xfd, 0x0a, ALIGNED_TO_8, ...unsigned(offset)];
const vectorStore = (offset: number) => [0xfd, 0x0b, ALIGNED_TO_8, ...unsigned(offset)];
const VECTOR_ADD = [0xfd, 0xf0, 0x01];
const VECTOR_MULTIPLY = [0xfd, 0xf2, 0x01];
/** Runs `body` while `counter` < `end`, at least once. */
const loop = (body: readonly number[], counter: number, end: number) => [
  ...[0x03, 0x40, ...body],
  ...[...get(counter), ...get(end), LESS, 0x0d, 0x00, 0x0b],
];

function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function leb128(value: number): number[] {
  return value < 64 ? [value] : [(value & 127) | 128, ...leb128(value >> 7)];
}

const vector = (items: readonly (readonly number[])[]) => [...unsigned(items.length), ...items.flat()];
const section = (id: number, content: readonly number[]) => [id, ...unsigned(content.length), ...content];
const text = (name: string) => [...unsigned(name.length), ...new TextEncoder().encode(name)];

function moduleBytes(pages: number): number[] {
  const [parameters, integers, vectors] = [6, 8, 11];
  const locals = vector([
    [...unsigned(integers), I32],
    [...unsigned(vectors), V128],
  ]);
  const code = [...locals, ...multiplyPanelsBody(), 0x0b];
  return [
    ...[0x00, ...new TextEncoder().encode('asm'), 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector([[0x60, ...vector(new Array(parameters).fill([I32])), 0x00]])),
    ...section(3, vector([[0x00]])),
    ...section(5, vector([[0x01, ...unsigned(pages), ...unsigned(pages)]])),
    ...section(
      7,
      vector([
        [...text('memory'), 0x02, 0x00],
        [...text('multiplyPanels'), 0x00, 0x00],
      ]),
    ),
    ...section(10, vector([[...unsigned(code.length), ...code]])),
  ];
}

/** (right, sums, left panels, right panels, bytes of a panel, bytes of a row of sums); the left operand is at 0. */
function multiplyPanelsBody(): number[] {
  const [right, sums, leftPanels, rightPanels, panel, row] = [0, 1, 2, 3, 4, 5] as const;
  const [leftEnd, rightEnd, p, q, panelEnd, target, corner, left] = [6, 7, 8, 9, 10, 11, 12, 13] as const;
  const tile = (i: number, half: number) => 14 + 2 * i + half;
  const [b0, b1, a] = [22, 23, 24] as const;
  const tileRows = [0, 1, 2, 3];
  const eachRow = (visit: (i: number) => readonly number[]) => [
    ...[...get(corner), ...set(target)],
    ...tileRows.flatMap((i) => [...visit(i), ...addTo(target, ...get(row))]),
  ];
  const multiplyAdd = (i: number, half: number) => [
    ...[...get(tile(i, half)), ...get(a), ...get(half === 0 ? b0 : b1), ...VECTOR_MULTIPLY, ...VECTOR_ADD],
    ...set(tile(i, half)),
  ];
  const step = [
    ...[...get(q), ...vectorLoad(0), ...set(b0), ...get(q), ...vectorLoad(16), ...set(b1)],
    ...tileRows.flatMap((i) => [...get(p), ...loadSplat(8 * i), ...set(a), ...multiplyAdd(i, 0), ...multiplyAdd(i, 1)]),
    ...[...addTo(p, ...constant(32)), ...addTo(q, ...constant(32))],
  ];
  const oneTile = [
    ...eachRow((i) => [0, 1].flatMap((half) => [...get(target), ...vectorLoad(16 * half), ...set(tile(i, half))])),
    ...[...get(left), ...set(p), ...get(right), ...set(q), ...get(left), ...get(panel), ADD, ...set(panelEnd)],
    ...loop(step, p, panelEnd),
    ...eachRow((i) => [0, 1].flatMap((half) => [...get(target), ...get(tile(i, half)), ...vectorStore(16 * half)])),
    ...[...addTo(left, ...get(panel)), ...addTo(corner, ...get(row), ...constant(4), MULTIPLY)],
  ];
  const columnOfTiles = [
    ...[...constant(0), ...set(left), ...get(sums), ...set(corner)],
    ...loop(oneTile, left, leftEnd),
    ...[...addTo(right, ...get(panel)), ...addTo(sums, ...constant(32))],
  ];
  return [
    ...[...get(leftPanels), ...get(panel), MULTIPLY, ...set(leftEnd)],
    ...[...get(right), ...get(rightPanels), ...get(panel), MULTIPLY, ADD, ...set(rightEnd)],
    ...loop(columnOfTiles, right, rightEnd),
  ];
}
