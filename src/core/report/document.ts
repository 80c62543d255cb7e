import { ANALYSIS_SCHEMA, type AnalysisResult } from '../analysis/result.js';
import { cleanTexts } from '../clean-text.js';
import { ArchmeterError } from '../errors.js';
import { MEASUREMENT_SCHEMA, type Measurement } from '../measurement.js';
import { ARCHMETER_VERSION } from '../version.js';
import type { ReportInput } from './define-reporter.js';
import { explanationsOf } from './explanations.js';

export const REPORT_SCHEMA = 'archmeter/report@1';

/** A report as JSON: what `--report x.json` writes, what the HTML embeds, what `archmeter report` reads. */
export interface ReportDocument extends Omit<ReportInput, 'graphs'> {
  readonly schema: typeof REPORT_SCHEMA;
  readonly archmeter: string;
}

export function toDocument(input: ReportInput): ReportDocument {
  const { graphs, explanations, ...rest } = input;
  const explained = [...(explanations ?? []), ...explanationsOf(input.analyses, graphs ?? [])];
  return {
    schema: REPORT_SCHEMA,
    archmeter: ARCHMETER_VERSION,
    ...rest,
    ...(explained.length === 0 ? {} : { explanations: explained }),
  };
}

/** A JSON file that archmeter wrote. */
export interface SavedFile {
  readonly name: string;
  readonly text: string;
}

/**
 * Joins saved results to one report: analyses and measurements in the order given.
 *
 * @throws ArchmeterError that names the file where it is not JSON or not one of archmeter's
 */
export function joinSavedFiles(
  files: readonly SavedFile[],
  about: Pick<ReportInput, 'command' | 'title'>,
): ReportInput {
  let joined: ReportInput = { ...about, analyses: [], measurements: [] };
  for (const file of files) joined = append(joined, parse(file), file.name);
  return { ...joined, title: about.title || (files.length === 1 ? joined.title : '') || titleOf(namesOf(joined)) };
}

/** A heading of model names: of the first few, where they are many. */
export function titleOf(names: readonly string[]): string {
  if (names.length === 0) return 'archmeter report';
  const shown = names.length > MOST_NAMES ? names.slice(0, MOST_NAMES - 2) : names;
  const rest = names.length - shown.length;
  return `${shown.join(' · ')}${rest === 0 ? '' : ` and ${rest} more`}`;
}

const MOST_NAMES = 6;

function namesOf({ analyses, measurements }: ReportInput): string[] {
  const arms = measurements.flatMap((measurement) => measurement.arms.map(({ name }) => name));
  return [...new Set([...analyses.map(({ model }) => model.name), ...arms])];
}

function parse({ name, text }: SavedFile): unknown {
  try {
    return cleanTexts(JSON.parse(text));
  } catch (error) {
    throw new ArchmeterError(
      'not valid JSON',
      'Give a JSON file that archmeter wrote with --report, --json or --save-measurement.',
      { file: name },
      { cause: error },
    );
  }
}

function append(input: ReportInput, value: unknown, file: string): ReportInput {
  const schema = value !== null && typeof value === 'object' && 'schema' in value ? value.schema : undefined;
  switch (schema) {
    case ANALYSIS_SCHEMA:
      return { ...input, analyses: [...input.analyses, value as AnalysisResult] };
    case MEASUREMENT_SCHEMA:
      return { ...input, measurements: [...input.measurements, value as Measurement] };
    case REPORT_SCHEMA:
      return join(input, value as ReportDocument);
    default:
      throw new ArchmeterError(
        schema === undefined ? "not a result of archmeter: it has no 'schema'" : `unknown schema '${String(schema)}'`,
        `This version reads ${ANALYSIS_SCHEMA}, ${MEASUREMENT_SCHEMA} and ${REPORT_SCHEMA}.`,
        { file },
      );
  }
}

function join(input: ReportInput, { schema: _schema, archmeter: _archmeter, ...more }: ReportDocument): ReportInput {
  const both = <T>(a: readonly T[] | undefined, b: readonly T[] | undefined): readonly T[] | undefined =>
    a === undefined ? b : b === undefined ? a : [...a, ...b];
  return {
    ...input,
    title: input.title || more.title,
    createdAt: input.createdAt ?? more.createdAt,
    analyses: [...input.analyses, ...more.analyses],
    measurements: [...input.measurements, ...more.measurements],
    groups: both(input.groups, more.groups),
    sweeps: both(input.sweeps, more.sweeps),
    published: both(input.published, more.published),
    devices: both(input.devices, more.devices),
    estimates: both(input.estimates, more.estimates),
    findings: both(input.findings, more.findings),
    history: both(input.history, more.history),
    explanations: both(input.explanations, more.explanations),
    zoo: more.zoo ?? input.zoo,
    gate: more.gate ?? input.gate,
  };
}
