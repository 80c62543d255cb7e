import type { ModuleNames } from './names.js';
import type { AttributeProto } from './protobuf/messages.js';
import type { Entry } from './tensor.js';

/** Names of one graph, and of the graphs around it. A name may stand for nothing: an input left out. */
export class Scope {
  private readonly entries = new Map<string, Entry | undefined>();

  constructor(private readonly outer?: Scope) {}

  has(name: string): boolean {
    return this.entries.has(name) || (this.outer?.has(name) ?? false);
  }

  get(name: string): Entry | undefined {
    return this.entries.has(name) ? this.entries.get(name) : this.outer?.get(name);
  }

  set(name: string, entry: Entry | undefined): void {
    if (name !== '') this.entries.set(name, entry);
  }
}

/** What the nodes of one graph or function body are lowered in. */
export interface Frame {
  readonly scope: Scope;
  /** Version of each op domain; `` is ai.onnx. */
  readonly opsets: ReadonlyMap<string, number>;
  /** Module path around the nodes. */
  readonly path: string;
  readonly names: ModuleNames;
  /** Inside a function: values of its attributes. */
  readonly attributes: ReadonlyMap<string, AttributeProto> | undefined;
  /** How many functions, branches and loops are around it. */
  readonly depth: number;
}

export function joinPath(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('.');
}
