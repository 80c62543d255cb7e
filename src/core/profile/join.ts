import type { Graph } from '../ir/graph.js';
import { align } from './align.js';
import { isAnchor, type Work, workOf } from './work.js';

/** A step of a trace as the join sees it: the layers that its call became, none where it is not known. */
export interface StepWork {
  readonly works: readonly Work[];
  readonly takesTime: boolean;
  /** It writes out what the step before it left as a view of other memory: no layer of its own. */
  readonly completes?: boolean;
}

/**
 * The layers of a model that each step of a trace ran. Products, normalizations and pooling are paired first, in their
 * order, by what they do; then what lies between two pairs; then, wherever they stand, those of which both sides have
 * equally many left. Steps that stay between two pairs, where layers stay too, are these layers' together: they are never
 * split by guess.
 *
 * @returns for each step the layers it is part of: one, a group, or none
 */
export function joinSteps(steps: readonly StepWork[], graph: Graph): string[][] {
  const layers = graph.nodes.map((node) => workOf(graph, node));
  const left = steps.flatMap(({ works }, step) => works.map((work) => ({ work, step })));
  const partner = new Int32Array(left.length).fill(-1);
  const taken = new Uint8Array(layers.length);
  const pair = (from: number, to: number) => {
    partner[from] = to;
    taken[to] = 1;
  };

  const weights = new Map([...left.map(({ work }) => work), ...layers].map(({ key, weight }) => [key, weight]));
  const weightOf = (key: string) => weights.get(key) ?? 0;
  const anchorsLeft = left.flatMap(({ work }, i) => (isAnchor(work) ? [i] : []));
  const anchorsRight = layers.flatMap((work, i) => (isAnchor(work) ? [i] : []));
  const keyLeft = (i: number) => left[i]?.work.key ?? '';
  const keyRight = (i: number) => layers[i]?.key ?? '';
  align(anchorsLeft.map(keyLeft), anchorsRight.map(keyRight), weightOf).forEach((at, i) => {
    if (at >= 0) pair(anchorsLeft[i] as number, anchorsRight[at] as number);
  });
  for (const { from, to } of gaps(partner, layers.length)) {
    const l = range(from.start, from.end).filter((i) => partner[i] === -1);
    const r = range(to.start, to.end).filter((i) => taken[i] === 0);
    align(l.map(keyLeft), r.map(keyRight), weightOf).forEach((at, i) => {
      if (at >= 0) pair(l[i] as number, r[at] as number);
    });
  }
  pairLeftOver(
    left.map(({ work }) => work),
    layers,
    partner,
    taken,
    pair,
  );

  const found = steps.map((): Set<number> => new Set());
  left.forEach(({ step }, i) => {
    if ((partner[i] as number) >= 0) found[step]?.add(partner[i] as number);
  });
  completeViews(steps, layers, found);
  groupBetween(steps, layers, found, taken);
  return found.map((set) => [...set].sort((a, b) => a - b).map((at) => (layers[at] as Work).name));
}

const MOVES = /^(view|movement)$/;

/** `x.transpose(1, 2).contiguous()`: the transpose is a view, and its data move when the copy is made. */
function completeViews(steps: readonly StepWork[], layers: readonly Work[], found: readonly Set<number>[]): void {
  for (let i = 1; i < steps.length; i++) {
    const before = found[i - 1] as Set<number>;
    const moves = [...before].every((at) => MOVES.test((layers[at] as Work).kind));
    if (steps[i]?.completes && found[i]?.size === 0 && before.size > 0 && moves)
      for (const at of before) found[i]?.add(at);
  }
}

interface Gap {
  readonly from: { readonly start: number; readonly end: number };
  readonly to: { readonly start: number; readonly end: number };
}

/** What lies between two pairs that follow each other on both sides. */
function gaps(partner: Int32Array, rights: number): Gap[] {
  const found: Gap[] = [];
  let start = 0;
  let reached = 0;
  for (let i = 0; i <= partner.length; i++) {
    const to = i === partner.length ? rights : (partner[i] as number);
    if (to < reached && i < partner.length) continue;
    found.push({ from: { start, end: i }, to: { start: reached, end: to } });
    start = i + 1;
    reached = to + 1;
  }
  return found;
}

const range = (start: number, end: number) => Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);

/** Branches of a model run in another order than the file has them: equal work of which both sides have equally much left. */
function pairLeftOver(
  left: readonly Work[],
  layers: readonly Work[],
  partner: Int32Array,
  taken: Uint8Array,
  pair: (from: number, to: number) => void,
): void {
  const open = (works: readonly Work[], isOpen: (i: number) => boolean) => {
    const byKey = new Map<string, number[]>();
    works.forEach((work, i) => {
      if (!isOpen(i) || !isAnchor(work)) return;
      byKey.set(work.key, [...(byKey.get(work.key) ?? []), i]);
    });
    return byKey;
  };
  const rights = open(layers, (i) => taken[i] === 0);
  for (const [key, lefts] of open(left, (i) => partner[i] === -1)) {
    const others = rights.get(key) ?? [];
    if (others.length === lefts.length) for (const [i, at] of lefts.entries()) pair(at, others[i] as number);
  }
}

/** Steps without a layer, and layers without a step, between the same neighbours: the steps ran these layers together. */
function groupBetween(
  steps: readonly StepWork[],
  layers: readonly Work[],
  found: Set<number>[],
  taken: Uint8Array,
): void {
  let before = -1;
  let waiting: number[] = [];
  const close = (until: number) => {
    const open = range(before + 1, until).filter((i) => taken[i] === 0 && (layers[i] as Work).kind !== 'view');
    const products = (works: readonly Work[]) => works.reduce((sum, { madds }) => sum + madds, 0);
    const ran = waiting.flatMap((at) => steps[at]?.works ?? []);
    const same = products(ran) === products(open.map((i) => layers[i] as Work));
    const hasUnknown = waiting.some((at) => steps[at]?.works.length === 0);
    if (open.length > 0 && (same || hasUnknown)) {
      for (const at of waiting) for (const i of open) found[at]?.add(i);
      for (const i of open) taken[i] = 1;
    }
    waiting = [];
  };
  steps.forEach(({ takesTime }, at) => {
    const own = found[at] as Set<number>;
    if (own.size === 0) {
      if (takesTime) waiting.push(at);
      return;
    }
    // Views are paired by their sizes alone: they end no stretch.
    if ([...own].every((at) => MOVES.test((layers[at] as Work).kind))) return;
    const first = Math.min(...own);
    if (first <= before) return;
    close(first);
    before = Math.max(...own);
  });
  close(layers.length);
}
