import { ArchmeterError } from '../errors.js';
import { cleanNames } from '../graph/clean-names.js';
import { excludeHead } from '../graph/exclude-head.js';
import { resizedInput } from '../graph/resized-input.js';
import type { ByteSource, ImportOptions } from '../importers/define-importer.js';
import type { Graph } from '../ir/graph.js';
import type { DType, Shape } from '../ir/tensor.js';
import { buildBlock, buildModel, findModel, suggestModel } from '../zoo/index.js';

/** Where models are read from: a file system, or what someone dropped on a page. */
export interface ModelFiles {
  exists(path: string): Promise<boolean>;
  /**
   * The text of a file; undefined where it is no file, or has more than `maxBytes`.
   *
   * @throws ArchmeterError where there is no such file
   */
  text(path: string, maxBytes: number): Promise<string | undefined>;
  /** Opens a model file for as long as `body` runs. */
  withFile<T>(path: string, body: (source: ByteSource) => Promise<T>): Promise<T>;
}

export interface LoadModelOptions {
  readonly batch?: number | undefined;
  /** Side of square input images: specs and files are read again with their first input so large. */
  readonly resolution?: number | undefined;
  /** Shapes of inputs by name; the empty name stands for the model's only (or first) input. */
  readonly inputs?: Readonly<Record<string, Shape>> | undefined;
  /** Sizes that a model file leaves open, by name. */
  readonly dims?: Readonly<Record<string, number>> | undefined;
  /** Contents of small inputs of a model file, by name. */
  readonly inputData?: Readonly<Record<string, readonly number[]>> | undefined;
  readonly dtype?: DType | undefined;
  /** Values for a spec file's parameters, or a zoo model's options. */
  readonly parameters?: Readonly<Record<string, string | number | boolean>> | undefined;
  readonly excludeHead?: boolean | undefined;
}

const SPEC_EXTENSION = /\.(ya?ml|json)$/i;
const MAX_SPEC_BYTES = 16 * 2 ** 20;

/**
 * The graph of what a person named: a file (`-` for standard input), a zoo model, or a zoo block as
 * `block:osa:outChannels=256,width=128@1x256x56x56`.
 *
 * @throws ArchmeterError where there is no such thing, or it cannot be read
 */
export async function loadModelFrom(
  files: ModelFiles,
  reference: string,
  options: LoadModelOptions = {},
): Promise<Graph> {
  if (options.resolution !== undefined && Object.keys(options.inputs ?? {}).length > 0) {
    throw new ArchmeterError('a resolution and the shape of an input are both given', 'Leave out one of them.');
  }
  refuseTwoBatches(options);
  const graph = cleanNames(await load(files, reference, options));
  return options.excludeHead ? excludeHead(graph) : graph;
}

/** A batch that neither the shapes nor the sizes given beside it have. */
function refuseTwoBatches({ batch, inputs = {}, dims = {} }: LoadModelOptions): void {
  if (batch === undefined) return;
  const shapes = Object.entries(inputs).filter(([, shape]) => shape.length > 0);
  const fits = shapes.length === 0 || shapes.some(([, shape]) => shape[0] === batch || shape[0] === -1);
  const [name, shape] = shapes[0] ?? [];
  if (!fits) {
    throw new ArchmeterError(
      `--batch ${batch} and --input ${name === '' ? '' : `${name}=`}${shape?.join('x')} give two batches`,
      'Leave out one of them.',
    );
  }
  const size = Object.entries(dims).find(([key, value]) => /^(n|batch(_?size)?)$/i.test(key) && value !== batch);
  if (size !== undefined) {
    throw new ArchmeterError(`--batch ${batch} and --dim ${size.join('=')} give two batches`, 'Leave out one of them.');
  }
}

async function load(files: ModelFiles, reference: string, options: LoadModelOptions): Promise<Graph> {
  if (reference.startsWith('block:')) {
    refuseFileOptions('a block', options);
    return resized(reference, options, loadBlock);
  }
  const isPath =
    reference === '-' || looksLikePath(reference) || (/[\\/]/.test(reference) && (await files.exists(reference)));
  if (!isPath && (await findModel(reference))) {
    refuseFileOptions('a zoo model', options);
    return loadZoo(reference, options);
  }
  if (isPath || (await files.exists(reference))) {
    return resized(reference, options, (path, others) => loadFile(files, path, others));
  }
  const near = suggestModel(reference.replace(/^.*[\\/]/, ''));
  throw new ArchmeterError(
    `there is no file and no zoo model named '${reference}'`,
    near.length > 0 ? `Did you mean ${near.join(', ')}?` : "'archmeter zoo' lists the models.",
  );
}

type Load = (reference: string, options: LoadModelOptions) => Promise<Graph>;

/** What `load` reads, at the resolution asked for: read once to learn the shape of its input, then with another. */
async function resized(reference: string, options: LoadModelOptions, read: Load): Promise<Graph> {
  const { resolution, ...others } = options;
  if (resolution === undefined) return read(reference, others);
  if (reference === '-') {
    throw new ArchmeterError(
      'a model from standard input cannot be read again at another resolution',
      'Give --input, e.g. --input 1x3x320x320.',
    );
  }
  const own = await read(reference, others);
  const inputs = { '': resizedInput(own, resolution) };
  return read(reference, { ...others, inputs });
}

