import { ArchmeterError } from '../../errors.js';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import { formatShape, type Shape } from '../../ir/tensor.js';
import { WorkLimit } from '../shared/work-limit.js';
import { isList, isObject, type Json } from './config.js';
import { type NodeTemplate, referencesIn, type Template, TensorReference } from './inbound.js';
import {
  type Argument,
  type CallOptions,
  isValue,
  type Layer,
  LayerCall,
  type Result,
  tensorsIn,
  UnknownShape,
  UnknownTensor,
  unknownIn,
} from './layer.js';
import { opaque } from './layers/activation.js';
import { lowerLayer } from './lower.js';
import {
  type CallRecord,
  callKey,
  type FunctionalModel,
  functionalModel,
  isModel,
  isSequential,
  layersOf,
  push,
} from './structure.js';

/** Keras 3 records the attention scores of these, [N, H, Lq, Lk], with Lq in place of Lk. */
const SCORES = /^(MultiHead|Group(ed)?Query)Attention$/;

/** Calls the layers of a model, and of the models in it, in the order of their tensors. */
export class ModelRun {
  /** What open batch axes stand for. */
  batch = 1;
  frozen = 0;
  private readonly limit = new WorkLimit();
  private readonly functionals = new Map<Layer, FunctionalModel>();

  constructor(
    private readonly builder: GraphBuilder,
    /** Compare the shapes found with those that the file records. */
    private readonly compareShapes: boolean,
  ) {}

  functional(model: Layer): FunctionalModel {
    let found = this.functionals.get(model);
    if (found === undefined) {
      found = functionalModel(model);
      this.functionals.set(model, found);
    }
    return found;
  }

  /** Calls a layer of any kind. */
  readonly call = (builder: GraphBuilder, layer: Layer, options: CallOptions): Result => {
    this.limit.add(1);
    if (isModel(layer.json)) return this.model(layer, options.args);
    if (layer.config.get('trainable') === false && !layer.seen) this.frozen++;
    layer.seen = true;
    const result = lowerLayer(builder, layer, options, this.call);
    if (!this.compareShapes) this.noteRebuilt(layer, options);
    return result;
  };

  /** With another input than the file's, a layer may need other weights than those of the file. */
  private noteRebuilt(layer: Layer, { args }: CallOptions): void {
    const { build_config: build } = layer.json;
    const built = isObject(build) && isList(build.input_shape) ? build.input_shape : undefined;
    const [x] = tensorsIn(args);
    const channelsFirst = layer.config.get('data_format') === 'channels_first';
    if (built === undefined || x === undefined || layer.weights.size === 0 || channelsFirst) return;
    const [features, given] = [built.at(-1), x.shape.at(-1)];
    if (typeof features !== 'number' || features === given) return;
    this.builder.note(
      `'${layer.fullName}' was built for ${features} features and is given ${given}: its weights are not those of the file.`,
    );
  }

  /** Calls a model with what it takes as its inputs, in their order, or by name. */
  model(model: Layer, args: readonly Argument[]): Result {
    return isSequential(model.json) ? this.sequential(model, args) : this.runFunctional(model, args);
  }

  private sequential(model: Layer, args: readonly Argument[]): Result {
    let result: Result = args[0];
    for (const layer of layersOf(model)) {
      if (layer.className === 'InputLayer') continue;
      result = this.callOrUnknown(layer, { args: [result], kwargs: {} });
    }
    return result;
  }

  /** Calls a layer; what it gives is unknown where its inputs are, or where nothing tells its shape. */
  private callOrUnknown(layer: Layer, options: CallOptions): Result {
    const reason = unknownIn(options.args) ?? unknownIn(options.kwargs);
    try {
      if (reason === undefined) return this.call(this.builder, layer, options);
      const call = new LayerCall(this.builder, layer, options, this.call);
      return opaque(call, layer.className || 'unknown layer', reason);
    } catch (error) {
      if (!(error instanceof UnknownShape)) throw error;
      const inputs = tensorsIn([options.args, options.kwargs]);
      const attributes = { type: error.type, reason: error.reason, outputs: [] };
      this.builder.at(layer.path, () => this.builder.addAll('opaque', inputs, attributes, { name: layer.name }));
      return new UnknownTensor(error.reason);
    }
  }

