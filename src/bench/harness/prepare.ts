import type { RuntimeSession } from '../define-runtime.js';
import type { ArmRun } from './arm-run.js';

/** Makes an arm ready to run: its file as it is where there is one and the runtime takes it, else its graph. */
export async function prepareArm(session: RuntimeSession, run: ArmRun, seed: number): Promise<void> {
  const { graph, file } = run.arm;
  if (file !== undefined) {
    const opening =
      file.rebuild === undefined
        ? ((await session.openFile?.(file, graph, seed)) ?? {
            declined: `${session.runtime.name} does not run model files as they are`,
          })
        : { declined: file.rebuild };
    if (opening.declined === undefined) {
      run.source = 'file as it is';
      run.executable = opening.executable;
      return;
    }
    run.source = 'rebuilt';
    run.rebuiltBecause = opening.declined;
  }
  run.executable = await session.prepare(graph, seed);
}
