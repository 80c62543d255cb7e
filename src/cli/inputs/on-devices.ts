import type { AnalysedGraph } from '../../core/compose/on-devices.js';
import type { Arguments, Streams } from '../define-command.js';

/** Estimates for the devices of `--on`, as a table. */
export async function estimatesText(
  models: readonly AnalysedGraph[],
  args: Arguments,
  streams: Streams,
): Promise<string> {
  const [{ estimatesOf }, { namedDevices }, { onDevicesTable }] = await Promise.all([
    import('../../core/compose/on-devices.js'),
    import('../options/target-devices.js'),
    import('../tables/on-devices.js'),
  ]);
  return onDevicesTable(await estimatesOf(models, await namedDevices(args['on'])), streams);
}
