/** Wire types of ModelProto's fields (onnx.proto3), by number. */
const FIELDS: Readonly<Record<number, number>> = {
  1: 0,
  2: 2,
  3: 2,
  4: 2,
  5: 0,
  6: 2,
  7: 2,
  8: 2,
  14: 2,
  20: 2,
  25: 2,
  26: 2,
};

const NEWEST_IR = 64;
const LONGEST_NAME = 256;
const TEXTS = new Set([2, 3, 4]);
const GRAPH = 7;

/** Whether a file begins as a ModelProto: known fields of the right types, and a version or a graph among them. */
export function isModelFile(head: Uint8Array): boolean {
  let at = 0;
  let telling = false;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; at < head.length; shift += 7) {
      const byte = head[at++] as number;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  while (at < head.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    if (FIELDS[field] !== tag % 8) return false;
    const value = varint();
    if (field === 1) {
      if (value < 1 || value > NEWEST_IR) return false;
      telling = true;
    }
    if (FIELDS[field] === 0) continue;
    if (TEXTS.has(field) && !(value <= LONGEST_NAME)) return false;
    if (field === GRAPH) return telling || isGraph(head[at]);
    at += value;
  }
  return telling;
}

/** A graph begins with a node, its name, a tensor or an input. */
function isGraph(tag: number | undefined): boolean {
  return tag === 0x0a || tag === 0x12 || tag === 0x2a || tag === 0x5a;
}
