import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { DeviceInfo } from '../../../core/measurement.js';
import { nvidiaGpus } from '../cuda/nvidia-gpus.js';
import { cpuInfo } from '../shared.js';
import { findAdapters } from '../webgpu/adapters.js';

/** Execution providers of onnxruntime-node; a device of the runtime is one of them. */
export type Provider = 'cpu' | 'webgpu' | 'cuda' | 'tensorrt' | 'dml' | 'coreml';

export interface ProviderDevice {
  readonly id: Provider;
  readonly device: DeviceInfo;
  /** Whether kernels compute in float16. */
  readonly float16: boolean;
}

export interface ProviderSearch {
  readonly devices: readonly ProviderDevice[];
  /** Why a provider that this platform could have is not among them, and what adds it. */
  readonly missing: Readonly<Partial<Record<Provider, { readonly reason: string; readonly remedy: string }>>>;
}

/** Providers that work here, the processor first. */
export async function findProviders(supported: readonly string[]): Promise<ProviderSearch> {
  const devices: ProviderDevice[] = [{ id: 'cpu', device: cpuInfo(), float16: false }];
  const missing: Partial<Record<Provider, { reason: string; remedy: string }>> = {};
  if (supported.includes('webgpu')) {
    const { adapters, reason = 'no adapter', remedy = '' } = await findAdapters();
    const best = adapters.find(({ device }) => device.kind === 'gpu') ?? adapters[0];
    if (best === undefined) missing.webgpu = { reason, remedy };
    else {
      const float16 = best.adapter.features.has('shader-f16');
      devices.push({ id: 'webgpu', device: best.device, float16 });
    }
  }
  if (supported.includes('cuda')) {
    const [gpu] = await nvidiaGpus();
    const libraries = cudaLibraries();
    if (gpu === undefined) {
      missing.cuda = { reason: 'nvidia-smi finds no NVIDIA GPU', remedy: 'Install the NVIDIA driver' };
    } else if (!libraries) {
      missing.cuda = {
        reason: 'libonnxruntime_providers_cuda.so is not installed',
        remedy: 'npm install onnxruntime-node --onnxruntime-node-install=cuda12 --foreground-scripts',
      };
    } else {
      devices.push({ id: 'cuda', device: gpu, float16: true });
      if (supported.includes('tensorrt')) devices.push({ id: 'tensorrt', device: gpu, float16: true });
    }
  }
  const unnamed: DeviceInfo = { kind: 'unknown', name: 'chosen by the operating system' };
  if (supported.includes('dml')) devices.push({ id: 'dml', device: unnamed, float16: true });
  if (supported.includes('coreml')) devices.push({ id: 'coreml', device: unnamed, float16: true });
  return { devices, missing };
}

/** The CUDA provider is not in the npm package: its install script fetches it. */
function cudaLibraries(): boolean {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node');
  const folder = join(dirname(dirname(entry)), 'bin', 'napi-v6', process.platform, process.arch);
  return existsSync(join(folder, 'libonnxruntime_providers_cuda.so'));
}
