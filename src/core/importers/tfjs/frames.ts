import type { InputReference, NodeDef } from './graph-def.js';

/** A variable of a loop of the old kind: Enter → Merge → Switch → Exit, with NextIteration back to Merge. */
export interface LoopVariable {
  readonly enter: string;
  readonly merge: string;
  /** What the next turn begins with; undefined where the loop leaves it alone. */
  readonly next: InputReference | undefined;
}

/** A loop of the old kind (Enter, Merge, Switch, NextIteration, Exit, LoopCond), by its frame name. */
export interface Frame {
  readonly name: string;
  /** Every tensor that comes in, loop variables and constants of the loop. */
  readonly enters: readonly string[];
  readonly variables: readonly LoopVariable[];
  readonly condition: InputReference | undefined;
}

export class Frames {
  private readonly frames = new Map<string, Frame>();
  /** The frame and the Merge whose value an Exit hands out. */
  private readonly exits = new Map<string, { readonly frame: Frame; readonly merge: string }>();

  constructor(nodes: ReadonlyMap<string, NodeDef>) {
    const enters = new Map<string, string[]>();
    for (const { name, op, attributes } of nodes.values()) {
      if (op !== 'Enter') continue;
      const frame = String(attributes.get('frame_name'));
      enters.set(frame, [...(enters.get(frame) ?? []), name]);
    }
    if (enters.size === 0) return;
    const variables = new Map<string, LoopVariable[]>();
    const frameOfMerge = new Map<string, string>();
    for (const { name, op, inputs } of nodes.values()) {
      if (op !== 'Merge') continue;
      const enter = inputs.map(({ node }) => nodes.get(node)).find((node) => node?.op === 'Enter');
      if (enter === undefined) continue;
      const back = inputs.map(({ node }) => nodes.get(node)).find((node) => node?.op === 'NextIteration');
      const frame = String(enter.attributes.get('frame_name'));
      frameOfMerge.set(name, frame);
      variables.set(frame, [
        ...(variables.get(frame) ?? []),
        { enter: enter.name, merge: name, next: back?.inputs[0] },
      ]);
    }
    const conditions = new Map<string, InputReference | undefined>();
    for (const { op, inputs } of nodes.values()) {
      const frame = op === 'Switch' ? frameOfMerge.get(inputs[0]?.node ?? '') : undefined;
      const condition = nodes.get(inputs[1]?.node ?? '');
      if (frame !== undefined && condition?.op === 'LoopCond') conditions.set(frame, condition.inputs[0]);
    }
    for (const [name, list] of enters) {
      this.frames.set(name, {
        name,
        enters: list,
        variables: variables.get(name) ?? [],
        condition: conditions.get(name),
      });
    }
    for (const { name, op, inputs } of nodes.values()) {
      if (op !== 'Exit') continue;
      const merge = nodes.get(inputs[0]?.node ?? '')?.inputs[0]?.node ?? '';
      const frame = this.frames.get(frameOfMerge.get(merge) ?? '');
      if (frame !== undefined) this.exits.set(name, { frame, merge });
    }
  }

  exit(name: string): { readonly frame: Frame; readonly merge: string } | undefined {
    return this.exits.get(name);
  }
}

/** Where a conditional of the old kind splits: a Switch, and which of its outputs leads to the given input. */
export interface Branch {
  readonly condition: InputReference | undefined;
  readonly taken: boolean;
}

const MAX_STEPS = 10_000;

/** Walks back from an input of a Merge to the Switch before it. */
export function branchOf(nodes: ReadonlyMap<string, NodeDef>, input: InputReference): Branch | undefined {
  const queue: InputReference[] = [input];
  const seen = new Set<string>();
  for (let step = 0; step < queue.length && step < MAX_STEPS; step++) {
    const reference = queue[step] as InputReference;
    const node = nodes.get(reference.node);
    if (node === undefined || seen.has(node.name)) continue;
    seen.add(node.name);
    if (node.op === 'Switch') {
      const taken = reference.index === 1 || reference.argument === 'output_true';
      return { condition: node.inputs[1], taken };
    }
    queue.push(...node.inputs);
  }
  return undefined;
}
