/** Nodes of the model that a TensorRT layer is made of, as far as its name tells. */
export interface NamedNodes {
  readonly names: readonly string[];
  /** From the first to the last of `names`, all between included: a ForeignNode names its ends alone. */
  readonly isRange: boolean;
}

/**
 * Reads a layer's name: `/conv1/Conv + /relu/Relu`, `PWN(/act/Sigmoid, /act/Mul)`, `{ForeignNode[/a/MatMul.../b/Add]}`. What
 * TensorRT adds itself (`Reformatting CopyNode for …`) has no nodes.
 */
export function nodesNamed(layer: string): NamedNodes {
  const foreign = /\{?ForeignNode\[(.*?)(?:\.\.\.(.*?))?\]\}?/.exec(layer);
  if (foreign !== null) {
    const ends = [foreign[1], foreign[2]].filter((name) => name !== undefined && name !== '') as string[];
    return { names: ends, isRange: ends.length === 2 };
  }
  if (isOwn(layer)) return { names: [], isRange: false };
  const names = layer
    .split(' + ')
    .flatMap((part) => {
      const pointwise = /^PWN\((.*)\)$/.exec(part.trim());
      return pointwise === null
        ? [part]
        : (pointwise[1] as string).split(/,\s*/).map((name) => name.replace(/^PWN\(|\)$/g, ''));
    })
    .map((name) => name.replace(/\s*\|\|\s*/g, ' ').trim())
    .filter((name) => name !== '');
  return { names, isRange: false };
}

/** Layers that TensorRT adds: layouts changed, copies. */
export function isOwn(layer: string): boolean {
  return /^(Reformatting CopyNode|reformatted? |copied_squeeze|\(Unnamed Layer\*|__mye|Shuffle_\d+_copy)/i.test(layer);
}

/** `[ONNX Layer: /conv1/Conv]\u001e[ONNX Layer: /relu/Relu]` */
export function nodesOfMetadata(metadata: string): string[] {
  return [...metadata.matchAll(/\[ONNX Layer: ([^\]]+)\]/g)].map(([, name]) => name as string);
}
