import { mkdir, readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Device } from '../core/analysis/devices/index.js';
import type { EnergyProfile } from '../core/analysis/energy/index.js';
import type { LatencyProfile } from '../core/analysis/latency/index.js';
import { ArchmeterError } from '../core/errors.js';
import { checkEnergyProfile } from './profile-file.js';
import { readJson } from './read-text.js';

export interface StoredCalibration {
  readonly device: Device;
  readonly profile: LatencyProfile;
  /** Where it was calibrated with a power meter. */
  readonly energy?: EnergyProfile;
}

/** Where calibrations are kept: `$XDG_CONFIG_HOME/archmeter/calibrations`, by default under `~/.config`. */
function calibrationFolder(environment: NodeJS.ProcessEnv = process.env): string {
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
  const value = await readJson(path);
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
