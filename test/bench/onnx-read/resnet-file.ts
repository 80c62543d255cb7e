import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/**
 * Writes ResNet-50 as one ONNX file with its weights inside, all zero: only headers are written, the weights are holes
 * of the file. `width` multiplies all channels but those of the image and the classes: the file grows with its square.
 */
export function writeResnetFile(path: string, width: number): number {
  const graph = resnet50(width);
  const file = openSync(path, 'w');
  try {
    let at = put(file, 0, concat(Uint8Array.of(0x08, 8, 0x3a), varint(sizeOf(graph))));
    for (const part of graph) {
      at = put(file, at, part.head);
      at += part.hole;
      at = put(file, at, part.tail);
    }
    at = put(
      file,
      at,
      new BinaryWriter().tag(8, WireType.LengthDelimited).fork().tag(2, WireType.Varint).int32(17).join().finish(),
    );
    ftruncateSync(file, at);
    return at;
  } finally {
    closeSync(file);
  }
}

/** Bytes, a run of zeros, bytes. */
interface Part {
  readonly head: Uint8Array;
  readonly hole: number;
  readonly tail: Uint8Array;
}

const NONE = new Uint8Array(0);
const sizeOf = (parts: readonly Part[]) =>
  parts.reduce((sum, { head, hole, tail }) => sum + head.length + hole + tail.length, 0);

function resnet50(width: number): Part[] {
  const parts: Part[] = [];
  const plain = (bytes: Uint8Array) => parts.push({ head: bytes, hole: 0, tail: NONE });
  const node = (
    op: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, readonly number[]>> = {},
  ) => {
    const writer = new BinaryWriter();
    for (const name of inputs) writer.tag(1, WireType.LengthDelimited).string(name);
    writer.tag(2, WireType.LengthDelimited).string(output).tag(4, WireType.LengthDelimited).string(op);
    for (const [name, values] of Object.entries(attributes)) {
      writer.tag(5, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string(name);
      writer.tag(8, WireType.LengthDelimited).fork();
      for (const value of values) writer.int32(value);
      writer.join().join();
    }
    plain(field(1, writer.finish()));
    return output;
  };
  const weight = (name: string, dims: readonly number[]) => {
    const bytes = 4 * dims.reduce((product, size) => product * size, 1);
    const before = new BinaryWriter();
    for (const size of dims) before.tag(1, WireType.Varint).int64(BigInt(size));
    before.tag(2, WireType.Varint).int32(1).tag(9, WireType.LengthDelimited);
    const start = concat(before.finish(), varint(bytes));
    const end = new BinaryWriter().tag(8, WireType.LengthDelimited).string(name).finish();
    const head = concat(Uint8Array.of(0x2a), varint(start.length + bytes + end.length), start);
    parts.push({ head, hole: bytes, tail: end });
    return name;
  };
  const conv = (x: string, name: string, from: number, to: number, kernel: number, stride: number, relu: boolean) => {
    const weights = [weight(`${name}.weight`, [to, from, kernel, kernel]), weight(`${name}.bias`, [to])];
    const pad = (kernel - 1) / 2;
    const y = node('Conv', [x, ...weights], `${name}.out`, { strides: [stride, stride], pads: [pad, pad, pad, pad] });
    return relu ? node('Relu', [y], `${name}.relu`) : y;
  };
  const first = 64 * width;
  let x = conv('x', 'conv1', 3, first, 7, 2, true);
  x = node('MaxPool', [x], 'pool', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
  let channels = first;
  [3, 4, 6, 3].forEach((blocks, stage) => {
    const inner = first * 2 ** stage;
    for (let block = 0; block < blocks; block++) {
      const name = `layer${stage + 1}.${block}`;
      const stride = block === 0 && stage > 0 ? 2 : 1;
      let y = conv(x, `${name}.conv1`, channels, inner, 1, 1, true);
      y = conv(y, `${name}.conv2`, inner, inner, 3, stride, true);
      y = conv(y, `${name}.conv3`, inner, inner * 4, 1, 1, false);
      const skip = block === 0 ? conv(x, `${name}.downsample`, channels, inner * 4, 1, stride, false) : x;
      x = node('Relu', [node('Add', [y, skip], `${name}.sum`)], `${name}.out`);
      channels = inner * 4;
    }
  });
  x = node('Flatten', [node('GlobalAveragePool', [x], 'mean')], 'flat');
  node('Gemm', [x, weight('fc.weight', [channels, 1000]), weight('fc.bias', [1000])], 'y');
  plain(field(11, valueInfo('x', [1, 3, 224, 224])));
  plain(field(12, valueInfo('y', [1, 1000])));
  return parts;
}

function valueInfo(name: string, dims: readonly number[]): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.LengthDelimited).string(name).tag(2, WireType.LengthDelimited).fork();
  writer
    .tag(1, WireType.LengthDelimited)
    .fork()
    .tag(1, WireType.Varint)
    .int32(1)
    .tag(2, WireType.LengthDelimited)
    .fork();
  for (const size of dims) writer.tag(1, WireType.LengthDelimited).fork().tag(1, WireType.Varint).int32(size).join();
  return writer.join().join().join().finish();
}

function field(number: number, content: Uint8Array): Uint8Array {
  return new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(content).finish();
}

function varint(value: number): Uint8Array {
  return new BinaryWriter().int64(BigInt(value)).finish();
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function put(file: number, at: number, bytes: Uint8Array): number {
  if (bytes.length > 0) writeSync(file, bytes, 0, bytes.length, at);
  return at + bytes.length;
}
