import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Device } from '../core/analysis/devices/index.js';
import type { EnergyProfile } from '../core/analysis/energy/index.js';
import type { LatencyProfile } from '../core/analysis/latency/index.js';
import { cleanTexts } from '../core/clean-text.js';
import { ArchmeterError } from '../core/errors.js';
import { checkEnergyProfile } from './profile-file.js';

export interface StoredCalibration {
  readonly device: Device;
  readonly profile: LatencyProfile;
  /** Where it was calibrated with a power meter. */
  readonly energy?: EnergyProfile;
}

/** Where calibrations are kept: `$XDG_CONFIG_HOME/archmeter/calibrations`, by default under `~/.config`. */
export function calibrationFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const given = environment['XDG_CONFIG_HOME'];
  // The specification says to ignore relative paths.
  const base = given?.startsWith('/') ? given : join(homedir(), '.config');
  return join(base, 'archmeter', 'calibrations');
}

export async function calibrationPath(name: string): Promise<string> {
  const folder = calibrationFolder();
  await mkdir(folder, { recursive: true });
  return join(folder, `${name}.json`);
}

/** A calibration from a file; `machine` is the latest that `archmeter calibrate` kept. */
export async function loadCalibration(reference: string): Promise<StoredCalibration> {
  const path = reference === 'machine' ? await latest() : reference;
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const problem = error.code === 'ENOENT' ? 'there is no such file' : `the file cannot be read (${error.code})`;
    throw new ArchmeterError(problem, undefined, { file: path });
  });
  let value: unknown;
  try {
    value = cleanTexts(JSON.parse(text));
  } catch {
    throw new ArchmeterError('the file is not JSON', undefined, { file: path });
  }
  const { schema, device, profile, energy } = (value ?? {}) as { schema?: unknown } & Partial<StoredCalibration>;
  if (schema !== 'archmeter/calibration@1' || device === undefined || profile?.parameters === undefined) {
    throw new ArchmeterError('the file is no calibration', "'archmeter calibrate' writes one.", { file: path });
  }
  return { device, profile, ...(energy === undefined ? {} : { energy: checkEnergyProfile(energy, path) }) };
}

async function latest(): Promise<string> {
  const folder = calibrationFolder();
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
  const dated = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })));
  const newest = dated.sort((a, b) => b.at - a.at)[0];
  if (newest === undefined) {
    throw new ArchmeterError('this machine has not been calibrated', 'Run: archmeter calibrate');
  }
  return join(folder, newest.name);
}
