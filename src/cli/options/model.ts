import type { Options } from 'yargs';
import { type AnalyzeOptions, analyze } from '../../core/analysis/analyze.js';
import type { AnalysisResult } from '../../core/analysis/result.js';
import { DTYPES } from '../../core/compose/dtypes.js';
import { ArchmeterError } from '../../core/errors.js';
import type { Graph } from '../../core/ir/graph.js';
import type { DType, Shape } from '../../core/ir/tensor.js';
import type { LoadModelOptions } from '../../node/load-model.js';
import type { Arguments } from '../define-command.js';

/** Options of every command that takes a model. */
export const MODEL_OPTIONS = {
  batch: { type: 'number', describe: 'Images in a batch', requiresArg: true },
  input: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'Shape of an input: 1x3x320x320, or name=1x3x320x320 (repeatable)',
  },
  dim: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'A size that a model file leaves open: batch=4, sequence=128 (repeatable)',
  },
  'input-data': {
    type: 'string',
    array: true,
    nargs: 1,
    describe: "Contents of a model file's small input that shapes follow: sizes=480,640 (repeatable)",
  },
  resolution: { type: 'number', describe: 'Side of square input images', requiresArg: true },
  set: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: "A spec file's parameter or a zoo model's option: name=value (repeatable)",
  },
  dtype: {
    choices: Object.keys(DTYPES),
    describe: 'Element type of weights and activations. Default: fp32; a model file as it is stored',
    requiresArg: true,
  },
  'exclude-head': { type: 'boolean', describe: 'Leave out the classifier after the last feature map' },
} as const satisfies Record<string, Options>;

export const EXECUTION_OPTION = {
  execution: {
    choices: ['eager', 'fused'],
    default: 'eager',
    describe:
      'What is one kernel: every op alone, or convolutions and matrix products with the pointwise ops behind them',
  },
} as const satisfies Record<string, Options>;

export function loadOptions(args: Arguments): LoadModelOptions {
  const batch = wholeNumber(args.batch, '--batch');
  return {
    batch,
    resolution: wholeNumber(args.resolution, '--resolution'),
    inputs: args.input === undefined ? undefined : parseInputs(args.input as string[]),
    dims: args.dim === undefined ? undefined : parseDims(args.dim as string[]),
    inputData: args['input-data'] === undefined ? undefined : parseData(args['input-data'] as string[]),
    parameters: args.set === undefined ? undefined : parseSettings(args.set as string[]),
    excludeHead: args['exclude-head'] === true,
  };
}

export function dtypeOption(args: Arguments): DType | undefined {
  return args.dtype === undefined ? undefined : DTYPES[String(args.dtype)];
}

export function analyzeOptions(args: Arguments): AnalyzeOptions {
  return {
    execution: args.execution as 'eager' | 'fused' | undefined,
    dtype: dtypeOption(args),
    excludeHead: args['exclude-head'] === true,
  };
}

/** Loads and analyses one model as the command's options say. */
export async function analyzeModel(
  reference: string,
  args: Arguments,
): Promise<{ graph: Graph; result: AnalysisResult }> {
  const { loadModel } = await import('../../node/load-model.js');
  const graph = await loadModel(reference, loadOptions(args));
  try {
    return { graph, result: analyze(graph, analyzeOptions(args)) };
  } catch (error) {
    const isFile = graph.source?.file !== undefined;
    throw error instanceof ArchmeterError && isFile ? error.at({ file: reference }) : error;
  }
}

/** A positive whole number, or undefined where the option was not given. */
export function wholeNumber(value: unknown, name: string): number | undefined {
  if (value === undefined) return undefined;
  if (!Number.isSafeInteger(value) || (value as number) < 1) {
    throw new ArchmeterError(`${name} must be a whole number of at least 1`);
  }
  return value as number;
}

function parseInputs(list: readonly string[]): Record<string, Shape> {
  return Object.fromEntries(
    list.map((text) => {
      const at = text.lastIndexOf('=');
      const written = text.slice(at + 1);
      const shape = written === 'scalar' ? [] : written.split(/[x,]/).map((size) => (size === '' ? -1 : Number(size)));
      if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
        throw new ArchmeterError(
          `'${text}' is not a shape`,
          'Write e.g. --input 1x3x224x224 or --input image=1x3x224x224.',
        );
      }
      return [at < 0 ? '' : text.slice(0, at), shape];
    }),
  );
}

function parseDims(list: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    list.map((text) => {
      const at = text.lastIndexOf('=');
      const size = text.slice(at + 1);
      if (at < 1 || !/^\d{1,15}$/.test(size)) {
        throw new ArchmeterError(`'${text}' is not a size`, 'Write e.g. --dim batch=4.');
      }
      return [text.slice(0, at), Number(size)];
    }),
  );
}

function parseData(list: readonly string[]): Record<string, readonly number[]> {
  return Object.fromEntries(
    list.map((text) => {
      const at = text.lastIndexOf('=');
      const written = text.slice(at + 1);
      const numbers =
        written === '' ? [] : written.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
      if (at < 1 || numbers.some(Number.isNaN)) {
        throw new ArchmeterError(`'${text}' is no list of numbers`, 'Write e.g. --input-data sizes=480,640.');
      }
      return [text.slice(0, at), numbers];
    }),
  );
}

function parseSettings(list: readonly string[]): Record<string, string | number | boolean> {
  return Object.fromEntries(
    list.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new ArchmeterError(`'${text}' is not a setting`, 'Write --set name=value.');
      const value = text.slice(at + 1);
      if (value === 'true' || value === 'false') return [text.slice(0, at), value === 'true'];
      return [text.slice(0, at), value !== '' && Number.isFinite(Number(value)) ? Number(value) : value];
    }),
  );
}