function looksLikePath(reference: string): boolean {
  return (
    /^\.{0,2}[\\/]/.test(reference) ||
    /\.(ya?ml|json|onnx|pt2|pt|pth|keras|h5|hdf5|tflite|pb)$/i.test(reference) ||
    /^[a-z][a-z0-9+.-]*:\/\//i.test(reference)
  );
}

function loadZoo(reference: string, options: LoadModelOptions): Promise<Graph> {
  const names = Object.keys(options.inputs ?? {});
  const odd = names.find((name) => name !== '' && name !== 'input');
  if (odd !== undefined) {
    throw new ArchmeterError(
      `zoo models have one input named 'input', not '${odd}'`,
      'Write e.g. --input 1x3x320x320.',
    );
  }
  const shape = options.inputs?.[''] ?? options.inputs?.input;
  return buildModel(reference, {
    ...(options.batch === undefined ? {} : { batch: options.batch }),
    ...(options.resolution === undefined ? {} : { resolution: options.resolution }),
    ...(shape === undefined ? {} : { inputShape: shape }),
    ...(options.dtype === undefined ? {} : { dtype: options.dtype }),
    ...(options.parameters === undefined ? {} : { options: options.parameters }),
  });
}

async function loadBlock(reference: string, options: LoadModelOptions): Promise<Graph> {
  const match = /^block:([\w-]+)(?::([^@]*))?(?:@([\dx]+))?$/.exec(reference);
  const shape = options.inputs?.[''] ?? match?.[3]?.split('x').map(Number);
  if (match === null || shape === undefined) {
    throw new ArchmeterError(
      `'${reference}' does not describe a block`,
      'Write e.g. block:osa:outChannels=256,width=128@1x256x56x56; archmeter zoo --blocks lists them.',
    );
  }
  const { parse } = await import('yaml');
  const pairs = (match[2] ?? '').split(',').filter(Boolean);
  const written = Object.fromEntries(pairs.map((pair) => [pair.split('=')[0], parse(pair.split('=')[1] ?? 'null')]));
  const full = options.batch === undefined ? shape : [options.batch, ...shape.slice(1)];
  return buildBlock(match[1] as string, { ...written, ...options.parameters }, full, options.dtype);
}

async function loadFile(files: ModelFiles, path: string, options: LoadModelOptions): Promise<Graph> {
  if (SPEC_EXTENSION.test(path)) {
    const spec = await readAsSpec(files, path, options);
    if (spec !== undefined) return spec;
  }
  if (options.parameters !== undefined && Object.keys(options.parameters).length > 0) {
    throw new ArchmeterError('a model file has no parameters to set', 'Leave out --set.', { file: path });
  }
  const { importModel } = await import('../importers/index.js');
  const graph = await files.withFile(path, (source) => importModel(source, importOptions(options)));
  return { ...graph, name: path === '-' ? graph.name : fileName(path) };
}

/** Those of the options that a model file has a use for. */
export function importOptions({ inputs, batch, dims, inputData }: LoadModelOptions): ImportOptions {
  return {
    ...(inputs === undefined ? {} : { inputs }),
    ...(batch === undefined ? {} : { batch }),
    ...(dims === undefined ? {} : { dims }),
    ...(inputData === undefined ? {} : { inputData }),
  };
}

/** Options that hold for model files alone are errors elsewhere. */
function refuseFileOptions(what: string, { dims, inputData }: LoadModelOptions): void {
  const option = dims !== undefined ? '--dim' : inputData !== undefined ? '--input-data' : undefined;
  if (option === undefined) return;
  throw new ArchmeterError(`${what} leaves no size open that ${option} could give`, `Leave out ${option}.`);
}

/** The file's name; with the folder that was typed before it where every exporter calls the file the same. */
function fileName(path: string): string {
  const parts = path.split(/[\\/]/);
  const name = (parts.at(-1) as string).replace(/\.\w+$/, '');
  const folder = parts.at(-2);
  const saysNothing = name === 'model' && folder !== undefined && !/^\.{0,2}$/.test(folder);
  return saysNothing ? `${folder}/${name}` : name;
}

/** A YAML file is a spec; a JSON file may be a TF.js model instead: undefined then. */
async function readAsSpec(files: ModelFiles, path: string, options: LoadModelOptions): Promise<Graph | undefined> {
  const text = await files.text(path, MAX_SPEC_BYTES);
  if (text === undefined) return undefined;
  const { looksLikeSpec, readSpec, savedSchema } = await import('../spec/read-spec.js');
  const saved = savedSchema(text);
  if (saved !== undefined) {
    throw new ArchmeterError(
      `this is a result that archmeter wrote (${saved}), not a model`,
      "'archmeter report' and 'archmeter diff' read results.",
      { file: path },
    );
  }
  if (/\.json$/i.test(path) && !looksLikeSpec(text)) return undefined;
  refuseFileOptions('a spec file', options);
  return readSpec(text, path, {
    batch: options.batch,
    inputs: options.inputs,
    parameters: options.parameters,
    dtype: options.dtype,
  });
}
