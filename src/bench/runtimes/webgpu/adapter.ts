import type { DeviceInfo } from '../../../core/measurement.js';

/** A graphics adapter, with the options that select it. */
export interface Adapter {
  /** What the user names it by. */
  readonly id: string;
  readonly device: DeviceInfo;
  readonly gpu: GPU;
  readonly adapter: GPUAdapter;
}

interface AdapterFields {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter?: boolean;
}

const SOFTWARE_NAMES = /swift ?shader|llvmpipe|lavapipe|softpipe|\bwarp\b|basic render/i;

/** Google's Vulkan vendor is SwiftShader, Mesa's is llvmpipe: hardware drivers carry their maker's. */
const SOFTWARE_VENDORS = /^(google|mesa)$/i;

/** What an adapter is: real hardware, a renderer in software, or `unknown` where it says nothing of itself. */
export function adapterKind(name: string, info: AdapterFields): 'gpu' | 'software' | 'unknown' {
  const words = [name, info.vendor, info.architecture, info.device, info.description];
  if (info.isFallbackAdapter || SOFTWARE_VENDORS.test(info.vendor) || words.some((word) => SOFTWARE_NAMES.test(word))) {
    return 'software';
  }
  return words.every((word) => word.trim() === '') ? 'unknown' : 'gpu';
}

export function describeAdapter(name: string, info: AdapterFields): DeviceInfo {
  const { vendor, architecture, device, description } = info;
  return {
    kind: adapterKind(name, info),
    name: name || device || description || 'unknown',
    ...(vendor && { vendor }),
    ...(architecture && { architecture }),
    ...(description && { driver: description }),
  };
}
