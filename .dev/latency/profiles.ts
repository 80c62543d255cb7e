import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DevicePart } from '../../src/core/analysis/devices/index.js';
import type { Precision } from '../../src/core/analysis/latency/precision.js';
import {
  type FurtherIntervals,
  type LatencyProfile,
  type LogInterval,
  namedParameters,
  PROFILE_SCHEMA,
} from '../../src/core/analysis/latency/profile.js';
import type { ExecutionModel } from '../../src/core/analysis/result.js';
import type { Case } from './cases.js';
import { accuracyOf, type Judged } from './metrics.js';
import type { Table } from './tables.js';

/** What a group of tables gives: constants, and how far estimates stray on families and devices left out. */
export interface ProfileSource {
  readonly id: string;
  /** Null for the profile of devices never timed. */
  readonly device: string | null;
  readonly part: DevicePart | undefined;
  readonly kind: 'gpu' | 'cpu';
  readonly precisions: readonly Precision[];
  readonly execution: ExecutionModel;
  readonly runtime: string;
  readonly source: string;
  readonly theta: Float64Array;
  readonly batches: readonly [number, number];
  readonly judged: readonly Judged[];
  readonly held: string;
  readonly interval: LogInterval;
  readonly layerInterval?: LogInterval | undefined;
  /** Of devices further from those that were timed. */
  readonly further?: Readonly<Record<keyof FurtherIntervals, Pick<ProfileSource, 'interval' | 'layerInterval'>>>;
  readonly architectures?: readonly string[];
  readonly otherArithmetic: number;
  readonly otherExecution: number;
}

export function profileOf(from: ProfileSource): LatencyProfile {
  const { median, p90, spearman } = accuracyOf(from.judged);
  const round = (value: number) => Number(value.toPrecision(4));
  const rounded = ({ logLow, logHigh }: LogInterval) => ({ logLow: round(logLow), logHigh: round(logHigh) });
  const both = ({ interval, layerInterval }: Pick<ProfileSource, 'interval' | 'layerInterval'>) => ({
    ...rounded(interval),
    ...(layerInterval === undefined ? {} : { layer: rounded(layerInterval) }),
  });
  const { further, architectures, otherArithmetic, otherExecution } = from;
  const [precision = 'float32', ...others] = from.precisions;
  return {
    schema: PROFILE_SCHEMA,
    id: from.id,
    device: from.device,
    kind: from.kind,
    ...(from.part === undefined ? {} : { part: from.part }),
    ...(architectures === undefined ? {} : { architectures }),
    runtime: from.runtime,
    precision,
    ...(others.length === 0 ? {} : { precisions: others }),
    execution: from.execution,
    source: from.source,
    batches: from.batches,
    parameters: namedParameters(from.theta),
    heldOut: {
      held: from.held,
      observations: from.judged.length,
      median: round(median),
      p90: round(p90),
      spearman: round(spearman),
      ...both(from),
      ...(further === undefined
        ? {}
        : {
            further: { architecture: both(further.architecture), power: both(further.power), both: both(further.both) },
          }),
      ...(otherArithmetic === 0 ? {} : { otherArithmetic: round(otherArithmetic) }),
      ...(otherExecution === 0 ? {} : { otherExecution: round(otherExecution) }),
    },
  };
}

export const batchesOf = (cases: readonly Case[]): [number, number] => {
  const batches = cases.map(({ row }) => row.batch);
  return [Math.min(...batches), Math.max(...batches)];
};

/** `pt240-cu124` is PyTorch 2.4.0 with CUDA 12.4. */
export function runtimeOf({ file, execution }: Table): string {
  const version = /pt(\d)(\d)(\d)/.exec(file);
  const cuda = /cu(\d\d)(\d)/.exec(file);
  const parts = [
    version ? `PyTorch ${version.slice(1).join('.')}` : 'PyTorch',
    execution === 'fused' ? 'compiled (dynamo)' : 'eager',
    cuda ? `CUDA ${cuda[1]}.${cuda[2]}` : '',
  ];
  return parts.filter(Boolean).join(', ');
}

export function writeProfiles(folder: string, profiles: readonly LatencyProfile[]): void {
  const head = '// Written by `npm run validate:latency -- --write-profiles`. Do not edit.\n';
  for (const file of readdirSync(folder)) rmSync(join(folder, file));
  const constant = (id: string) => id.toUpperCase().replace(/[^A-Z0-9]/g, '_');
  for (const profile of profiles) {
    const text = `${head}import type { LatencyProfile } from '../profile.js';\n\nexport const ${constant(profile.id)}: LatencyProfile = ${JSON.stringify(profile, null, 2)};\n`;
    writeFileSync(join(folder, `${profile.id.toLowerCase()}.ts`), text);
  }
  const imports = profiles.map(({ id }) => `import { ${constant(id)} } from './${id.toLowerCase()}.js';`);
  const list = profiles.map(({ id }) => `  ${constant(id)},`);
  writeFileSync(
    join(folder, 'index.ts'),
    `${head}import type { LatencyProfile } from '../profile.js';\n${imports.join('\n')}\n\n/** Profiles that archmeter ships. */\nexport const PROFILES: readonly LatencyProfile[] = [\n${list.join('\n')}\n];\n`,
  );
}
