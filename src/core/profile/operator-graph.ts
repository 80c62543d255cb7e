import { ArchmeterError } from '../errors.js';
import type { Graph } from '../ir/graph.js';
import type { DType } from '../ir/tensor.js';
import { CallLowering, dtypeNamed } from '../traces/pytorch/lower-call.js';
import type { TraceIteration, TraceStep } from '../traces/trace.js';
import { type Work, workOf } from './work.js';

/** The operators of one iteration as a graph: every call with its shapes, counted; no data flows between them. */
export interface OperatorGraph {
  readonly graph: Graph;
  /** For each step the layers that it became; none for work that is of no layer. */
  readonly layers: readonly (readonly string[])[];
}

/** Whether a step is work of the model, forward or backward. */
export function isModelWork({ other }: TraceStep): boolean {
  return other === undefined || other === 'backward' || other === 'graph' || other === 'unknown';
}

/**
 * @param name of the model, for reports
 * @throws ArchmeterError where the iteration has no work of a model
 */
export function operatorGraph(iteration: TraceIteration, name: string): OperatorGraph {
  const lowering = new CallLowering(name);
  const { builder } = lowering;
  const layers = iteration.steps.map((step): readonly string[] => {
    if (!isModelWork(step)) return [];
    const { scope, layer } = placeOf(step);
    const [call] = step.calls;
    try {
      if (call !== undefined) return lowering.lower(call, scope, layer);
    } catch (error) {
      if (!(error instanceof ArchmeterError)) throw error;
    }
    const reason =
      call === undefined
        ? 'a kernel that no operator of the trace launched'
        : 'the trace does not tell its shapes, or archmeter does not know it';
    const [opaque] = builder.at(scope, () =>
      builder.addAll(
        'opaque',
        [],
        { type: step.name, reason, outputs: [{ shape: [], dtype: 'float32' }] },
        { name: layer },
      ),
    );
    return opaque === undefined ? [] : [opaque.name];
  });
  const graph = builder.finish([], { format: 'trace' });
  if (graph.nodes.length === 0) {
    throw new ArchmeterError(
      'the trace holds no work of a model',
      "Record while the model runs, after warm-up; 'archmeter profile --how pytorch' shows how.",
    );
  }
  // What a call reads is no input of the model but of its first.
  return { graph: { ...graph, inputs: graph.inputs.slice(0, 1) }, layers };
}

/** What the steps of an iteration do; nothing for calls without shapes and for work of no layer. */
export function stepWorks(
  steps: readonly TraceStep[],
): { works: readonly Work[]; takesTime: boolean; completes: boolean }[] {
  const lowering = new CallLowering('steps');
  const names = steps.map((step): readonly string[] => {
    const [call] = step.calls;
    if (call === undefined || step.other !== undefined) return [];
    try {
      return lowering.lower(call, '', plainName(step.name));
    } catch (error) {
      if (error instanceof ArchmeterError) return [];
      throw error;
    }
  });
  const graph = lowering.builder.finish([]);
  const works = new Map(graph.nodes.map((node) => [node.name, workOf(graph, node)]));
  return steps.map((step, i) => ({
    works: (names[i] as readonly string[]).flatMap((name) => works.get(name) ?? []),
    takesTime: step.deviceMs > 0 && step.other === undefined,
    completes: /^aten::(contiguous|clone|copy_)$/.test(step.name) && step.other === undefined,
  }));
}

/** The element type of what each step worked on, with its time. */
export function stepTypes(steps: readonly TraceStep[]): { readonly type: DType; readonly deviceMs: number }[] {
  return steps.flatMap(({ calls, deviceMs }) => {
    const types = calls[0]?.arguments.flatMap((argument) => dtypeNamed(argument.type) ?? []) ?? [];
    return types[0] === undefined ? [] : [{ type: types[0], deviceMs }];
  });
}

/**
 * The module path without the model itself, and a name in it: `ViTEncoder_0.ViTLayer_3` and `add`. The operator that a
 * module is there for has the module's name: `ViTLayer_3.Linear_12`.
 */
function placeOf({ name, modules, other }: TraceStep): { readonly scope: string; readonly layer: string } {
  const path = other === 'backward' ? ['backward', ...modules.slice(1)] : modules.slice(1);
  const own = path.at(-1)?.replace(/_\d+$/, '').toLowerCase();
  const layer = plainName(name);
  const isItsModules = own === layer.replaceAll('_', '');
  return isItsModules
    ? { scope: path.slice(0, -1).join('.'), layer: path.at(-1) as string }
    : { scope: path.join('.'), layer };
}

function plainName(name: string): string {
  const plain = name.replace(/^aten::/, '').replace(/^(void|at::native::)\s*/, '');
  return plain.length > 60 ? `${plain.slice(0, 59)}…` : plain;
}
