import type { Device } from './device.js';

/**
 * The maker's generation; of NVIDIA's the dies for computing (GA100, GH100, GB100) apart from those for graphics, whose
 * multiprocessors differ (the first digits of a compute capability are those of the generation, the last tells them apart).
 */
export function architectureOf({ architecture }: Pick<Device, 'architecture'>): string {
  const [generation = architecture, die = ''] = architecture.split(' ');
  return die.endsWith('100') ? `${generation} (computing)` : generation;
}
