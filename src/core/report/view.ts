import type { AnalysisResult } from '../analysis/result.js';
import { formatShape } from '../ir/tensor.js';
import type { ArmComparison, ArmMeasurement, Distribution, Measurement } from '../measurement.js';
import type { Estimate, GroupMember, PublishedModel } from './define-reporter.js';
import type { ReportDocument } from './document.js';

/** One architecture of a report: its analysis and whatever was measured, estimated or published about it. */
export interface ReportModel {
  /** Unique in the report. */
  readonly name: string;
  /** Place in its view; the first is the baseline. */
  readonly index: number;
  readonly style: ModelStyle;
  readonly analysis: AnalysisResult | null;
  readonly timings: readonly ModelTiming[];
  readonly estimates: readonly Estimate[];
  readonly published: readonly PublishedModel[];
}

/** How a model is drawn everywhere: one colour for an architecture, a paler shade for its next variant. */
export interface ModelStyle {
  /** Place of the architecture among all of the report: its colour. */
  readonly colour: number;
  /** 0 for the first model of the architecture in the view, 1 for the next. */
  readonly shade: number;
  readonly marker: number;
}

export interface ModelTiming {
  readonly measurement: Measurement;
  readonly arm: ArmMeasurement;
  /** Against its baseline in the same measurement. */
  readonly comparison: ArmComparison | null;
}

/** Models that are compared with each other, with everything known about each. */
export interface ReportView {
  readonly document: ReportDocument;
  /** Of the group; null where the report has no groups. */
  readonly title: string | null;
  readonly note: string | null;
  readonly models: readonly ReportModel[];
  /** Those that timed any of the models. */
  readonly measurements: readonly Measurement[];
}

/** Models that stand side by side; more become rows, in tables and in charts. */
export const SIDE_BY_SIDE = 5;

export function isMany({ models }: Pick<ReportView, 'models'>): boolean {
  return models.length > SIDE_BY_SIDE;
}

type Unplaced = Omit<ReportModel, 'index' | 'style'>;

/** One view for each group of a report; one of everything where there are no groups. */
export function viewsOf(document: ReportDocument): ReportView[] {
  const models = modelsOf(document);
  const architectures: string[] = [];
  const colourOf = (architecture: string) => {
    if (!architectures.includes(architecture)) architectures.push(architecture);
    return architectures.indexOf(architecture);
  };
  return groupsOf(document, models).map(({ title, note, members }) => {
    const shades = new Map<number, number>();
    const placed = members.map(({ model, architecture }, index): ReportModel => {
      const colour = colourOf(architecture);
      const shade = shades.get(colour) ?? 0;
      shades.set(colour, shade + 1);
      return { ...model, index, style: { colour, shade, marker: index } };
    });
    const timed = document.measurements.filter((measurement) =>
      placed.some(({ timings }) => timings.some((timing) => timing.measurement === measurement)),
    );
    return { document, title, note, models: placed, measurements: timed };
  });
}

interface Group {
  readonly title: string | null;
  readonly note: string | null;
  readonly members: readonly { readonly model: Unplaced; readonly architecture: string }[];
}

function groupsOf({ groups = [] }: ReportDocument, models: readonly Unplaced[]): Group[] {
  const everything = (members: readonly Unplaced[]) => members.map((model) => ({ model, architecture: model.name }));
  if (groups.length === 0) return [{ title: null, note: null, members: everything(models) }];
  const free = new Set(models);
  const take = ({ name, architecture }: GroupMember) => {
    const model = [...free].find((candidate) => candidate.name === name || candidate.analysis?.model.name === name);
    if (model === undefined) return [];
    free.delete(model);
    return [{ model, architecture: architecture ?? name }];
  };
  const named = groups.map(({ title, note, models: members }) => ({
    title,
    note: note ?? null,
    members: members.flatMap(take),
  }));
  const rest = free.size === 0 ? [] : [{ title: 'Others', note: null, members: everything([...free]) }];
  return [...named, ...rest].filter(({ members }) => members.length > 0);
}

/** Analysed models first, then those that were only timed. */
function modelsOf(document: ReportDocument): Unplaced[] {
  const names = uniqueNames(document.analyses);
  const known = new Set(names);
  const timedOnly = document.measurements
    .flatMap((measurement) => measurement.arms.map((arm) => arm.name))
    .filter((name) => !known.has(name) && known.add(name));
  return [...names, ...timedOnly].map((name, i): Unplaced => {
    const analysis = document.analyses[i] ?? null;
    const mentions = (other: string) => other === name || other === analysis?.model.name;
    return {
      name,
      analysis,
      timings: document.measurements.flatMap((measurement) => timingsOf(measurement, name)),
      estimates: (document.estimates ?? []).filter(({ model }) => mentions(model)),
      published: (document.published ?? []).filter(({ model }) => mentions(model)),
    };
  });
}

/** Names of the analyses; where two are the same, told apart by their file or format, else by a number. */
function uniqueNames(analyses: readonly AnalysisResult[]): string[] {
  const count = (names: readonly string[], name: string) => names.filter((other) => other === name).length;
  const plain = analyses.map(({ model }) => model.name);
  const detailed = analyses.map(({ model }, i) => {
    const detail = model.source?.file ?? model.source?.format;
    return count(plain, model.name) === 1 || detail === undefined ? (plain[i] as string) : `${model.name} (${detail})`;
  });
  return detailed.map((name, i) => {
    const before = detailed.slice(0, i).filter((other) => other === name).length;
    return before === 0 ? name : `${name} #${before + 1}`;
  });
}

function timingsOf(measurement: Measurement, name: string): ModelTiming[] {
  return measurement.arms
    .filter((arm) => arm.name === name)
    .map((arm) => ({
      measurement,
      arm,
      comparison: measurement.comparisons.find((comparison) => comparison.name === name) ?? null,
    }));
}

/** The distribution that a timing's settings put first: device time where that was the clock, else wall time. */
export function distributionOf({ measurement, arm }: ModelTiming): Distribution | null {
  const clock = measurement.settings.clock === 'device' ? (arm.device ?? arm.wall) : arm.wall;
  return clock?.hot ?? null;
}

/** `NVIDIA GeForce RTX 3090 through onnxruntime`; a software adapter is called one. */
export function describeRig({ device, runtime }: Measurement): string {
  const software = device.kind === 'software' ? ' (software adapter, not a GPU)' : '';
  return `${device.name}${software} through ${runtime.name}`;
}

export function describeInputs(analysis: AnalysisResult): string {
  return analysis.model.inputs.map(({ shape }) => formatShape(shape)).join(', ');
}
