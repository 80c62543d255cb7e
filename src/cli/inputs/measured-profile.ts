import { open, readFile } from 'node:fs/promises';
import { ArchmeterError } from '../../core/errors.js';
import type { Graph } from '../../core/ir/graph.js';
import { type ArmMeasurement, MEASUREMENT_SCHEMA, type Measurement } from '../../core/measurement.js';
import { loadModel } from '../../node/load-model.js';
import type { Arguments } from '../define-command.js';
import { loadOptions } from '../options/model.js';
import { readProfile } from './read-profile.js';

/** A profile by its trace or by the measurement that `profile --save-measurement` wrote, with the model where one is named. */
export interface MeasuredProfile {
  readonly measurement: Measurement;
  readonly arm: ArmMeasurement;
  readonly graph: Graph | undefined;
}

export async function readMeasuredProfile(
  path: string,
  model: string | undefined,
  args: Arguments,
): Promise<MeasuredProfile> {
  if (!(await isMeasurement(path))) {
    const { measurement, profile } = await readProfile(path, { ...args, model });
    return {
      measurement,
      arm: measurement.arms[0] as ArmMeasurement,
      graph: model === undefined ? undefined : profile.graph,
    };
  }
  const { joinSavedFiles } = await import('../../core/report/index.js');
  const file = { name: path, text: await readFile(path, 'utf8') };
  const measurement = joinSavedFiles([file], { command: '', title: '' }).measurements[0] as Measurement;
  const [arm] = measurement.arms;
  if (arm?.trace === undefined || arm.layers === undefined) {
    throw new ArchmeterError(
      'the measurement is of no profile: it tells no gaps and no work beside layers',
      "Give a trace, or what 'archmeter profile --save-measurement' wrote.",
      { file: path },
    );
  }
  if (model === undefined) return { measurement, arm, graph: undefined };
  const options = loadOptions(args);
  const isGiven = options.batch !== undefined || options.inputs !== undefined;
  const graph = await loadModel(model, isGiven ? options : { ...options, batch: arm.batch });
  const names = new Set(graph.nodes.map(({ name }) => name));
  const timed = arm.layers.timings.filter(({ unjoined }) => unjoined !== true);
  if (!timed.some(({ name }) => names.has(name))) {
    throw new ArchmeterError(
      `no layer of ${graph.name} is in the profile`,
      `It was written without --model, or for another: 'archmeter profile TRACE --model ${model}' joins them.`,
      { file: path },
    );
  }
  return { measurement, arm, graph };
}

const HEAD_BYTES = 4096;

async function isMeasurement(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  // What cannot be opened is told where it is read.
  if (file === undefined) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead).includes(`"${MEASUREMENT_SCHEMA}"`);
  } finally {
    await file.close();
  }
}
