/** 32-bit finaliser of MurmurHash3. */
function mix(h: number): number {
  let x = h >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** A stream of numbers in [0, 1) that depends only on its keys: mulberry32. */
export function stream(...keys: readonly number[]): () => number {
  let state = keys.reduce((hash, key) => mix(Math.imul(hash, 31) + mix(key + 0x9e3779b9)), 0x2545f491);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` numbers drawn evenly from [low, high), rounded to float32. */
export function uniform(count: number, low: number, high: number, next: () => number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = low + (high - low) * next();
  return values;
}

/** `count` whole numbers drawn evenly from [0, bound). */
export function integers(count: number, bound: number, next: () => number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = Math.floor(next() * bound);
  return values;
}
