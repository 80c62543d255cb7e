import { ENERGY_CONSTANTS, ENERGY_PROFILE_SCHEMA } from '../core/analysis/energy/calibrated.js';
import type { EnergyProfile } from '../core/analysis/energy/index.js';
import { LATENCY_PARAMETERS, type LatencyProfile, PROFILE_SCHEMA } from '../core/analysis/latency/index.js';
import { ArchmeterError } from '../core/errors.js';
import { readJson } from './read-text.js';

/** A profile that `archmeter calibrate` wrote. */
export async function readLatencyProfile(path: string): Promise<LatencyProfile> {
  const profile = (await readProfile(path, [PROFILE_SCHEMA])) as unknown as LatencyProfile;
  const known = new Set(LATENCY_PARAMETERS.map(({ name }) => name));
  for (const [name, value] of Object.entries(profile.parameters ?? {})) {
    if (!known.has(name))
      throw new ArchmeterError(`there is no parameter '${name}'`, 'Run archmeter calibrate again.', { file: path });
    if (!(value > 0 && Number.isFinite(value)))
      throw new ArchmeterError(`parameter '${name}' must be above 0`, undefined, { file: path });
  }
  if (
    typeof profile.heldOut?.logLow !== 'number' ||
    typeof profile.heldOut.logHigh !== 'number' ||
    !Array.isArray(profile.batches)
  ) {
    throw new ArchmeterError('the profile is not complete', 'Run archmeter calibrate again.', { file: path });
  }
  return profile;
}

/** Constants of energy: a file of them alone, or a calibration made with a power meter. */
export async function readEnergyProfile(path: string): Promise<EnergyProfile> {
  const value = await readProfile(path, [ENERGY_PROFILE_SCHEMA, 'archmeter/calibration@1']);
  if (value['schema'] === ENERGY_PROFILE_SCHEMA) return checkEnergyProfile(value as unknown as EnergyProfile, path);
  if (value['energy'] !== undefined) return checkEnergyProfile(value['energy'] as EnergyProfile, path);
  throw new ArchmeterError(
    'the calibration holds no constants of energy',
    "Run 'archmeter calibrate' with a power meter: --meter.",
    { file: path },
  );
}

/** @throws ArchmeterError naming the constant that is wrong */
export function checkEnergyProfile(profile: EnergyProfile, path: string): EnergyProfile {
  for (const name of ENERGY_CONSTANTS) {
    if (!(profile[name] >= 0 && Number.isFinite(profile[name])))
      throw new ArchmeterError(`'${name}' must be a number of at least 0`, undefined, { file: path });
  }
  for (const range of Object.values(profile.ranges ?? {})) {
    if (!(range.low >= 0 && range.high >= range.low))
      throw new ArchmeterError("'ranges' must hold a low and a high of each constant", undefined, { file: path });
  }
  if (typeof profile.device !== 'string' || profile.heldOut === undefined) {
    throw new ArchmeterError('the constants of energy are not complete', 'Run archmeter calibrate again.', {
      file: path,
    });
  }
  return profile;
}

async function readProfile(path: string, known: readonly string[]): Promise<Record<string, unknown>> {
  const value = await readJson(path);
  const schema = (value as { schema?: unknown } | null)?.schema;
  if (typeof schema !== 'string' || !known.includes(schema)) {
    throw new ArchmeterError(`the file is no profile (${known.join(', ')})`, "'archmeter calibrate' writes one.", {
      file: path,
    });
  }
  return value as Record<string, unknown>;
}
