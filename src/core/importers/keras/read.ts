import { ArchmeterError } from '../../errors.js';
import type { Graph } from '../../ir/graph.js';
import type { ByteSource, ImportOptions } from '../define-importer.js';
import { ZipArchive } from '../shared/zip.js';
import { isObject, type JsonObject } from './config.js';
import { readHdf5Config } from './hdf5/index.js';
import { buildKerasModel } from './model.js';
import { type KerasConfig, parseJson, parseModelJson } from './model-json.js';

/** A configuration of a model of 10,000 layers has some 20 MB. */
const MAX_JSON_BYTES = 2 ** 28;

/** Reads the graph of a `.keras` archive, an HDF5 file with a model configuration, or the JSON of `model.to_json()`. */
export async function readKeras(source: ByteSource, options: ImportOptions): Promise<Graph> {
  const magic = await source.read(0, Math.min(4, source.size));
  const { json, producer } =
    magic[0] === 0x50 && magic[1] === 0x4b
      ? await readArchive(source)
      : magic[0] === 0x7b || magic[0] === 0x20 || magic[0] === 0x0a
        ? { json: await readJson(source), producer: undefined }
        : await readHdf5Config(source);
  return buildKerasModel(json, options, {
    format: 'keras',
    file: source.name,
    ...(producer === undefined ? {} : { producer }),
  });
}

async function readArchive(source: ByteSource): Promise<KerasConfig> {
  const archive = await ZipArchive.open(source);
  const config = archive.find('config.json');
  if (config === undefined) {
    throw new ArchmeterError('the archive has no config.json', 'Save the whole model: model.save("model.keras").', {
      file: source.name,
    });
  }
  const json = parseModelJson(await archive.read(config), source.name);
  const metadata = archive.find('metadata.json');
  const about = metadata === undefined ? undefined : parseJson(await archive.read(metadata), source.name);
  const version = isObject(about) ? about.keras_version : undefined;
  return { json, producer: typeof version === 'string' ? `Keras ${version}` : undefined };
}

async function readJson(source: ByteSource): Promise<JsonObject> {
  if (source.size > MAX_JSON_BYTES) {
    throw new ArchmeterError(`its JSON has ${source.size} bytes, more than the ${MAX_JSON_BYTES} allowed`, undefined, {
      file: source.name,
    });
  }
  return parseModelJson(await source.read(0, source.size), source.name);
}