  private runFunctional(model: Layer, args: readonly Argument[]): Result {
    const graph = this.functional(model);
    const results = bindArguments(model, graph, args);
    const pending = new Map<string, CallRecord[]>();
    const missing = new Map<CallRecord, number>();
    const ready: CallRecord[] = [];
    for (const call of graph.calls) {
      const keys = new Set(
        call.needs.map(({ layer, node }) => callKey(layer, node)).filter((key) => !results.has(key)),
      );
      if (keys.size === 0) ready.push(call);
      else missing.set(call, keys.size);
      for (const key of keys) push(pending, key, call);
    }
    for (const call of ready) {
      const key = callKey(keyOf(call.layer), call.node);
      const described = graph.described.get(key) ?? [];
      const options = { ...fill(call.template, results), knownOutputs: this.knownOutputs(described) };
      const result = this.callOrUnknown(call.layer, options);
      this.compare(call.layer, described, result);
      results.set(key, result);
      for (const waiting of pending.get(key) ?? []) {
        const left = (missing.get(waiting) as number) - 1;
        missing.set(waiting, left);
        if (left === 0) {
          missing.delete(waiting);
          ready.push(waiting);
        }
      }
    }
    const needed = referencesIn(graph.outputStructure).find(({ layer, node }) => !results.has(callKey(layer, node)));
    if (needed !== undefined) throw unreachable(model, missing, needed);
    return resolve(graph.outputStructure, results);
  }

  /** Shapes of a call's outputs as the file records them, with the batch filled in; Keras 3 only. */
  private knownOutputs(described: readonly TensorReference[]): (Shape | undefined)[] {
    const known: (Shape | undefined)[] = [];
    for (const { tensor, shape } of described) {
      if (tensor < 0 || tensor > described.length + 64) continue;
      known.length = Math.max(known.length, tensor + 1);
      if (!isList(shape)) continue;
      const sizes = shape.map((size, axis) => (size === null && axis === 0 ? this.batch : size));
      if (sizes.every((size) => Number.isSafeInteger(size) && (size as number) >= 0)) known[tensor] = sizes as number[];
    }
    return Array.from(known);
  }

  /** The shapes found must be those of the file: a difference would be a wrong number. */
  private compare(layer: Layer, described: readonly TensorReference[], result: Result): void {
    if (!this.compareShapes) return;
    const values = tensorsIn(result);
    for (const { tensor, shape } of described) {
      const value = values[tensor];
      if (value === undefined || !isList(shape) || (tensor > 0 && SCORES.test(layer.className))) continue;
      const fits =
        shape.length === value.shape.length &&
        shape.every((size, axis) => size === null || axis === 0 || size === value.shape[axis]);
      if (fits) continue;
      throw new ArchmeterError(
        `its output has shape ${formatShape(value.shape)}, but the file records ${shape.map((size) => (size === null ? '?' : JSON.stringify(size))).join('x')}`,
        undefined,
        { layer: layer.fullName },
      );
    }
  }
}

/** Results of the model's input layers, by call key. */
function bindArguments(model: Layer, graph: FunctionalModel, args: readonly Argument[]): Map<string, Result> {
  const references = referencesIn(graph.inputStructure);
  const named = args.length === 1 ? args[0] : undefined;
  const byName = isNamed(named) && isObject(graph.inputStructure as Json) ? named : undefined;
  const values =
    byName === undefined
      ? tensorsIn(args)
      : Object.keys(graph.inputStructure as object).flatMap((name) => tensorsIn(byName[name]));
  if (values.length < references.length) {
    throw new ArchmeterError(`it takes ${references.length} inputs and is called with ${values.length}`, undefined, {
      layer: model.fullName,
    });
  }
  return new Map(references.map(({ layer, node }, index) => [callKey(layer, node), values[index] as Value]));
}

function isNamed(argument: Argument): argument is { readonly [key: string]: Argument } {
  return typeof argument === 'object' && argument !== null && !Array.isArray(argument) && !isValue(argument);
}

function keyOf(layer: Layer): string {
  return typeof layer.json.name === 'string' ? layer.json.name : layer.name;
}

function fill(template: NodeTemplate, results: ReadonlyMap<string, Result>): CallOptions {
  return {
    args: template.args.map((argument) => resolve(argument, results)),
    kwargs: Object.fromEntries(Object.entries(template.kwargs).map(([name, value]) => [name, resolve(value, results)])),
  };
}

function resolve(template: Template, results: ReadonlyMap<string, Result>): Argument {
  if (template instanceof TensorReference) {
    const result = results.get(callKey(template.layer, template.node));
    const values = tensorsIn(result);
    // A plain result is a shape or a number worked out from shapes.
    if (values.length === 0) return result;
    const value = values[template.tensor];
    if (value !== undefined) return value;
    throw new ArchmeterError(
      `it has ${values.length} ${values.length === 1 ? 'output' : 'outputs'}, number ${template.tensor} (from 0) is asked for`,
      undefined,
      {
        layer: template.layer,
      },
    );
  }
  if (Array.isArray(template)) return template.map((item) => resolve(item, results));
  if (typeof template === 'object' && template !== null) {
    return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, resolve(value, results)]));
  }
  return template as Json;
}

function unreachable(model: Layer, missing: ReadonlyMap<CallRecord, number>, needed: TensorReference): ArchmeterError {
  const [first] = missing.keys();
  const problem =
    first === undefined
      ? `its output '${needed.layer}' (call ${needed.node}) is not in the model`
      : `layer '${first.layer.name}' takes a tensor that is not in the model, or its own output`;
  return new ArchmeterError(problem, undefined, { layer: model.fullName });
}
