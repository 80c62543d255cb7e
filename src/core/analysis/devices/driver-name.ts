import { type Device, matchDevice } from './index.js';

/**
 * The known device that a driver calls so (`NVIDIA H100 80GB HBM3`, `Tesla V100-SXM2-16GB`); undefined where none is surely
 * meant.
 */
export function deviceOfDriver(name: string): Device | undefined {
  const exact = matchDevice(name);
  if (exact !== undefined) return exact;
  // Memory and its kind, and virtual functions, are no part of a model's name. NVIDIA names its cards `H100 PCIe`, its modules so.
  const plain = name
    .replace(/\b(NVIDIA|AMD|Tesla|GeForce|VF)\b/gi, ' ')
    .replace(/[- ]\d+ ?GB\b|\bHBM\w*/gi, ' ')
    .trim()
    .replace(/\s+/g, ' ');
  return matchDevice(plain) ?? matchDevice(plain.replace(/-SXM\d?$/i, ''));
}
