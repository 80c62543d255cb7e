import { deviceOfDriver } from '../../../src/core/analysis/devices/driver-name.js';
import { profileReport, type ReportedProfile } from '../../../src/core/compose/profile-report.js';
import { measurementOf } from '../../../src/core/profile/measurement.js';
import { profileOf } from '../../../src/core/profile/profile.js';
import type { ReportInput } from '../../../src/core/report/define-reporter.js';
import { buildModel } from '../../../src/core/zoo/index.js';
import { traceOf } from '../traces/files.js';

/** ViT-B/16 as it ran on an H100, joined to the zoo's; of both devices its operators as the traces name them. */
export async function profiledReport(devices: readonly ('h100' | 'mi300x')[] = ['h100']): Promise<ReportInput> {
  const profiles: ReportedProfile[] = [];
  for (const id of devices) {
    const trace = await traceOf(`pytorch/vit-b-16-${id}.json.gz`);
    const model = devices.length === 1 ? await buildModel('vit_b_16', { batch: 4 }) : undefined;
    const profile = profileOf(trace, 'vit-b-16', model);
    const device = deviceOfDriver(trace.device.name);
    profiles.push({ name: 'vit-b-16', profile, measurement: measurementOf(profile, 'vit-b-16', 'x', device), device });
  }
  return profileReport(profiles, 'archmeter profile trace.json.gz');
}
