import { ceilingsOf, precisionOf } from '../../core/compose/on-devices.js';
import type { ReportInput } from '../../core/report/define-reporter.js';
import type { Profiled } from '../commands/profile.js';
import type { Arguments } from '../define-command.js';
import { commandLine } from '../output.js';

/** A report of one profile or of two: layers with their measured times under the roofs of the device. */
export async function profileReport(profiles: readonly Profiled[], _args: Arguments): Promise<ReportInput> {
  const names = profiles.map(({ name }, i) =>
    profiles.findIndex((other) => other.name === name) === i ? name : `${name} (${i + 1})`,
  );
  const devices = profiles.flatMap(({ device, profile }) =>
    device === undefined || !/^b?float(16|32)$/.test(profile.dtype)
      ? []
      : [ceilingsOf({ device }, precisionOf(profile.dtype))],
  );
  return {
    title: `Profile of ${names.join(' and ')}`,
    command: commandLine(),
    analyses: profiles.map(({ profile }, i) => ({
      ...profile.analysis,
      model: { ...profile.analysis.model, name: names[i] as string },
    })),
    graphs: profiles.map(({ profile }, i) => ({ ...profile.graph, name: names[i] as string })),
    measurements: profiles.map(({ measurement }, i) => ({
      ...measurement,
      arms: measurement.arms.map((arm) => ({ ...arm, name: names[i] as string })),
    })),
    ...(devices.length === 0
      ? {}
      : { devices: devices.filter(({ name }, i) => devices.findIndex((other) => other.name === name) === i) }),
  };
}
