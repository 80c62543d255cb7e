import type { Lowering } from '../call.js';

/** A loop is unrolled while its condition is known; longer ones, and others, are counted once. */
const MAX_ITERATIONS = 1024;

const call: Lowering = (node) => node.functions.run(node.attributes.function('f'), node.inputs);

/** The branch that its condition takes; where that depends on the data, the first one, and the reader is told. */
const conditional: Lowering = (node) => {
  const [condition, ...inputs] = node.inputs;
  const [taken] = condition?.data ?? [];
  if (taken === undefined) {
    node.builder.note(
      `Which branch of '${node.node.name}' runs depends on the data: its 'then' branch is counted, its 'else' branch is not.`,
    );
  }
  return node.functions.run(node.attributes.function(taken === 0 ? 'else_branch' : 'then_branch'), inputs);
};

const loop: Lowering = (node) => {
  const condition = node.attributes.function('cond');
  const body = node.attributes.function('body');
  let state = [...node.inputs];
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    const [goesOn] = node.functions.run(condition, state);
    const known = goesOn?.data?.[0];
    if (known === 0) return state;
    state = node.functions.run(body, state);
    if (known === undefined) {
      node.builder.note(`How often '${node.node.name}' loops depends on the data: one turn of it is counted.`);
      return state;
    }
  }
  node.builder.note(`'${node.node.name}' loops more than ${MAX_ITERATIONS} times: as many turns are counted.`);
  return state;
};

/** Conditions of the old kind: a value goes to one of two branches. */
const switched: Lowering = (node) => [node.x, node.x];

const merged: Lowering = (node) => {
  const [first] = node.inputs;
  if (first === undefined) return node.fail('it merges nothing');
  return [first, node.constant([], 'int32', [0])];
};

export const controlOps: Readonly<Record<string, Lowering>> = {
  PartitionedCall: call,
  StatefulPartitionedCall: call,
  If: conditional,
  StatelessIf: conditional,
  While: loop,
  StatelessWhile: loop,
  Switch: switched,
  Merge: merged,
  Enter: (node) => node.x,
  Exit: (node) => node.x,
  NextIteration: (node) => node.x,
  LoopCond: (node) => node.x,
};
