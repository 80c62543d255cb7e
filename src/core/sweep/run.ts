import { ArchmeterError } from '../errors.js';
import type { ModelChain } from './chain.js';
import type { Condition } from './condition.js';
import { Designs, type SpaceParameter } from './designs.js';
import type { ParameterValue } from './domain.js';
import { Evaluator } from './evaluator.js';
import type { Exchange } from './exchange.js';
import { type FigureOptions, figureNames, LOCAL_FIGURES } from './figures.js';
import { Front } from './front.js';
import { createSampler, MOST_ATTEMPTS } from './sampling.js';
import type { Sampling, Space } from './space.js';

/** Designs at a time: what is held in memory before it is written. */
export const BATCH = 16_384;
const MOST_EXAMPLES = 3;

/** Rows of designs that meet the constraints: columns by name. */
export interface Batch {
  readonly rows: number;
  readonly design: Float64Array;
  readonly parameters: Readonly<Record<string, readonly ParameterValue[]>>;
  readonly figures: Readonly<Record<string, Float64Array>>;
}

export interface RunCounts {
  /** Numbers walked over. */
  walked: number;
  /** Designs among them. */
  designs: number;
  /** Designs that meet the constraints. */
  kept: number;
  /** Designs that cannot be built, such as groups that do not divide the channels. */
  impossible: number;
  readonly examples: string[];
}

/** How many numbers a space walks over: all of them, or the draws of its sampling. */
export function walkLength(space: Space, designs: Designs): number {
  return space.sampling?.count ?? designs.size;
}

/** Walks over parts of a space: batches of what it keeps, and the front. What layers cost is remembered throughout. */
export class SpaceRun {
  readonly designs: Designs;
  readonly evaluator: Evaluator;
  front!: Front;
  counts!: RunCounts;
  private readonly before: readonly Condition[];
  private readonly after: readonly Condition[];
  /** Parameters and figures that `after` reads; `figure` is -1 for a parameter. */
  private readonly reads: readonly { readonly name: string; readonly figure: number }[];
  private readonly read: Record<string, ParameterValue> = {};
  private readonly row: Float64Array;
  /** Where each objective stands among the figures; -1 for a parameter. */
  private readonly objectiveAt: readonly number[];
  private readonly objectives: Float64Array;
  private readonly values: Record<string, ParameterValue> = {};

  constructor(
    readonly space: Space,
    chain: ModelChain,
    options: FigureOptions,
    exchange?: Exchange,
  ) {
    this.designs = new Designs(space.parameters);
    this.evaluator = new Evaluator(
      chain,
      { ...options, localOnly: !needsContext(space, options) },
      'float32',
      exchange,
    );
    this.begin();
    const figures = new Set(figureNames(options));
    const readsFigures = ({ names }: Condition) => names.some((name) => figures.has(name));
    this.before = space.constraints.filter((condition) => !readsFigures(condition));
    this.after = space.constraints.filter(readsFigures);
    const parameters = new Set(space.parameters.map(({ name }) => name));
    this.reads = [...new Set(this.after.flatMap(({ names }) => names))]
      .map((name) => ({ name, figure: this.evaluator.names.indexOf(name) }))
      .filter(({ name, figure }) => figure >= 0 || parameters.has(name));
    this.row = new Float64Array(this.evaluator.names.length);
    this.objectiveAt = space.objectives.map(({ name }) => this.evaluator.names.indexOf(name));
    this.objectives = new Float64Array(space.objectives.length);
  }

  /** Starts front and counts anew. */
  begin(): void {
    this.front = new Front(this.space.objectives.map(({ direction }) => direction));
    this.counts = { walked: 0, designs: 0, kept: 0, impossible: 0, examples: [] };
  }

  /** Figures of one design; undefined where it is outside the constraints. Throws where it cannot be built. */
  figuresOf(values: Readonly<Record<string, ParameterValue>>): Float64Array | undefined {
    if (!this.before.every((condition) => condition.holds(values))) return undefined;
    this.evaluator.evaluate(values, this.row);
    if (this.after.length === 0) return this.row;
    const { read } = this;
    for (const { name, figure } of this.reads) {
      read[name] = figure < 0 ? (values[name] as ParameterValue) : (this.row[figure] as number);
    }
    return this.after.every((condition) => condition.holds(read)) ? this.row : undefined;
  }

  /** Objectives of the design whose values and figures are given, until the next call. */
  objectivesOf(values: Readonly<Record<string, ParameterValue>>, figures: Float64Array): Float64Array {
    for (let i = 0; i < this.objectiveAt.length; i++) {
      const at = this.objectiveAt[i] as number;
      const name = this.space.objectives[i]?.name as string;
      this.objectives[i] = at >= 0 ? (figures[at] as number) : Number(values[name]);
    }
    return this.objectives;
  }

