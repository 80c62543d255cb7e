import { type Finding, isHostBound } from '../../core/analysis/advice/index.js';
import { deviceOfDriver } from '../../core/analysis/devices/driver-name.js';
import type { Device } from '../../core/analysis/devices/index.js';
import { iterationTimes } from '../../core/analysis/measured/times.js';
import { findingsOfProfile } from '../../core/compose/profile-report.js';
import { ArchmeterError } from '../../core/errors.js';
import type { Measurement } from '../../core/measurement.js';
import type { Arguments, Streams } from '../define-command.js';
import { commandLine, deliver, writeReports } from '../output.js';
import { findingText, toReportFinding } from '../tables/findings.js';
import { paint } from '../tables/table.js';
import { type MeasuredProfile, readMeasuredProfile } from './measured-profile.js';

/** What a profile shows, and what the rules on its model say with estimates brought to measured time. */
export async function adviseByProfile(
  path: string,
  models: readonly string[],
  args: Arguments,
  streams: Streams,
): Promise<number> {
  if (models.length > 1) {
    throw new ArchmeterError(
      `a profile is of one model, and ${models.length} are named`,
      'Name the one that was profiled, or none.',
    );
  }
  const profiled = await readMeasuredProfile(path, models[0], args);
  const { measurement, arm } = profiled;
  const device = deviceOfDriver(measurement.device.name);
  const findings = await findingsOfProfile({ graph: profiled.graph, device, measurement });
  if (args['format'] === 'json') {
    const json = {
      schema: 'archmeter/findings@1',
      device: device?.id ?? measurement.device.name,
      unverified: arm.trace?.boundsOf?.unverified ?? [],
      findings,
      measured: {
        device: measurement.device.name,
        clock: measurement.runtime.details['clock'] ?? measurement.settings.clock,
        software: softwareOf(measurement),
        iterations: measurement.settings.rounds,
      },
    };
    await deliver(JSON.stringify(json, null, 2), args, streams);
  } else {
    await deliver(
      [headOf(profiled, streams), ...textOf(profiled, device, findings, streams)].join('\n\n'),
      args,
      streams,
    );
  }
  await writeReports(
    {
      title: 'Findings',
      command: commandLine(),
      createdAt: new Date().toISOString(),
      analyses: [],
      measurements: [measurement],
      findings: findings.map(toReportFinding),
    },
    args,
    streams,
  );
  return 0;
}

const softwareOf = ({ runtime }: Measurement) =>
  [
    runtime.name,
    ...Object.entries(runtime.details).flatMap(([key, value]) => (key === 'clock' ? [] : [`${key} ${value}`])),
  ].join(', ');

function headOf({ measurement, arm }: MeasuredProfile, { color }: Streams): string {
  const { device, dtype, settings } = measurement;
  const iterations = `${settings.rounds} iteration${settings.rounds === 1 ? '' : 's'}`;
  const about = `measured on ${device.name}, batch ${arm.batch}, ${dtype}, ${softwareOf(measurement)}, ${iterations}`;
  return `${paint(arm.name, 'strong', color)}  ${paint(about, 'dim', color)}`;
}

function textOf(
  { arm, measurement, graph }: MeasuredProfile,
  device: Device | undefined,
  findings: readonly Finding[],
  streams: Streams,
): string[] {
  const times = iterationTimes(arm, measurement);
  const notes = [
    `Savings are computed from time measured on ${measurement.device.name}, each the most that its change alone could give.`,
    ...(times !== undefined && isHostBound(times)
      ? ['While the host sets the pace, what saves device time does not shorten an iteration.']
      : []),
    ...(graph === undefined ? ['Without a model, what its architecture wastes is not looked for.'] : []),
    ...(graph !== undefined && device === undefined
      ? [`No data sheet of ${measurement.device.name} is known: what needs estimates is not looked for.`]
      : []),
  ].map((line) => paint(line, 'dim', streams.color));
  return [
    findings.length === 0
      ? 'Nothing stands out in the times of this profile.'
      : findings.map((one) => findingText(one, streams)).join('\n\n'),
    notes.join('\n'),
  ];
}
