import type { ZipArchive } from '../shared/zip.js';
import type { StoredWeight } from './weights-config.js';

export async function readLegacyWeights(_zip: ZipArchive): Promise<Map<string, StoredWeight>> {
  return new Map();
}
