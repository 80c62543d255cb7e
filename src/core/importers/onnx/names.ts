import { CONTRACTION_KINDS, type OpKind } from '../../ops/define-op.js';
import type { NodeProto } from './protobuf/messages.js';

/** Where a layer stands in the model: the module that holds it and its name there. */
export interface Place {
  readonly scope: string;
  readonly name: string;
}

/** Layers that are a module of their own where the author wrote one. */
const MODULE_KINDS: ReadonlySet<OpKind> = new Set<OpKind>([
  ...CONTRACTION_KINDS,
  'normalization',
  'activation',
  'pooling',
  'embedding',
]);

const CONTRACTIONS = /Conv|MatMul|Gemm|LSTM|GRU|RNN|Attention/;

/**
 * Finds modules in what exporters leave: torch's `name_scopes` (dynamo), node names such as `/layer1/layer1.0/conv1/Conv`
 * (torchscript) or `model/conv1/Conv2D` (TensorFlow). A module of one layer gives the layer its name; in a larger one
 * the layer has the module as its scope.
 */
export class ModuleNames {
  private readonly nodesIn = new Map<string, number>();
  private readonly parents = new Set<string>();
  /** Contractions in each module: a single one is the module's layer, not a norm of its weight beside it. */
  private readonly contractions = new Map<string, number>();
  private readonly taken = new Set<string>();

  constructor(nodes: readonly NodeProto[]) {
    for (const node of nodes) {
      const { path } = locate(node);
      if (CONTRACTIONS.test(node.type)) this.contractions.set(path, (this.contractions.get(path) ?? 0) + 1);
      const seen = this.nodesIn.get(path) ?? 0;
      this.nodesIn.set(path, seen + 1);
      if (seen > 0) continue;
      for (let parent = parentOf(path); parent !== ''; parent = parentOf(parent)) this.parents.add(parent);
    }
  }

  /**
   * @param weight name of the stored tensor that is the layer's weight: `conv1.weight` belongs to module `conv1`,
   *   also where the exporter folded the batch norm after it and left that one's name
   */
  place(node: NodeProto, kind: OpKind, weight?: string): Place {
    const { path, label } = locate(node);
    const owner = /^(.*[^.])\.weight$/.exec(weight ?? '')?.[1];
    if (owner !== undefined && (path === '' || kind === 'convolution') && this.take(owner)) return split(owner);
    if (path === '') return { scope: '', name: label };
    const contractions = this.contractions.get(path) ?? 0;
    const isModule = CONTRACTION_KINDS.has(kind) ? contractions < 2 : MODULE_KINDS.has(kind) && contractions === 0;
    if ((isModule || this.nodesIn.get(path) === 1) && !this.parents.has(path) && this.take(path)) return split(path);
    return { scope: path, name: label };
  }

  private take(path: string): boolean {
    if (this.taken.has(path)) return false;
    this.taken.add(path);
    return true;
  }
}

function split(path: string): Place {
  const scope = parentOf(path);
  return { scope, name: scope === '' ? path : path.slice(scope.length + 1) };
}

function parentOf(path: string): string {
  const dot = path.lastIndexOf('.');
  return dot < 0 ? '' : path.slice(0, dot);
}

/** Path of the module, and a name for the node inside it. */
function locate(node: NodeProto): { path: string; label: string } {
  const scopes = node.metadata.find(({ key }) => key === 'pkg.torch.onnx.name_scopes');
  if (scopes !== undefined) {
    const parts = pythonStrings(scopes.value);
    return { path: parts.at(-2) ?? '', label: parts.at(-1) || labelOf(node) };
  }
  const parts = node.name.split('/').filter((part) => part !== '');
  if (parts.length < 2) return { path: '', label: labelOf(node) };
  return { path: joinModules(parts.slice(0, -1)), label: parts.at(-1) as string };
}

function labelOf({ name, type, outputs }: NodeProto): string {
  return name || outputs[0] || type;
}

/** torch repeats a container's name in its members': `layer1`, `layer1.0`, `conv1` is `layer1.0.conv1`. */
function joinModules(parts: readonly string[]): string {
  const joined: string[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last !== undefined && part.startsWith(`${last}.`)) joined.pop();
    joined.push(part);
  }
  return joined.join('.');
}

/** The strings of a Python list literal. */
function pythonStrings(list: string): string[] {
  return [...list.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g)].map(
    ([, single, double]) => single ?? double ?? '',
  );
}
