import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { DeviceInfo } from '../../../core/measurement.js';
import { installCommand } from '../../host/install-command.js';
import { exportLine, isMissing } from '../cuda/libraries.js';
import { nvidiaGpus } from '../cuda/nvidia-gpus.js';
import { cpuInfo } from '../shared.js';
import { noGpu } from '../tfjs-node/diagnosis.js';
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
    const libraries = providerLibrary('cuda');
    if (gpu === undefined) {
      missing.cuda = noGpu('there is none, or its driver is not installed');
    } else if (!libraries) {
      missing.cuda = {
        reason: 'libonnxruntime_providers_cuda.so is not installed',
        remedy: installCommand('onnxruntime-node', '--onnxruntime-node-install=cuda12 --foreground-scripts'),
      };
    } else {
      const absent = CUDA_LIBRARIES.filter(isMissing);
      if (absent.length > 0) missing.cuda = lacks(absent, 'Install CUDA 12 and cuDNN 9');
      else {
        devices.push({ id: 'cuda', device: gpu, float16: true });
        // The provider is listed by every build; without NVIDIA's own library it cannot be opened.
        if (supported.includes('tensorrt')) {
          const own = ['libnvinfer.so.10'].filter(isMissing);
          if (own.length === 0 && providerLibrary('tensorrt'))
            devices.push({ id: 'tensorrt', device: gpu, float16: true });
          else
            missing.tensorrt = lacks(
              own.length === 0 ? ['libonnxruntime_providers_tensorrt.so'] : own,
              'Install TensorRT 10',
            );
        }
      }
    }
  }
  const unnamed: DeviceInfo = { kind: 'unknown', name: 'chosen by the operating system' };
  if (supported.includes('dml')) devices.push({ id: 'dml', device: unnamed, float16: true });
  if (supported.includes('coreml')) devices.push({ id: 'coreml', device: unnamed, float16: true });
  return { devices, missing };
}

/** What onnxruntime's CUDA provider loads (onnxruntime.ai, CUDA execution provider, requirements of 1.20 and later). */
const CUDA_LIBRARIES = ['libcudart.so.12', 'libcublas.so.12', 'libcublasLt.so.12', 'libcufft.so.11', 'libcudnn.so.9'];

function lacks(libraries: readonly string[], otherwise: string): { readonly reason: string; readonly remedy: string } {
  return { reason: `${libraries.join(', ')} cannot be loaded`, remedy: exportLine(libraries) ?? otherwise };
}

/** A provider's library is not in the npm package: its install script fetches it. */
function providerLibrary(name: 'cuda' | 'tensorrt'): boolean {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node');
  const folder = join(dirname(dirname(entry)), 'bin', 'napi-v6', process.platform, process.arch);
  return existsSync(join(folder, `libonnxruntime_providers_${name}.so`));
}
