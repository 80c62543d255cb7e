import { ArchmeterError } from '../../../errors.js';
import type { ByteSource } from '../../define-importer.js';
import { type KerasConfig, parseModelJson } from '../model-json.js';
import { readRootAttributes } from './attributes.js';

const WANTED: ReadonlySet<string> = new Set(['model_config', 'keras_version', 'backend']);

/** Reads the model configuration of a Keras HDF5 file: an attribute of its root group. Weights are not touched. */
export async function readHdf5Config(source: ByteSource): Promise<KerasConfig> {
  const { names, texts } = await readRootAttributes(source, WANTED);
  const config = texts.get('model_config');
  if (config === undefined) throw withoutConfig(source, names);
  const version = texts.get('keras_version');
  const backend = texts.get('backend');
  const producer =
    version === undefined ? undefined : `Keras ${version}${backend === undefined ? '' : ` (${backend})`}`;
  return { json: parseModelJson(config, source.name), producer };
}

function withoutConfig(source: ByteSource, names: readonly string[]): ArchmeterError {
  const isWeights = names.includes('layer_names') || /\.weights\.h5$/i.test(source.name);
  return new ArchmeterError(
    isWeights
      ? 'this HDF5 file holds weights alone, no model configuration'
      : 'this HDF5 file has no model_config: it holds weights alone, or is no Keras model',
    'Save the whole model, model.save("model.keras"), or write its configuration, model.to_json(), to a .json file.',
    { file: source.name },
  );
}