  /** Walks numbers `from` to `end` (exclusive): designs of the space, or draws of its sampling. */
  *walk(from: number, end: number): Generator<Batch> {
    let batch = new BatchBuilder(this.designs, this.evaluator.names);
    const keeps =
      this.space.sampling === undefined ? this.all(from, end, () => batch) : this.drawn(from, end, () => batch);
    for (const kept of keeps) {
      if (!kept || !batch.isFull) continue;
      yield batch.finish();
      batch = new BatchBuilder(this.designs, this.evaluator.names);
    }
    if (!batch.isEmpty) yield batch.finish();
  }

  private *all(from: number, end: number, batch: () => BatchBuilder): Generator<boolean> {
    const { designs, values } = this;
    const digits = new Int32Array(designs.parameters.length).fill(-1);
    for (let at = from; at < end; ) {
      const odd = designs.fill(digits, values, designs.decode(at, digits));
      const next = odd < 0 ? at + 1 : Math.min(end, designs.skip(at, odd));
      this.counts.walked += next - at;
      yield odd < 0 && this.keep(at, batch());
      at = next;
    }
  }

  private *drawn(from: number, end: number, batch: () => BatchBuilder): Generator<boolean> {
    const { designs, values } = this;
    const sampling = this.space.sampling as Sampling;
    const sampler = createSampler(designs, sampling);
    const attempts = sampling.method === 'regnet' ? MOST_ATTEMPTS : 1;
    for (let at = from; at < end; at++) {
      let kept = false;
      for (let attempt = 0; attempt < attempts && !kept; attempt++) {
        const digits = sampler(at, attempt);
        designs.fill(digits, values);
        kept = this.keep(designs.encode(digits), batch());
      }
      this.counts.walked++;
      yield kept;
    }
  }

  private keep(index: number, batch: BatchBuilder): boolean {
    this.counts.designs++;
    let figures: Float64Array | undefined;
    try {
      figures = this.figuresOf(this.values);
    } catch (error) {
      if (!(error instanceof ArchmeterError)) throw error;
      this.counts.impossible++;
      if (this.counts.examples.length < MOST_EXAMPLES) this.counts.examples.push(`design ${index}: ${error.message}`);
      return false;
    }
    if (figures === undefined) return false;
    this.counts.kept++;
    this.front.offer(index, this.objectivesOf(this.values, figures));
    batch.add(index, this.values, figures);
    return true;
  }
}

/** Whether anything asked for needs a look at neighbouring steps; where nothing does, figures take half the time. */
function needsContext(space: Space, { devices }: FigureOptions): boolean {
  const local = new Set<string>([...LOCAL_FIGURES, 'peakActivationBytes']);
  const parameters = new Set(space.parameters.map(({ name }) => name));
  const names = [
    ...space.objectives.map(({ name }) => name),
    ...space.constraints.flatMap((condition) => condition.names),
  ];
  return (
    devices.length > 0 ||
    names.some((name) => !local.has(name) && !parameters.has(name) && /^(fused|kernels|estimated)/.test(name))
  );
}

class BatchBuilder {
  private rows = 0;
  private readonly design = new Float64Array(BATCH);
  private readonly parameters: ParameterValue[][];
  private readonly figures: Float64Array[];

  constructor(
    private readonly designs: Designs,
    private readonly names: readonly string[],
  ) {
    this.parameters = designs.parameters.map(() => []);
    this.figures = names.map(() => new Float64Array(BATCH));
  }

  get isFull(): boolean {
    return this.rows === BATCH;
  }

  get isEmpty(): boolean {
    return this.rows === 0;
  }

  add(index: number, values: Readonly<Record<string, ParameterValue>>, figures: Float64Array): void {
    const row = this.rows++;
    this.design[row] = index;
    for (let i = 0; i < this.parameters.length; i++) {
      const { name } = this.designs.parameters[i] as SpaceParameter;
      (this.parameters[i] as ParameterValue[]).push(values[name] as ParameterValue);
    }
    for (let i = 0; i < this.figures.length; i++) (this.figures[i] as Float64Array)[row] = figures[i] as number;
  }

  finish(): Batch {
    const { rows } = this;
    return {
      rows,
      design: this.design.subarray(0, rows),
      parameters: Object.fromEntries(
        this.designs.parameters.map(({ name }, i) => [name, this.parameters[i] as ParameterValue[]]),
      ),
      figures: Object.fromEntries(
        this.names.map((name, i) => [name, (this.figures[i] as Float64Array).subarray(0, rows)]),
      ),
    };
  }
}
