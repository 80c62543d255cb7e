import { GraphBuilder } from '../../graph/builder.js';
import type { Graph, Value } from '../../ir/graph.js';
import { elementCount } from '../../ir/tensor.js';
import type { ImportOptions } from '../define-importer.js';
import { WorkLimit } from '../shared/work-limit.js';
import type { ExportArchive } from './archive.js';
import { bindSizes, type UserInput } from './bind-sizes.js';
import { Emitter } from './lower/emitter.js';
import { LayerNames } from './lower/layer-names.js';
import { lowerGraph } from './lower/lower-graph.js';
import type { Lowerer } from './lower/lowerer.js';
import { isTransposed, Scope } from './lower/scope.js';
import type { Program } from './program.js';
import { exactShapes, otherBatch, otherSizes, type ShapePolicy } from './shape-policy.js';
import { bindStored } from './stored.js';
import { SymbolTable } from './symbols.js';

/** Builds the graph of a decoded program at the sizes that the options ask for. */
export function readProgram(
  program: Program,
  weights: ExportArchive['weights'],
  name: string,
  options: ImportOptions,
): Graph {
  const builder = new GraphBuilder(name);
  const symbols = new SymbolTable(program.ranges);
  const scope = new Scope(program.graph);
  const users = userInputs(program);
  const bound = bindSizes(users, symbols, options);
  if (bound.defaults.length > 0) {
    builder.note(`Open sizes are those of the example that the model was exported with: ${bound.defaults.join(', ')}.`);
  }
  if (bound.openBatch !== undefined) {
    builder.note(
      `The file leaves the batch open: 1 is counted, where the example of the export had ${bound.openBatch}.`,
    );
  }
  const inputs = users.map((input, i) => {
    const value = builder.input(input.name, bound.shapes[i] ?? [], input.meta.dtype);
    scope.bind(input.name, value);
    return value;
  });
  bindNumbers(program, scope, symbols);
  if (weights === undefined) {
    builder.note('The archive does not list its weights: parameters that the program never uses are not counted.');
  }
  bindStored(program, weights ?? new Map(), builder, scope);
  const policy = policyFor(bound.change, inputs, builder);
  const lowerer: Lowerer = {
    emitter: new Emitter(builder, new LayerNames(program.graph), policy.otherSizes),
    symbols,
    policy,
    limit: new WorkLimit(),
    lowerGraph,
  };
  lowerGraph(scope, lowerer);
  const outputs = program.outputs.map((output) => {
    const binding = scope.binding(output);
    return isTransposed(binding) ? binding.transposed : binding;
  });
  return builder.finish(outputs, { format: 'pt2', producer: program.producer });
}

function userInputs(program: Program): UserInput[] {
  return program.inputs.flatMap((spec) => {
    if (spec.kind !== 'user' || spec.argument.kind !== 'tensor') return [];
    const meta = program.graph.tensors.get(spec.argument.name);
    return meta === undefined ? [] : [{ name: spec.argument.name, meta }];
  });
}

/** Numbers among the inputs: at their value of the export where their symbol is bound by no tensor. */
function bindNumbers(program: Program, scope: Scope, symbols: SymbolTable): void {
  for (const spec of program.inputs) {
    if (spec.kind !== 'user' || spec.argument.kind !== 'number' || typeof spec.argument.value !== 'string') continue;
    const stated = program.graph.symbols.get(spec.argument.value);
    if (stated === undefined) continue;
    if (typeof stated !== 'number' && stated.hint !== undefined) symbols.solve([stated], [stated.hint]);
    const value = symbols.tryEvaluate(stated);
    if (value !== undefined) scope.bindNumber(spec.argument.value, value);
  }
}

function policyFor(
  change: ReturnType<typeof bindSizes>['change'],
  inputs: readonly Value[],
  builder: GraphBuilder,
): ShapePolicy {
  if (change === 'none') return exactShapes;
  if (change === 'sizes') {
    builder.note(
      'The file was exported with fixed sizes: its operators are followed at the sizes given, choices that Python made by size are as at the export.',
    );
    return otherSizes;
  }
  const carriers = inputs.filter(({ shape }) => shape[0] === change.to && elementCount(shape) > 0);
  return otherBatch(change.from, change.to, carriers);
}
