import { ArchmeterError } from '../../errors.js';
import { GraphBuilder } from '../../graph/builder.js';
import type { Graph, GraphSource } from '../../ir/graph.js';
import type { Shape } from '../../ir/tensor.js';
import type { ImportOptions } from '../define-importer.js';
import { bindInputs } from '../shared/bind-inputs.js';
import type { JsonObject } from './config.js';
import { Layer, tensorsIn, unknownIn } from './layer.js';
import { ModelRun } from './run.js';
import { inputOfSequential, isModel, isSequential } from './structure.js';

/**
 * Builds the graph of a serialised Keras model (Sequential or Functional, models in models included).
 *
 * @param json what `model.to_json()` gives: `{class_name, config}`
 */
export function buildKerasModel(json: JsonObject, options: ImportOptions, source: GraphSource): Graph {
  const root = new Layer(json, '', 'model', true);
  if (!isModel(json)) {
    throw new ArchmeterError(
      `the model is of the class '${root.className || 'unknown'}', whose configuration holds no graph`,
      'Rebuild it as a functional model, keras.Model(inputs, model.call(inputs)), or export it to ONNX or TFLite.',
    );
  }
  const builder = new GraphBuilder(root.name);
  const run = new ModelRun(builder, options.inputs === undefined);
  const inputs = isSequential(json) ? [inputOfSequential(root)] : run.functional(root).inputs;
  const shapes = bindInputs(inputs, options);
  run.batch = shapes[0]?.[0] ?? 1;
  const values = inputs.map((input, index) => builder.input(input.name, shapes[index] as Shape, input.dtype));
  const result = run.model(root, values);
  const outputs = tensorsIn(result);
  const unknown = unknownIn(result);
  if (unknown !== undefined) builder.note(`The shape of an output is not known: ${unknown}.`);
  if (outputs.length === 0 && unknown === undefined) throw new ArchmeterError('the model has no output tensor');
  if (run.frozen > 0) {
    builder.note(
      `${run.frozen} layers are frozen (trainable: false); their weights are counted as parameters all the same.`,
    );
  }
  return builder.finish(outputs, source);
}
