import { ArchmeterError } from '../../core/errors.js';
import type { SweepObjective, SweepReport } from '../../core/report/sweep/sweep-input.js';
import { metricOfFigure, sensitivities } from '../../core/sweep/index.js';
import type { OpenSweep } from '../../node/sweep/open-space.js';
import type { Arguments, Streams } from '../define-command.js';
import { writeFileSafely } from '../output.js';
import type { FrontRow } from './front.js';

/** Designs of the cloud that a picture and the sensitivities look at. */
const SAMPLE = 50_000;

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
    const data = /\.png$/i.test(path) ? await picture(report) : await document(report);
    await writeFileSafely(path, data, args, streams);
  }
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
        ? 'Counts are exact.'
        : `Counts are exact; latency and energy are estimated for ${devices} at ${settings.precision}, not measured.`,
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
    folder,
  };
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
