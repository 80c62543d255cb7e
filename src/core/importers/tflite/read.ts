import { ArchmeterError } from '../../errors.js';
import { GraphBuilder } from '../../graph/builder.js';
import { consumersOf, type Graph } from '../../ir/graph.js';
import { elementCount, formatShape, type Shape } from '../../ir/tensor.js';
import type { ByteSource, ImportOptions } from '../define-importer.js';
import { bindInputs } from '../shared/bind-inputs.js';
import { inputDataOf } from '../shared/input-data.js';
import { knownValues } from '../tensorflow/call.js';
import { Tensor } from '../tensorflow/tensor.js';
import {
  checkIdentifier,
  decodeModel,
  type ModelRecord,
  type SubgraphRecord,
  smallContents,
  type TensorRecord,
} from './decode.js';
import { PagedBuffer } from './flatbuffer.js';
import { ModelRun } from './run.js';

/** Reads a TensorFlow Lite model. Of the buffers only small ones are read, which shapes may depend on. */
export async function readTensorFlowLite(source: ByteSource, options: ImportOptions): Promise<Graph> {
  const buffer = new PagedBuffer(source);
  await checkIdentifier(buffer);
  const model = await decodeModel(buffer);
  const [main] = model.subgraphs as readonly [SubgraphRecord];
  const contents = await storedContents(buffer, model.subgraphs);
  const builder = new GraphBuilder(modelName(source.name));
  const inputs = inputsOf(model, main, source.name);
  const shapes = bindInputs(inputs, options);
  const change = changeOf(
    inputs.map(({ record }) => record),
    shapes,
  );
  const run = new ModelRun(builder, model.subgraphs, { contents, ...change });
  const data = inputDataOf(
    inputs.map(({ name }, i) => ({ name, shape: shapes[i] as Shape })),
    options,
  );
  const values = inputs.map(({ name, record }, i) =>
    Tensor.computed(builder, builder.input(name, shapes[i] as Shape, record.dtype), data[i]),
  );
  const outputs = run.subgraph(main, values);
  checkBatch(main, outputs, change.batchFactor);
  const results = knownValues(builder, outputs);
  const graphSource = {
    format: 'tflite',
    file: source.name,
    ...(model.description ? { producer: model.description } : {}),
  };
  noteWeights(builder, builder.finish(results), model);
  return builder.finish(results, graphSource);
}

function modelName(path: string): string {
  const file = path.split(/[/\\]/).at(-1) ?? path;
  return file.replace(/\.(tflite|lite)$/i, '') || 'model';
}

function inputsOf(model: ModelRecord, main: SubgraphRecord, file: string) {
  return main.inputs.map((index, i) => {
    const record = main.tensors[index];
    if (record === undefined)
      throw new ArchmeterError(`its input ${i} is tensor ${index} of ${main.tensors.length}`, 'The file is damaged.', {
        file,
      });
    const name = model.inputNames.get(index) || record.name.replace(/:\d+$/, '') || `input_${i}`;
    return { name, shape: record.openShape, record };
  });
}

/** What differs from the file: the batch alone, or more. */
function changeOf(records: readonly TensorRecord[], shapes: readonly Shape[]) {
  const same = records.every(({ shape }, i) => shape.join() === (shapes[i] as Shape).join());
  if (same) return { batchFactor: 1, compareShapes: true };
  const factors = records.map(({ shape }, i) => {
    const bound = shapes[i] as Shape;
    const rest = shape.slice(1).join() === bound.slice(1).join();
    return rest && shape.length > 0 ? (bound[0] as number) / (shape[0] as number) : Number.NaN;
  });
  const [factor = 1] = factors;
  const batchAlone = factors.every((other) => other === factor) && Number.isSafeInteger(factor) && factor > 0;
  return { batchFactor: batchAlone ? factor : 1, compareShapes: false };
}

/** An operator with the file's batch written into it would go on with that batch. */
function checkBatch(main: SubgraphRecord, outputs: readonly Tensor[], factor: number): void {
  main.outputs.forEach((index, i) => {
    const [record, output] = [main.tensors[index], outputs[i]];
    if (factor === 1 || record?.shape[0] === undefined || output === undefined) return;
    if (output.unknown !== undefined || output.shape[0] === record.shape[0] * factor) return;
    throw new ArchmeterError(
      `its operators are fixed to a batch of ${record.shape[0]}: the output has shape ${formatShape(output.shape)}`,
      'Leave out the batch, or export the model with the batch that you want.',
    );
  });
}

/** Contents of those stored tensors that are few numbers. */
async function storedContents(
  buffer: PagedBuffer,
  subgraphs: readonly SubgraphRecord[],
): Promise<Map<TensorRecord, readonly number[]>> {
  const contents = new Map<TensorRecord, readonly number[]>();
  for (const { tensors, inputs, operators } of subgraphs) {
    const computed = new Set([...inputs, ...operators.flatMap(({ outputs }) => outputs)]);
    for (const [index, record] of tensors.entries()) {
      if (computed.has(index) || record.isVariable || record.buffer === 0) continue;
      const data = await smallContents(buffer, record);
      if (data !== undefined) contents.set(record, data);
    }
  }
  return contents;
}

/** Why the parameters may differ from those of the source model. */
function noteWeights(builder: GraphBuilder, graph: Graph, model: ModelRecord): void {
  if (model.subgraphs.some(({ operators }) => operators.some(({ type }) => /CONV_2D$|FULLY_CONNECTED/.test(type)))) {
    builder.note(
      'Parameters are those of the file: converters fold batch normalisation into the weights and biases of the layer before it.',
    );
  }
  const readers = consumersOf(graph);
  const shared = graph.values.filter(({ id, kind }) => kind === 'parameter' && (readers[id]?.length ?? 0) > 1);
  if (shared.length === 0) return;
  const extra = shared.reduce((sum, { id, shape }) => sum + elementCount(shape) * ((readers[id]?.length ?? 1) - 1), 0);
  builder.note(
    `${shared.length} stored tensors are read by several layers (converters merge equal ones) and counted once; counted for each layer there would be ${extra} more parameters.`,
  );
}
