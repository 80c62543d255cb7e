import type { Graph } from '../ir/graph.js';
import type { Shape } from '../ir/tensor.js';

/** A file that is read piecewise: only what is asked for is touched. */
export interface ByteSource {
  /** As the user wrote it, for messages. */
  readonly name: string;
  readonly size: number;
  /** Exactly `length` bytes from `offset`; throws ArchmeterError past the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /**
   * A file beside this one (external data, weight shards), undefined where there is none.
   * Throws ArchmeterError for a path that leaves the model's folder.
   */
  sibling(relativePath: string): Promise<ByteSource | undefined>;
}

export interface ImportOptions {
  /** Shapes for named inputs, where the file leaves them open or the user wants others; the empty name is the first input. */
  readonly inputs?: Readonly<Record<string, Shape>>;
  /** Sets the batch axis of every input whose batch the file leaves open or that can be changed. */
  readonly batch?: number | undefined;
  /** Sizes that the file leaves open, by the names that it has for them; `batch` is the first axis in every format. */
  readonly dims?: Readonly<Record<string, number>>;
  /** Contents of small inputs that shapes depend on, row-major. */
  readonly inputData?: Readonly<Record<string, readonly number[]>>;
}

/** A graph with the way to the contents of its stored values: what checking a file's outputs needs. */
export interface ImportWithContents {
  readonly graph: Graph;
  /** Names of stored tensors whose contents are neither in the file nor beside it. */
  readonly missing: readonly string[];
  /** The first file that should hold some of them beside the model, where the format names it. */
  readonly missingFile?: string;
  /** Contents of a stored value by its id, row-major as the graph lays it out; undefined where they cannot be had. */
  contents(id: number): Promise<ArrayLike<number> | undefined>;
}

/** One model format. A folder in `core/importers` with an `index.ts` whose default export is an Importer. */
export interface Importer {
  /** `onnx`, `pt2`, `tfjs`, `keras`, `tflite`. */
  readonly format: string;
  readonly title: string;
  /** With the dot, lower case. */
  readonly extensions: readonly string[];
  /**
   * How sure the first bytes (up to 4096) and the name make it: `content` (magic bytes or structure),
   * `name` (extension alone), or false. Must be cheap and never throw.
   */
  matches(head: Uint8Array, name: string): 'content' | 'name' | false;
  /** Reads the graph; weights are not touched. Throws ArchmeterError on anything wrong with the file. */
  read(source: ByteSource, options: ImportOptions): Promise<Graph>;
  /** Whether `inputData` is taken. */
  readonly takesInputData?: boolean;
  /** The same graph, with weights: read one by one, when asked for. Left out where the format's weights are not read. */
  readWithContents?(source: ByteSource, options: ImportOptions): Promise<ImportWithContents>;
}
