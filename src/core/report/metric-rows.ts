import type { Distribution, Measurement } from '../measurement.js';
import { METRICS, type MetricId, type Unit } from '../units.js';
import { MEASURED_METRICS, MODEL_METRICS } from './columns.js';
import { paperCostCaveat } from './paper-cost.js';
import { distributionOf, type ModelTiming, type ReportModel, type ReportView } from './view.js';

/** One figure of every model, side by side. */
export interface MetricRow {
  readonly id: MetricId;
  readonly heading: string;
  readonly unit: Unit;
  readonly better: 'lower' | 'higher' | 'neither';
  readonly origin: 'analytic' | 'estimated' | 'measured';
  /** Runtime and device of a measured figure, device of an estimated one. */
  readonly place: string | null;
  readonly definition: string;
  /** By model index. */
  readonly cells: readonly MetricCell[];
  /**
   * Indices of the models that are best; empty where nothing is better than anything else, or where a measured or
   * estimated figure's interval reaches another's, or the harness left open which of two is faster.
   */
  readonly best: readonly number[];
}

export interface MetricCell {
  readonly value: number | null;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
  /** Value over the baseline's. */
  readonly ratio: number | null;
  /** Why there is no value. */
  readonly missing?: string | undefined;
  /** Whether the difference from the baseline may be none: intervals meet, or the harness found neither faster. */
  readonly open: boolean;
}

type Figure = Omit<MetricCell, 'ratio' | 'open'>;

/** Whether a figure says what the harness's verdict rests on; images a second come from wall time whatever the clock. */
function isJudged(id: MetricId, { settings }: Measurement): boolean {
  return id === 'measuredLatencyMs' || (id === 'measuredImagesPerSecond' && settings.clock === 'wall');
}

/** Work over time: two may differ where the times do not, but not by less than two copies of one model do. */
const RATES: ReadonlySet<MetricId> = new Set<MetricId>([
  'measuredMaddsPerSecond',
  'measuredFlopsPerSecond',
  'measuredBandwidth',
]);

/** All figures of a report: analytic ones, then those of each measurement, then estimates by device. */
export function metricRows({ models, measurements }: ReportView): MetricRow[] {
  const rows: MetricRow[] = [];
  const analyses = models.flatMap(({ analysis }) => analysis ?? []);
  if (analyses.length > 0) {
    const ranksNot = paperCostCaveat(analyses) !== undefined;
    for (const id of MODEL_METRICS) {
      const counted = row(
        id,
        null,
        models.map((model) => analyticFigure(model, id)),
      );
      rows.push(ranksNot && id === 'paperMemoryAccessCost' ? { ...counted, better: 'neither', best: [] } : counted);
    }
  }
  for (const measurement of measurements) {
    const timings = models.map((model) => model.timings.find((timing) => timing.measurement === measurement));
    const place = `${measurement.runtime.name}, ${measurement.device.name}`;
    const isOpen = openPairs(measurement, models);
    for (const id of MEASURED_METRICS) {
      const figures = timings.map((timing) => measuredFigure(timing, id));
      const doubt = isJudged(id, measurement) ? isOpen : RATES.has(id) ? withinFloor(measurement, figures) : undefined;
      rows.push(row(id, place, figures, doubt));
    }
  }
  for (const device of new Set(models.flatMap(({ estimates }) => estimates.map((estimate) => estimate.device)))) {
    for (const id of ['estimatedLatencyMs', 'estimatedEnergyJoules'] as const) {
      rows.push(
        row(
          id,
          device,
          models.map((model) => estimatedFigure(model, device, id)),
        ),
      );
    }
  }
  return rows.filter(({ cells }) => cells.some(({ value, missing }) => value !== null || missing !== undefined));
}

function row(
  id: MetricId,
  place: string | null,
  figures: readonly Figure[],
  isOpen: IsOpen = () => undefined,
): MetricRow {
  const { heading, unit, better, origin, definition } = METRICS[id];
  const baseline = figures[0]?.value ?? null;
  const [first] = figures;
  const cells = figures.map((figure, index) => ({
    ...figure,
    ratio: figure.value === null || baseline === null || baseline === 0 ? null : figure.value / baseline,
    open: index > 0 && first !== undefined && (isOpen(0, index) ?? overlap(first, figure)),
  }));
  return { id, heading, unit, better, origin, place, definition, cells, best: bestOf(better, cells, isOpen) };
}

