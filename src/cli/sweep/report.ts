import { mkdir } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { ArchmeterError } from '../../core/errors.js';
import type { SweepObjective, SweepReport } from '../../core/report/sweep/sweep-input.js';
import { metricOfFigure, sensitivities } from '../../core/sweep/index.js';
import type { OpenSweep } from '../../node/sweep/open-space.js';
import type { Arguments, Streams } from '../define-command.js';
import { DTYPE_OF_PRECISION } from '../options/precision.js';
import { writeFileSafely } from '../output.js';
import type { FrontRow } from './front.js';

/** Designs of the cloud that a picture and the sensitivities look at. */
const SAMPLE = 50_000;
/** Characters of spec files that a page holds at most: designs after that are had by `sweep show`. */
const MOST_SPEC_TEXT = 1_000_000;
/** Full reports that `--each` writes at most, of some 0.4 MB each. */
const MOST_REPORTS = 500;

/** Writes the reports of a front: `.html` or `.png`. */
export async function writeSweepReports(
  sweep: OpenSweep,
  front: readonly FrontRow[],
  folder: string | undefined,
  paths: readonly string[],
  args: Arguments,
  streams: Streams,
): Promise<void> {
  const odd = paths.find((path) => !/\.(html|png)$/i.test(path));
  if (odd !== undefined)
    throw new ArchmeterError(
      `'${odd}' is of no form that a sweep's report has`,
      'Name it .html or .png; --format json and csv print tables.',
    );
  if (front.length === 0)
    throw new ArchmeterError('no design meets the constraints: there is nothing to draw', 'Loosen them.');
  const report = await reportOf(sweep, front, folder);
  for (const path of paths) {
    if (/\.png$/i.test(path)) {
      await writeFileSafely(path, await picture(report), args, streams);
      continue;
    }
    const reports = args['each'] === true ? await writeEach(sweep, front, path, args, streams) : {};
    await writeFileSafely(path, await document({ ...report, reports }), args, streams);
  }
}

/** Writes the full report of each design into a folder beside a page. Returns where each lies, as the page links it. */
async function writeEach(
  sweep: OpenSweep,
  front: readonly FrontRow[],
  path: string,
  args: Arguments,
  streams: Streams,
): Promise<Record<number, string>> {
  if (front.length > MOST_REPORTS) {
    throw new ArchmeterError(
      `${front.length} designs are on the front: --each writes at most ${MOST_REPORTS} reports`,
      "Narrow the space, or write one: 'archmeter sweep show DESIGN FOLDER -o model.yaml', then 'archmeter analyze model.yaml --report model.html'.",
    );
  }
  const [{ analyze }, { designGraph }, { reportInput }, { writeReports }] = await Promise.all([
    import('../../core/analysis/analyze.js'),
    import('../../node/sweep/design-graph.js'),
    import('../inputs/report-input.js'),
    import('../../node/write-reports.js'),
  ]);
  const beside = `${parse(path).name}-designs`;
  await mkdir(join(dirname(path), beside), { recursive: true });
  const written: Record<number, string> = {};
  for (const { design, parameters } of front) {
    const graph = designGraph(sweep, parameters, `${sweep.space.name}-${design}`);
    const on = sweep.figures.devices.map(({ device }) => device.id);
    const input = await reportInput([{ reference: graph.name, graph, result: analyze(graph) }], { _: [], on });
    written[design] = `${encodeURIComponent(beside)}/${design}.html`;
    await writeReports(input, [join(dirname(path), beside, `${design}.html`)], { force: args['force'] === true });
  }
  streams.err(`wrote ${front.length} reports to ${join(dirname(path), beside)}\n`);
  return written;
}

export async function reportOf(
  sweep: OpenSweep,
  front: readonly FrontRow[],
  folder: string | undefined,
): Promise<SweepReport> {
  const { space, settings, figures } = sweep;
  const varied = space.parameters.filter(({ values }) => values.length > 1).map(({ name }) => name);
  const objectives = space.objectives.map(({ name, direction }) => ({ ...figureOf(name, sweep), direction }));
  const wanted = [...new Set([...varied, ...objectives.map(({ name }) => name)])];
  const { readCloud } = await import('../../node/sweep/cloud.js');
  const cloud = folder === undefined ? undefined : await readCloud(folder, wanted, SAMPLE);
  const devices = figures.devices.map(({ device }) => device.name).join(', ');
  return {
    name: space.name,
    basis: [
      cloud === undefined
        ? 'Found by search: nothing proves that no better design exists.'
        : `${cloud.designs} designs meet the constraints.`,
      devices === ''
        ? `Counts are exact. Bytes are those of ${DTYPE_OF_PRECISION[settings.precision]}.`
        : `Counts are exact; latency (of the kernels, whatever the host takes to start them) and energy are estimated for ${devices} at ${DTYPE_OF_PRECISION[settings.precision]}, not measured.`,
    ],
    parameters: varied,
    objectives,
    front,
    cloud,
    sensitivities:
      cloud === undefined || cloud.designs < 3
        ? []
        : sensitivities(
            Object.fromEntries(varied.map((name) => [name, cloud.columns[name] ?? []])),
            Object.fromEntries(objectives.map(({ name }) => [name, (cloud.columns[name] ?? []).map(Number)])),
          ),
    specs: await specsOf(sweep, front),
    reports: {},
    folder,
  };
}

async function specsOf(sweep: OpenSweep, front: readonly FrontRow[]): Promise<Record<number, string>> {
  const { designSpec } = await import('../../node/sweep/design-spec.js');
  const specs: Record<number, string> = {};
  let length = 0;
  for (const { design } of front) {
    const spec = designSpec(sweep, design);
    length += spec.length;
    if (length > MOST_SPEC_TEXT) break;
    specs[design] = spec;
  }
  return specs;
}

function figureOf(name: string, { figures }: OpenSweep): Omit<SweepObjective, 'direction'> {
  const metric = metricOfFigure(name);
  const device = figures.devices.find(({ key }) => name.endsWith(`_${key}`))?.device.name;
  if (metric === undefined) return { name, heading: name, short: name, unit: 'count' };
  const fused = name.startsWith('fused') ? ', fused' : '';
  return {
    name,
    heading: `${metric.heading}${fused}${device === undefined ? '' : `, ${device}`}`,
    short: metric.heading,
    unit: metric.unit,
  };
}

async function document(report: SweepReport): Promise<string> {
  const { reportAssets } = await import('../../core/report/html/assets.js');
  const { sweepPage } = await import('../../core/report/sweep/page.js');
  return sweepPage(report, (await reportAssets()).style);
}

async function picture(report: SweepReport): Promise<Uint8Array> {
  const { renderSweepPng } = await import('../../node/png/sweep.js');
  return renderSweepPng(report);
}
