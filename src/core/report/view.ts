import type { AnalysisResult } from '../analysis/result.js';
import { formatShape } from '../ir/tensor.js';
import type { ArmComparison, ArmMeasurement, Distribution, Measurement } from '../measurement.js';
import type { Estimate, PublishedModel } from './define-reporter.js';
import type { ReportDocument } from './document.js';

/** One architecture of a report: its analysis and whatever was measured, estimated or published about it. */
export interface ReportModel {
  /** Unique in the report. */
  readonly name: string;
  /** Place in the report: decides its colour and marker. */
  readonly index: number;
  readonly analysis: AnalysisResult | null;
  readonly timings: readonly ModelTiming[];
  readonly estimates: readonly Estimate[];
  readonly published: readonly PublishedModel[];
}

export interface ModelTiming {
  readonly measurement: Measurement;
  readonly arm: ArmMeasurement;
  /** Against the first arm of the same measurement. */
  readonly comparison: ArmComparison | null;
}

/** A report's document with everything joined by model. */
export interface ReportView {
  readonly document: ReportDocument;
  /** The first is the baseline. */
  readonly models: readonly ReportModel[];
}

export function viewOf(document: ReportDocument): ReportView {
  const names = uniqueNames(document.analyses);
  const known = new Set(names);
  const timedOnly = document.measurements
    .flatMap((measurement) => measurement.arms.map((arm) => arm.name))
    .filter((name) => !known.has(name) && known.add(name));
  const models = [...names, ...timedOnly].map((name, index): ReportModel => {
    const analysis = document.analyses[index] ?? null;
    const mentions = (other: string) => other === name || other === analysis?.model.name;
    return {
      name,
      index,
      analysis,
      timings: document.measurements.flatMap((measurement) => timingsOf(measurement, name)),
      estimates: (document.estimates ?? []).filter(({ model }) => mentions(model)),
      published: (document.published ?? []).filter(({ model }) => mentions(model)),
    };
  });
  return { document, models };
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
