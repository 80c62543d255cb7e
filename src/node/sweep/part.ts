import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ColumnSource, fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import type { Batch, RunCounts, SpaceRun } from '../../core/sweep/index.js';
import { metricOfFigure } from '../../core/sweep/index.js';
import { ARCHMETER_VERSION } from '../../core/version.js';
import { writeAtomically } from '../write-atomically.js';
import { newRun, type OpenSweep } from './open-space.js';

/** What a part holds, beside its Parquet file: `part-00003-of-00008.json`. Written last: with it the part is whole. */
export interface PartManifest {
  readonly schema: 'archmeter/sweep-part@1';
  readonly sweep: string;
  readonly shard: number;
  readonly shards: number;
  readonly from: number;
  readonly end: number;
  readonly counts: RunCounts;
  /** The part's own front: number and objectives, as minimised. */
  readonly front: readonly { readonly index: number; readonly costs: readonly number[] }[];
}

export function partName(shard: number, shards: number): string {
  const five = (value: number) => String(value).padStart(5, '0');
  return `part-${five(shard)}-of-${five(shards)}`;
}

/** The numbers of a shard. */
export function shardRange(length: number, shard: number, shards: number): { from: number; end: number } {
  return { from: Math.floor((length * shard) / shards), end: Math.floor((length * (shard + 1)) / shards) };
}

/**
 * Computes one shard into a folder: a Parquet file and its manifest, each written aside and renamed when whole, so that
 * a run killed at any moment leaves nothing half. The same sweep gives the same bytes.
 *
 * @param run remembers what layers cost from shard to shard
 * @param onProgress numbers walked since the last call
 */
export async function runShard(
  sweep: OpenSweep,
  folder: string,
  shard: number,
  run: SpaceRun = newRun(sweep),
  onProgress: (walked: number) => void = () => {},
): Promise<PartManifest> {
  const { shards } = sweep.settings;
  const { from, end } = shardRange(sweep.length, shard, shards);
  await mkdir(folder, { recursive: true });
  const path = join(folder, partName(shard, shards));
  const aside = `${path}.${process.pid}.unfinished`;
  run.begin();
  try {
    const file = new PartFile(aside, sweep);
    let walked = 0;
    for (const batch of run.walk(from, end)) {
      file.write(batch);
      onProgress(run.counts.walked - walked);
      walked = run.counts.walked;
    }
    file.finish(run.evaluator.names);
    onProgress(run.counts.walked - walked);
    await rename(aside, `${path}.parquet`);
  } finally {
    await rm(aside, { force: true });
  }
  const manifest: PartManifest = {
    schema: 'archmeter/sweep-part@1',
    sweep: sweep.hash,
    shard,
    shards,
    from,
    end,
    counts: run.counts,
    front: run.front.sorted().map(({ index, costs }) => ({ index, costs: [...costs] })),
  };
  await writeAtomically(`${path}.json`, `${JSON.stringify(manifest, null, 1)}\n`, { force: true });
  return manifest;
}

/** The manifest of a part, where it is there and whole. */
export async function readManifest(folder: string, shard: number, shards: number): Promise<PartManifest | undefined> {
  try {
    const text = await readFile(join(folder, `${partName(shard, shards)}.json`), 'utf8');
    const manifest = JSON.parse(text) as PartManifest;
    return manifest.schema === 'archmeter/sweep-part@1' ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/** A Parquet file under way: a row group a batch. */
class PartFile {
  private writer: ParquetWriter | undefined;

  constructor(
    private readonly path: string,
    private readonly sweep: OpenSweep,
  ) {}

  write(batch: Batch): void {
    const columnData = columnsOf(batch, this.sweep);
    this.writer ??= this.open(columnData);
    this.writer.write({ columnData, rowGroupSize: batch.rows });
  }

  /** @param names figures, for a part without rows */
  finish(names: readonly string[]): void {
    if (this.writer === undefined) {
      const figures = Object.fromEntries(names.map((name) => [name, new Float64Array(0)]));
      const parameters = Object.fromEntries(this.sweep.space.parameters.map(({ name }) => [name, []]));
      this.writer = this.open(columnsOf({ rows: 0, design: new Float64Array(0), parameters, figures }, this.sweep));
    }
    this.writer.finish();
  }

  private open(columnData: ColumnSource[]): ParquetWriter {
    return new ParquetWriter({
      writer: fileWriter(this.path),
      schema: schemaFromColumnData({ columnData }),
      createdBy: `archmeter version ${ARCHMETER_VERSION}`,
      kvMetadata: [
        { key: 'archmeter.sweep', value: this.sweep.hash },
        { key: 'archmeter.settings', value: JSON.stringify(this.sweep.settings) },
        { key: 'archmeter.units', value: JSON.stringify(unitsOf(columnData)) },
      ],
    });
  }
}

/** Counts are whole numbers below 2^53, which DOUBLE holds exactly and SQL divides without surprise. */
function columnsOf(batch: Batch, { space }: OpenSweep): ColumnSource[] {
  const parameters = space.parameters.map(({ name, values, otherwise }): ColumnSource => {
    const kinds = new Set([...values, otherwise].map((value) => typeof value));
    const data = batch.parameters[name] ?? [];
    if (kinds.size === 1 && kinds.has('number'))
      return { name, data: [...data] as number[], type: 'DOUBLE', nullable: false };
    if (kinds.size === 1 && kinds.has('boolean')) return { name, data: [...data], type: 'BOOLEAN', nullable: false };
    return { name, data: data.map(String), type: 'STRING', nullable: false };
  });
  return [
    { name: 'design', data: batch.design, type: 'DOUBLE', nullable: false },
    ...parameters,
    ...Object.entries(batch.figures).map(
      ([name, data]): ColumnSource => ({ name, data, type: 'DOUBLE', nullable: false }),
    ),
  ];
}

function unitsOf(columns: readonly ColumnSource[]): Record<string, string> {
  const known = columns.map(({ name }) => [name, metricOfFigure(name)?.unit] as const);
  return Object.fromEntries(known.filter(([, unit]) => unit !== undefined)) as Record<string, string>;
}
