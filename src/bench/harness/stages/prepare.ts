import type { Executable, RuntimeSession } from '../../define-runtime.js';
import { type Arm, attempt, type Copy } from '../arm.js';
import { type Bench, isInterrupted, report } from '../bench.js';

/**
 * Makes all arms ready to run, in an order drawn anew: memory shall not come to lie as before (some runtimes start anew for it), and what comes with being
 * prepared first or last is shared evenly by the arms over copies.
 */
export async function prepareCopy(
  bench: Bench,
  arms: readonly Arm[],
  index: number,
): Promise<{ readonly arms: Arm[]; readonly copy: Copy }> {
  const { session, settings, preparations } = bench;
  let renewed: Promise<void> | undefined;
  const executables = new Map<string, Executable>();
  const prepared = [...arms];
  const order = preparations.next().value as readonly number[];
  for (const [done, place] of order.entries()) {
    const arm = prepared[place] as Arm;
    await bench.events.turn();
    if (isInterrupted(bench)) break;
    if (index === 0) report(bench, 'prepare', done / arms.length, arm.spec.name);
    prepared[place] = await attempt(arm, `preparing '${arm.spec.name}'`, async () => {
      renewed ??= session.renew?.();
      await renewed;
      const { executable, ...found } = await prepareArm(session, arm, settings.seed);
      executables.set(arm.spec.name, executable);
      return found;
    });
  }
  return { arms: prepared, copy: { index, executables } };
}

/** The device may be gone; its figures are not. */
export async function disposeCopy({ executables }: Copy): Promise<void> {
  for (const executable of executables.values()) await executable.dispose().catch(() => undefined);
}

/** Its file as it is where there is one and the runtime takes it, else its graph. */
async function prepareArm(
  session: RuntimeSession,
  { spec: { graph, file } }: Arm,
  seed: number,
): Promise<Pick<Arm, 'source' | 'rebuiltBecause'> & { readonly executable: Executable }> {
  if (file === undefined) return { executable: await session.prepare(graph, seed) };
  const opening =
    file.rebuild === undefined
      ? ((await session.openFile?.(file, graph, seed)) ?? {
          declined: `${session.runtime.name} does not run model files as they are`,
        })
      : { declined: file.rebuild };
  if (opening.declined === undefined) return { source: 'file as it is', executable: opening.executable };
  return { source: 'rebuilt', rebuiltBecause: opening.declined, executable: await session.prepare(graph, seed) };
}
