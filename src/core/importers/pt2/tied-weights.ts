import type { Program, Size, TensorMeta } from './program.js';
import { describe } from './symbols.js';
import type { StoredWeight } from './weights-config.js';

interface Named {
  readonly meta: TensorMeta;
  readonly place: number;
}

/**
 * Which weights are one tensor, in a file that has no storage to tell it (on the meta device all tensors share an empty
 * one). Of the names of a tied weight, torch lets the graph read only the last, also in the modules that know it by
 * another: where an operator in `wte` reads `lm_head.weight` and nothing reads `wte.weight`, they are one.
 *
 * @returns the name that the graph reads, by each other name
 */
export function tiedWeights(program: Program, weights: ReadonlyMap<string, StoredWeight>): Map<string, string> {
  const named = namedWeights(program, weights);
  const { read, uses } = usesOf(program);
  const tied = new Map<string, string>();
  for (const { target, modules } of uses) {
    const attribute = target.slice(target.lastIndexOf('.') + 1);
    // BERT's head knows the bias of its decoder as its own: modules further out count as well.
    for (const module of modules) {
      const own = module === '' ? attribute : `${module}.${attribute}`;
      if (own === target || read.has(own)) continue;
      if (sameType(named.get(own), named.get(target))) tied.set(own, target);
    }
  }
  // A strict export lists one name of a tied weight, and calls its input after the last: `p_l2_weight` for `l1.weight`.
  const placeholders = new Map([...named.keys()].map((name) => [name.replace(/[^a-zA-Z0-9]/g, '_'), name]));
  for (const spec of program.inputs) {
    if (spec.kind !== 'parameter' && spec.kind !== 'buffer') continue;
    const other = placeholders.get(spec.name.replace(/^[pb]_/, ''));
    if (other === undefined || other === spec.target || read.has(other)) continue;
    if (sameType(named.get(other), named.get(spec.target))) tied.set(other, spec.target);
  }
  // T5 knows its embedding as `shared.weight`, too, and never calls `shared`: an earlier name of a weight that has
  // several, of the same type and read by nobody, is one of them.
  for (const target of new Set(tied.values())) {
    const last = named.get(target);
    if (last === undefined) continue;
    for (const [name, weight] of named) {
      if (!read.has(name) && !tied.has(name) && weight.place < last.place && sameType(weight, last)) {
        tied.set(name, target);
      }
    }
  }
  return tied;
}

/** Weights whose storage the archive does not tell. */
function namedWeights(program: Program, weights: ReadonlyMap<string, StoredWeight>): Map<string, Named> {
  const named = new Map<string, Named>();
  for (const [place, spec] of program.inputs.entries()) {
    if (spec.kind !== 'parameter' && spec.kind !== 'buffer') continue;
    const meta = program.graph.tensors.get(spec.name);
    const listed = weights.get(spec.target);
    if (meta !== undefined && listed !== undefined && listed.storage === undefined) {
      named.set(spec.target, { meta, place });
    }
  }
  for (const [name, { meta, storage }] of weights) {
    if (!named.has(name) && storage === undefined) named.set(name, { meta, place: Infinity });
  }
  return named;
}

/** The weights that the graph reads, and in which modules. */
function usesOf(program: Program) {
  const targets = new Map(
    program.inputs.flatMap((spec) =>
      spec.kind === 'parameter' || spec.kind === 'buffer' ? [[spec.name, spec.target] as const] : [],
    ),
  );
  const uses: { target: string; modules: readonly string[] }[] = [];
  for (const node of program.graph.nodes) {
    const modules = ['', ...node.modules.map(({ path }) => path)];
    for (const { value } of node.inputs) {
      const names = value.kind === 'tensor' ? [value.name] : value.kind === 'tensors' ? value.names : [];
      for (const name of names) {
        const target = name === undefined ? undefined : targets.get(name);
        if (target !== undefined) uses.push({ target, modules });
      }
    }
  }
  return { uses, read: new Set(uses.map(({ target }) => target)) };
}

function sameType(left: Named | undefined, right: Named | undefined): boolean {
  if (left === undefined || right === undefined || left.meta.dtype !== right.meta.dtype) return false;
  const sizes = (all: readonly Size[]) => all.map(describe).join('x');
  return sizes(left.meta.sizes) === sizes(right.meta.sizes);
}
