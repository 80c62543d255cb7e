import type { Finding } from '../analysis/advice/index.js';
import type { Device } from '../analysis/devices/index.js';
import type { Graph } from '../ir/graph.js';
import type { ArmMeasurement, Measurement } from '../measurement.js';
import type { Profile } from '../profile/profile.js';
import type { ReportFinding, ReportInput } from '../report/define-reporter.js';
import { ceilingsOf, precisionOf } from './on-devices.js';

/** A trace joined to layers, as a measurement, and the device it was made on where that is known. */
export interface ReportedProfile {
  readonly name: string;
  readonly profile: Profile;
  readonly measurement: Measurement;
  readonly device: Device | undefined;
}

/** A report of one profile or several: layers with their measured times under the roofs of the device of each. */
export async function profileReport(profiles: readonly ReportedProfile[], command: string): Promise<ReportInput> {
  const names = namesOf(profiles);
  const roofs = profiles.flatMap(({ device, profile: { dtype, trace } }) =>
    device === undefined || !/^b?float(16|32)$/.test(dtype)
      ? []
      : [ceilingsOf({ device }, precisionOf(dtype), trace.device.name)],
  );
  const key = ({ name, dtype }: (typeof roofs)[number]) => `${name} ${dtype}`;
  const devices = roofs.filter((roof, i) => roofs.findIndex((other) => key(other) === key(roof)) === i);
  const findings: ReportFinding[] = [];
  for (const [i, { profile, device, measurement }] of profiles.entries()) {
    const graph = profile.joinedTo === 'model' ? profile.graph : undefined;
    for (const { id, title, detail, layers, source, saving } of await findingsOfProfile({ graph, device, measurement }))
      findings.push({ id, model: names[i] as string, title, detail, layers, source, ...(saving && { saving }) });
  }
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
    ...(findings.length === 0 ? {} : { findings }),
  };
}

/** What the times show, and of a known model on a known device what its rules say by measured time. */
export async function findingsOfProfile({
  graph,
  device,
  measurement,
}: {
  readonly graph: Graph | undefined;
  readonly device: Device | undefined;
  readonly measurement: Measurement;
}): Promise<Finding[]> {
  const arm = measurement.arms[0] as ArmMeasurement;
  const { adviseMeasured, adviseModel } = await import('../analysis/advice/index.js');
  if (graph === undefined || device === undefined) return adviseMeasured({ arm, measurement, moves: new Set() });
  const precision = /^b?float16$/.test(measurement.dtype) ? 'float16' : 'float32';
  return adviseModel(graph, { device, precision, execution: 'eager', measured: { arm, measurement } });
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
