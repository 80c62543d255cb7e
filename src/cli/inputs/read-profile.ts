import type { ReportedProfile } from '../../core/compose/profile-report.js';
import type { Arguments } from '../define-command.js';
import { commandLine } from '../output.js';

/** A trace joined to the layers of `--model`, or to its own operators, and as a measurement. */
export async function readProfile(path: string, args: Arguments): Promise<ReportedProfile> {
  const [{ withModelFile }, { readTrace }, { profileOf }, { measurementOf }, { modelOfTrace }, { deviceOfTrace }] =
    await Promise.all([
      import('../../node/byte-source.js'),
      import('../../core/traces/index.js'),
      import('../../core/profile/profile.js'),
      import('../../core/profile/measurement.js'),
      import('./profile-model.js'),
      import('./trace-device.js'),
    ]);
  const info = args['layer-info'] as string | undefined;
  const trace = await withModelFile(path, (source) =>
    info === undefined ? readTrace(source) : withModelFile(info, (layerInfo) => readTrace(source, { layerInfo })),
  );
  const model = args['model'] === undefined ? undefined : await modelOfTrace(trace, args);
  const name = model?.name ?? (path.split(/[/\\]/).at(-1) ?? path).replace(/(\.pt\.trace)?\.json(\.gz)?$|\.csv$/, '');
  const profile = profileOf(trace, name, model);
  const device = await deviceOfTrace(trace.device.name, args['on'] as string | undefined);
  return { name, profile, measurement: measurementOf(profile, name, commandLine(), device), device };
}