function bestOf(better: MetricRow['better'], cells: readonly MetricCell[], isOpen: IsOpen): number[] {
  const values = cells.flatMap(({ value }) => (value === null ? [] : [value]));
  if (better === 'neither' || values.length < 2) return [];
  const best = better === 'lower' ? Math.min(...values) : Math.max(...values);
  const holders = cells.flatMap(({ value }, index) => (value === best ? [index] : []));
  const doubted = cells.some(
    (cell, index) =>
      cell.value !== null &&
      !holders.includes(index) &&
      holders.some((holder) => isOpen(holder, index) ?? overlap(cells[holder] as MetricCell, cell)),
  );
  return doubted || holders.length === values.length ? [] : holders;
}

/** Whether two models, by index, cannot be told apart whatever their values; undefined: their intervals tell. */
type IsOpen = (a: number, b: number) => boolean | undefined;

function overlap(a: Figure, b: Figure): boolean {
  if (a.low === undefined || a.high === undefined || b.low === undefined || b.high === undefined) return false;
  return a.low <= b.high && b.low <= a.high;
}

/** What the harness found of a pair: it compares round by round, which tells more than the two intervals. */
function openPairs({ comparisons }: Measurement, models: readonly ReportModel[]): IsOpen {
  return (a, b) => {
    const [first, second] = [models[a]?.name, models[b]?.name];
    const found = comparisons.find(
      ({ name, baseline }) => (name === first && baseline === second) || (name === second && baseline === first),
    );
    return found && (found.verdict === 'inconclusive' || found.verdict === 'equivalent');
  };
}

/** Pairs whose ratio is not beyond that of two timings of one arm. */
function withinFloor({ control }: Measurement, figures: readonly Figure[]): IsOpen {
  const floor = control?.floor ?? 1;
  return (a, b) => {
    const [first, second] = [figures[a]?.value ?? 0, figures[b]?.value ?? 0];
    return floor > 1 && Math.max(first, second) <= floor * Math.min(first, second) ? true : undefined;
  };
}

function analyticFigure({ analysis }: ReportModel, id: MetricId): Figure {
  if (analysis === null) return { value: null };
  const totals: Readonly<Record<string, unknown>> = {
    ...analysis.totals,
    kernels: analysis.totals[analysis.options.execution].kernels,
  };
  const value = totals[id];
  return { value: typeof value === 'number' ? value : null };
}

function measuredFigure(timing: ModelTiming | undefined, id: MetricId): Figure {
  if (timing === undefined) return { value: null };
  const { arm } = timing;
  if (arm.status === 'failed') return { value: null, missing: arm.message ?? 'failed' };
  const distribution = distributionOf(timing);
  switch (id) {
    case 'measuredLatencyMs':
      return time(distribution);
    case 'measuredWallMs':
      return time(timing.measurement.settings.clock === 'device' ? (arm.wall?.hot ?? null) : null);
    case 'measuredImagesPerSecond':
      return rate(arm.imagesPerSecond, arm.wall?.hot ?? null);
    case 'measuredMaddsPerSecond':
      return rate(arm.maddsPerSecond, distribution);
    case 'measuredFlopsPerSecond':
      return rate(arm.flopsPerSecond, distribution);
    case 'measuredBandwidth':
      return rate(arm.bandwidthBytesPerSecond, distribution);
    case 'measuredEnergyJoules':
      // A trace never has it: nothing was left undone.
      if (arm.trace !== undefined) return { value: null };
      return arm.energy.status === 'measured'
        ? { value: arm.energy.grossEnergyJoules }
        : { value: null, missing: arm.energy.reason };
    case 'measuredPowerWatts':
      return { value: arm.energy.status === 'measured' ? arm.energy.powerWatts : null };
    default:
      return { value: null };
  }
}

function time(distribution: Distribution | null): Figure {
  if (distribution === null) return { value: null };
  const { medianMs, lowMs, highMs } = distribution;
  return { value: medianMs, low: lowMs, high: highMs };
}

/** Work over latency: its interval is that of the latency, turned over. */
function rate(value: number | undefined, distribution: Distribution | null): Figure {
  if (value === undefined) return { value: null };
  if (distribution === null) return { value };
  const { medianMs, lowMs, highMs } = distribution;
  if (lowMs === undefined || highMs === undefined) return { value };
  return { value, low: (value * medianMs) / highMs, high: (value * medianMs) / lowMs };
}

function estimatedFigure(
  model: ReportModel,
  device: string,
  id: 'estimatedLatencyMs' | 'estimatedEnergyJoules',
): Figure {
  const estimate = model.estimates.find((candidate) => candidate.device === device);
  if (estimate === undefined) return { value: null };
  return id === 'estimatedLatencyMs'
    ? { value: estimate.latencyMs ?? null, low: estimate.latencyLowMs, high: estimate.latencyHighMs }
    : { value: estimate.energyJoules ?? null, low: estimate.energyLowJoules, high: estimate.energyHighJoules };
}
