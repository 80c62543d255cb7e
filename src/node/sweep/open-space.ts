import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { findDevice } from '../../core/analysis/devices/index.js';
import type { Precision } from '../../core/analysis/latency/index.js';
import { ArchmeterError } from '../../core/errors.js';
import {
  Designs,
  deviceKey,
  type Exchange,
  type FigureOptions,
  familyChain,
  type ModelChain,
  readSpace,
  type Space,
  SpaceRun,
  specChain,
  walkLength,
  withBatch,
} from '../../core/sweep/index.js';
import { ARCHMETER_VERSION } from '../../core/version.js';
import { readText } from '../read-text.js';

/** What fixes every figure of a sweep: with it alone, any machine computes any part. Stored as `sweep.json`. */
export interface SweepSettings {
  readonly schema: 'archmeter/sweep@1';
  readonly archmeter: string;
  readonly space: { readonly file: string; readonly text: string };
  /** The spec file of the model; null where it is a family of the zoo. */
  readonly model: { readonly file: string; readonly text: string } | null;
  readonly precision: Precision;
  readonly batch: number | null;
  readonly shards: number;
}

/** A sweep that can be run. */
export interface OpenSweep {
  readonly settings: SweepSettings;
  /** Changes where anything that the figures depend on changes. */
  readonly hash: string;
  readonly space: Space;
  readonly chain: ModelChain;
  readonly figures: FigureOptions;
  /** Numbers that the shards share out. */
  readonly length: number;
}

/** Numbers a shard holds at most where the caller says nothing: seconds of work. */
const MOST_OF_SHARD = 250_000;
/** So many parts where each still holds `LEAST_OF_SHARD` numbers: threads then end at about one time. */
const SHARDS = 16;
const LEAST_OF_SHARD = 16_384;

export interface SweepOptions {
  readonly precision: Precision;
  readonly batch?: number | undefined;
  /** How many parts; by default 16, fewer of a small space, more of one with over 4 million designs. */
  readonly shards?: number | undefined;
}

/** Reads a space file and the model that it names. Throws ArchmeterError where either cannot be read. */
export async function openSpace(path: string, options: SweepOptions): Promise<OpenSweep> {
  const text = await readText(path);
  const space = readSpace(text, path);
  const { model } = space;
  let spec: SweepSettings['model'] = null;
  if (model.kind === 'spec') {
    const file = resolve(dirname(path), model.path);
    spec = {
      file: model.path,
      text: await readText(file).catch((error: unknown) => {
        throw error instanceof ArchmeterError
          ? new ArchmeterError(`the model '${model.path}': ${error.problem}`, error.fix, {
              file: path,
              line: model.line,
            })
          : error;
      }),
    };
  }
  const length = walkLength(space, new Designs(space.parameters));
  return openSweep({
    schema: 'archmeter/sweep@1',
    archmeter: ARCHMETER_VERSION,
    space: { file: path.replace(/^.*[\\/]/, ''), text },
    model: spec,
    precision: options.precision,
    batch: options.batch ?? space.batch ?? null,
    shards: options.shards ?? shardsOf(length),
  });
}

function shardsOf(length: number): number {
  const few = Math.min(SHARDS, Math.floor(length / LEAST_OF_SHARD));
  return Math.max(1, few, Math.ceil(length / MOST_OF_SHARD));
}

/** Opens what `sweep.json` of a folder says. */
export async function openSweep(settings: SweepSettings): Promise<OpenSweep> {
  const space = readSpace(settings.space.text, settings.space.file);
  const names = space.parameters.map(({ name }) => name);
  const chain = await chainOf(space, settings, names);
  const devices = await Promise.all(
    space.devices.map(async (id) => ({ key: deviceKey(id), device: await findDevice(id) })),
  );
  return {
    settings,
    hash: createHash('sha256').update(JSON.stringify(settings)).digest('hex'),
    space,
    chain: settings.batch === null ? chain : withBatch(chain, settings.batch),
    figures: { devices, precision: settings.precision },
    length: walkLength(space, new Designs(space.parameters)),
  };
}

export function newRun(sweep: OpenSweep, exchange?: Exchange): SpaceRun {
  return new SpaceRun(sweep.space, sweep.chain, sweep.figures, exchange);
}

async function chainOf(
  space: Space,
  { space: { file }, model }: SweepSettings,
  names: readonly string[],
): Promise<ModelChain> {
  if (space.model.kind === 'spec') return specChain(model?.text ?? '', model?.file ?? file, names);
  try {
    return await familyChain(space.model.family, space.model.variant, names);
  } catch (error) {
    throw error instanceof ArchmeterError ? error.at({ file, line: space.model.line }) : error;
  }
}
