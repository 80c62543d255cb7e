/** A node of the model as onnxruntime rewrote it. */
export interface OptimizedNode {
  readonly name: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Fields of onnx.proto that lead to nodes: ModelProto.graph, GraphProto.node, and those of NodeProto. */
const GRAPH = 7;
const NODE = 1;
const [INPUT, OUTPUT, NAME, OPERATOR] = [1, 2, 3, 4] as const;

/** Nodes of the main graph of an ONNX model; everything else is passed over. */
export function optimizedNodes(model: Uint8Array): OptimizedNode[] {
  const text = new TextDecoder();
  return fieldsOf(model, GRAPH).flatMap((graph) =>
    fieldsOf(graph, NODE).map((node) => {
      const texts = (field: number) => fieldsOf(node, field).map((bytes) => text.decode(bytes));
      return {
        name: texts(NAME)[0] ?? '',
        operator: texts(OPERATOR)[0] ?? '',
        inputs: texts(INPUT),
        outputs: texts(OUTPUT),
      };
    }),
  );
}

/** Contents of a message's fields of one number that have a length (protobuf.dev, "Encoding"). */
function fieldsOf(message: Uint8Array, wanted: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < message.length; scale *= 128) {
      const byte = message[at++] as number;
      value += (byte & 127) * scale;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < message.length) {
    const tag = varint();
    const kind = tag % 8;
    if (kind === 0) varint();
    else if (kind === 1) at += 8;
    else if (kind === 5) at += 4;
    else if (kind === 2) {
      const length = varint();
      if (Math.floor(tag / 8) === wanted) found.push(message.subarray(at, at + length));
      at += length;
    } else return found;
  }
  return found;
}
