import { distance } from 'fastest-levenshtein';
import { ArchmeterError } from '../../core/errors.js';
import type { OpenOptions, Runtime, RuntimeProbe, RuntimeSession } from '../define-runtime.js';
import { registry } from './registry.js';

export type RuntimeName = keyof typeof registry;

export const RUNTIME_NAMES = Object.keys(registry) as readonly RuntimeName[];

/** A runtime by name, without its heavy packages. Throws ArchmeterError on a wrong name. */
export async function loadRuntime(name: string): Promise<Runtime> {
  const known = RUNTIME_NAMES.find((candidate) => candidate === name);
  if (known === undefined) {
    const nearest = [...RUNTIME_NAMES].sort((a, b) => distance(a, name) - distance(b, name))[0];
    throw new ArchmeterError(
      `there is no runtime '${name}'`,
      `Did you mean '${nearest}'? Runtimes: ${RUNTIME_NAMES.join(', ')}.`,
    );
  }
  return (await registry[known]()).default;
}

/** Every runtime by rank, the best first. */
export async function loadRuntimes(): Promise<Runtime[]> {
  const runtimes = await Promise.all(RUNTIME_NAMES.map(loadRuntime));
  return runtimes.sort((a, b) => a.rank - b.rank);
}

export interface ProbedRuntime {
  readonly runtime: Runtime;
  readonly probe: RuntimeProbe;
}

/** What each runtime finds on this machine: `archmeter devices`. One that fails to look says so as its reason. */
export async function probeRuntimes(): Promise<ProbedRuntime[]> {
  const probed: ProbedRuntime[] = [];
  for (const runtime of await loadRuntimes()) probed.push({ runtime, probe: await probeSafely(runtime) });
  return probed;
}

async function probeSafely(runtime: Runtime): Promise<RuntimeProbe> {
  try {
    return await runtime.probe();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { available: false, reason, devices: [], versions: {} };
  }
}

/**
 * Opens a runtime by name, or the best one: by rank the first that has a real GPU (tfjs-webgpu, then tfjs-node-gpu),
 * else tfjs-wasm, which runs everywhere.
 *
 * @throws ArchmeterError where the runtime, or the device asked for, cannot be had
 */
export async function openRuntime(
  name: RuntimeName | 'auto' | (string & {}),
  options: OpenOptions,
): Promise<RuntimeSession> {
  if (name !== 'auto') return (await loadRuntime(name)).open(options);
  for (const candidate of AUTOMATIC) {
    if (!RUNTIME_NAMES.includes(candidate as RuntimeName)) continue;
    const runtime = await loadRuntime(candidate);
    const probe = await probeSafely(runtime);
    if (!probe.available || !probe.devices.some(({ kind }) => kind === 'gpu')) continue;
    return runtime.open(options);
  }
  return (await loadRuntime('tfjs-wasm')).open(options);
}

/** Tried in this order where no runtime is named, if they find a real GPU. */
const AUTOMATIC = ['tfjs-webgpu', 'tfjs-node-gpu'];
