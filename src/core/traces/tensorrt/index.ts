import { ArchmeterError } from '../../errors.js';
import type { ByteSource } from '../../importers/define-importer.js';
import { defineTraceFormat, type TraceOptions } from '../define-trace-format.js';
import { textOf } from '../shared/chunks.js';
import { numberOf, recordOf, textOr } from '../shared/json-events.js';
import type { Trace, TraceStep } from '../trace.js';
import { HOW } from './how.js';
import { isOwn, nodesNamed, nodesOfMetadata } from './names.js';

const MOST_BYTES = 64 * 2 ** 20;

export default defineTraceFormat({
  format: 'tensorrt',
  title: 'TensorRT profile (trtexec --exportProfile)',
  how: HOW,
  matches: (head) => /^\s*\[\s*\{\s*"count"\s*:/.test(head) || /"averageMs"\s*:/.test(head),
  read,
});

/** Averages over the runs: the profile has no time line, so that gaps between layers are not known. */
async function read(source: ByteSource, { layerInfo }: TraceOptions): Promise<Trace> {
  const list = parse(await textOf(source, MOST_BYTES), source.name);
  const metadata = layerInfo === undefined ? new Map<string, string[]>() : await layersOf(layerInfo);
  const count = numberOf(recordOf(list[0])['count']);
  const steps = list.flatMap((entry): TraceStep[] => {
    const layer = recordOf(entry);
    const name = textOr(layer['name']);
    const time = numberOf(layer['medianMs']) ?? numberOf(layer['averageMs']);
    if (name === '' || time === undefined || time < 0) return [];
    const told = metadata.get(name) ?? [];
    const { names, isRange } = told.length > 0 ? { names: told, isRange: false } : nodesNamed(name);
    return [
      {
        name,
        calls: [],
        modules: [],
        deviceMs: time,
        kernels: 1,
        nodes: names.map((node) => ({ name: node })),
        ...(isRange ? { nodesAreRange: true as const } : {}),
        ...(isOwn(name) ? { other: 'layout' as const } : {}),
      },
    ];
  });
  if (steps.length === 0) {
    throw new ArchmeterError('the profile holds no layer with a time', "See 'archmeter profile --how tensorrt'.");
  }
  const total = steps.reduce((sum, { deviceMs }) => sum + deviceMs, 0);
  const isMedian = list.some((entry) => recordOf(entry)['medianMs'] !== undefined);
  return {
    format: 'tensorrt',
    title: 'TensorRT',
    device: { kind: 'gpu', name: 'GPU (its name is not in the profile)', vendor: 'NVIDIA' },
    software: count === undefined ? {} : { runs: String(count) },
    clock: 'device',
    clockSource: `${isMedian ? 'medians' : 'averages'} of trtexec over all runs`,
    clockQuantumMs: 1e-3,
    iterations: [{ steps, spanMs: total, idleMs: 0, overlapMs: 0 }],
    warmUpIterations: 0,
    totalMs: total,
    leftOutMs: 0,
    attributedMs: total,
    notes: [
      'The profile has no time line: an iteration is the sum of its layers, gaps between them are not known.',
      ...(metadata.size > 0 ? [] : ['Without --layer-info, layers are told by their names alone.']),
    ],
  };
}

/** Nodes of the ONNX file by TensorRT layer, from `--exportLayerInfo` of an engine built with detailed verbosity. */
async function layersOf(source: ByteSource): Promise<Map<string, string[]>> {
  const layers = recordOf(parseJson(await textOf(source, MOST_BYTES), source.name))['Layers'];
  if (!Array.isArray(layers)) {
    throw new ArchmeterError('it holds no Layers', 'Give the file of trtexec --exportLayerInfo.', {
      file: source.name,
    });
  }
  const known = layers.map((layer): [string, string[]] => {
    const { Name, Metadata } = recordOf(layer);
    return [textOr(Name), nodesOfMetadata(textOr(Metadata))];
  });
  return new Map(known.filter(([, nodes]) => nodes.length > 0));
}

function parse(text: string, file: string): unknown[] {
  const list = parseJson(text, file);
  if (Array.isArray(list)) return list;
  throw new ArchmeterError('it is no list of layers', 'Give the file of trtexec --exportProfile.', { file });
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ArchmeterError(
      `it is no sound JSON: ${(error as Error).message}`,
      'It is damaged or cut short; copy it again.',
      { file },
    );
  }
}
