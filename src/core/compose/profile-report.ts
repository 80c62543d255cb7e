import type { Device } from '../analysis/devices/index.js';
import type { Measurement } from '../measurement.js';
import type { Profile } from '../profile/profile.js';
import type { ReportInput } from '../report/define-reporter.js';
import { ceilingsOf, precisionOf } from './on-devices.js';

/** A trace joined to layers, as a measurement, and the device it was made on where that is known. */
export interface ReportedProfile {
  readonly name: string;
  readonly profile: Profile;
  readonly measurement: Measurement;
  readonly device: Device | undefined;
}

/** A report of one profile or several: layers with their measured times under the roofs of the device of each. */
export function profileReport(profiles: readonly ReportedProfile[], command: string): ReportInput {
  const names = namesOf(profiles);
  const roofs = profiles.flatMap(({ device, profile: { dtype, trace } }) =>
    device === undefined || !/^b?float(16|32)$/.test(dtype)
      ? []
      : [ceilingsOf({ device }, precisionOf(dtype), trace.device.name)],
  );
  const key = ({ name, dtype }: (typeof roofs)[number]) => `${name} ${dtype}`;
  const devices = roofs.filter((roof, i) => roofs.findIndex((other) => key(other) === key(roof)) === i);
  return {
    title: `Profile of ${names.join(' and ')}`,
    command,
    analyses: profiles.map(({ profile: { analysis } }, i) => ({
      ...analysis,
      model: { ...analysis.model, name: names[i] as string },
    })),
    graphs: profiles.map(({ profile }, i) => ({ ...profile.graph, name: names[i] as string })),
    measurements: profiles.map(({ measurement }, i) => ({
      ...measurement,
      arms: measurement.arms.map((arm) => ({ ...arm, name: names[i] as string })),
    })),
    ...(devices.length === 0 ? {} : { devices }),
  };
}

/** Of equal names the device tells which is which, else a number. */
export function namesOf(profiles: readonly Pick<ReportedProfile, 'name' | 'measurement'>[]): string[] {
  const repeats = (names: readonly string[], at: number) => names.some((name, i) => i !== at && name === names[at]);
  const plain = profiles.map(({ name }) => name);
  const placed = profiles.map(({ name, measurement }, i) =>
    repeats(plain, i) ? `${name}, ${measurement.device.name}` : name,
  );
  return placed.map((name, i) => (repeats(placed, i) ? `${name} (${i + 1})` : name));
}
