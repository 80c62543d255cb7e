import { analyze } from '../../core/analysis/analyze.js';
import type { AnalysisResult } from '../../core/analysis/result.js';
import { estimatedOnOnly, onDevicesOf } from '../../core/compose/on-devices.js';
import { publishedOf } from '../../core/compose/published.js';
import { backgroundOf } from '../../core/compose/zoo-background.js';
import { ArchmeterError } from '../../core/errors.js';
import { resizedInput } from '../../core/graph/resized-input.js';
import type { Graph } from '../../core/ir/graph.js';
import type { Measurement } from '../../core/measurement.js';
import type { ReportInput, Sweep, SweepPoint } from '../../core/report/define-reporter.js';
import { titleOf } from '../../core/report/document.js';
import type { MetricId } from '../../core/units.js';
import { loadModel } from '../../node/load-model.js';
import type { Arguments } from '../define-command.js';
import { analyzeOptions, loadOptions } from '../options/model.js';
import { namedDevices } from '../options/target-devices.js';
import { commandLine } from '../output.js';

/** A model of the report: what the user typed and what came of it. */
export interface ReportedModel {
  readonly reference: string;
  readonly graph: Graph;
  readonly result: AnalysisResult;
}

/** Everything a report can show of some models, by the command's options. */
export async function reportInput(
  models: readonly ReportedModel[],
  args: Arguments,
  more: { readonly title?: string; readonly measurement?: Measurement } = {},
): Promise<ReportInput> {
  const { measurement } = more;
  const sweeps: Sweep[] = [];
  for (const written of (args['sweep'] as string[] | undefined) ?? []) sweeps.push(await sweep(written, models, args));
  const published = (await Promise.all(models.map((model) => publishedFor(model, args)))).filter(
    (entry) => entry !== undefined,
  );
  const targets = await namedDevices(args['on']);
  const onDevices = await onDevicesOf(models, targets, measurement);
  return {
    title: more.title ?? titleOf(models.map(({ result }) => result.model.name)),
    command: commandLine(),
    ...(measurement === undefined ? {} : { createdAt: measurement.startedAt }),
    analyses: models.map(({ result }) => result),
    graphs: models.map(({ graph }) => graph),
    measurements: measurement === undefined ? [] : [measurement],
    ...(sweeps.length === 0 ? {} : { sweeps }),
    ...(published.length === 0 ? {} : { published }),
    ...(await backgroundOf(models, published, targets)),
    ...onDevices,
  };
}

/** Nothing is printed of a model that was changed. */
async function publishedFor({ reference, result }: ReportedModel, args: Arguments) {
  return reference.includes(':') || args['set'] !== undefined ? undefined : publishedOf(result);
}

const SWEPT = [
  'madds',
  'flops',
  'activations',
  'memoryAccessCost',
  'paperMemoryAccessCost',
  'readBytes',
  'writeBytes',
  'arithmeticIntensity',
  'peakActivationBytes',
] as const satisfies readonly MetricId[];

const MOST_POINTS = 64;

async function sweep(written: string, models: readonly ReportedModel[], args: Arguments): Promise<Sweep> {
  const { variable, values } = parseSweep(written);
  const devices = await namedDevices(args['on']);
  const points: SweepPoint[] = [];
  for (const { reference, graph, result } of models) {
    for (const value of values) {
      const load = loadOptions(args);
      const swept = await loadModel(
        reference,
        variable === 'batch'
          ? { ...load, batch: value }
          : { ...load, resolution: undefined, inputs: { '': resizedInput(graph, value) } },
      );
      const cost = analyze(swept, analyzeOptions(args));
      const counted = SWEPT.flatMap((id) => (cost.totals[id] === null ? [] : [[id, cost.totals[id]]]));
      const estimated = await estimatedOnOnly({ graph: swept, result: cost }, devices);
      const metrics = { ...Object.fromEntries(counted), ...estimated };
      points.push({ model: result.model.name, value, metrics });
    }
  }
  return { variable, points };
}

function parseSweep(written: string): { variable: 'batch' | 'resolution'; values: number[] } {
  const match = /^(batch|resolution)=(.+)$/.exec(written);
  const range = /^(\d+)\.\.(\d+)(?::(\d+))?$/.exec(match?.[2] ?? '');
  const values = range
    ? steps(Number(range[1]), Number(range[2]), Number(range[3] ?? 1))
    : (match?.[2] ?? '').split(',').map(Number);
  const fits =
    values.length > 0 &&
    values.length <= MOST_POINTS &&
    values.every((value) => Number.isSafeInteger(value) && value > 0);
  if (match === null || !fits) {
    throw new ArchmeterError(
      `'${written}' is not a sweep of at most ${MOST_POINTS} points`,
      'Write e.g. --sweep batch=1,2,4,8 or --sweep resolution=160..320:32.',
    );
  }
  return { variable: match[1] as 'batch' | 'resolution', values };
}

function steps(from: number, to: number, by: number): number[] {
  const count = by > 0 ? Math.floor((to - from) / by) + 1 : 0;
  return Array.from({ length: Math.max(0, Math.min(count, MOST_POINTS + 1)) }, (_, i) => from + i * by);
}
