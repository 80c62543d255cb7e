import type { DeviceInfo } from '../../../core/measurement.js';
import { exportLine, isMissing } from '../cuda/libraries.js';
import { nvidiaGpus } from '../cuda/nvidia-gpus.js';
import { type Inspection, missingGpuLibraries } from './inspect.js';
import type { TfjsNodePackage } from './location.js';

export interface GpuDiagnosis {
  readonly gpus: readonly DeviceInfo[];
  readonly reason: string;
  readonly remedy: string;
}

/**
 * CUDA and cuDNN that each TensorFlow was built with (tensorflow.org/install/source, tested build configurations):
 * from that release on.
 */
const BUILDS: readonly { readonly since: readonly [number, number]; readonly cuda: string; readonly cudnn: string }[] =
  [
    { since: [2, 18], cuda: '12.5', cudnn: '9.3' },
    { since: [2, 16], cuda: '12.3', cudnn: '8.9' },
    { since: [2, 15], cuda: '12.2', cudnn: '8.9' },
    { since: [2, 12], cuda: '11.8', cudnn: '8.6' },
    { since: [2, 5], cuda: '11.2', cudnn: '8.1' },
  ];

/** Why CUDA shows no GPU: hidden by its variable, or not there. */
export function noGpu(why: string, or = ''): { readonly reason: string; readonly remedy: string } {
  const { CUDA_VISIBLE_DEVICES: visible } = process.env;
  if (visible !== undefined)
    return {
      reason: `CUDA_VISIBLE_DEVICES='${visible}' shows no NVIDIA GPU`,
      remedy: 'Unset CUDA_VISIBLE_DEVICES, or name a GPU that nvidia-smi -L lists',
    };
  return { reason: `nvidia-smi finds no NVIDIA GPU: ${why}`, remedy: `Install the NVIDIA driver${or}` };
}

export function cudaOf(tensorflow: string): { cuda: string; cudnn: string } | undefined {
  const [major = 0, minor = 0] = tensorflow.split('.').map(Number);
  return BUILDS.find(({ since: [M, m] }) => major > M || (major === M && minor >= m));
}

/** Shared libraries of a CUDA and cuDNN release, as Linux's loader knows them. */
export function cudaLibraries({ cuda, cudnn }: { cuda: string; cudnn: string }): string[] {
  const major = Number.parseInt(cuda, 10);
  const eleven = major === 11;
  return [
    'libcuda.so.1',
    eleven ? 'libcudart.so.11.0' : `libcudart.so.${major}`,
    `libcublas.so.${major}`,
    `libcublasLt.so.${major}`,
    eleven ? 'libcufft.so.10' : 'libcufft.so.11',
    'libcusolver.so.11',
    eleven ? 'libcusparse.so.11' : 'libcusparse.so.12',
    `libcudnn.so.${Number.parseInt(cudnn, 10)}`,
  ];
}

/** Why a binding that loads has no GPU: hardware, driver, the build, or libraries, by name. */
export async function diagnoseGpu(location: TfjsNodePackage, inspection: Inspection): Promise<GpuDiagnosis> {
  const gpus = await nvidiaGpus();
  if (gpus.length === 0) {
    return {
      gpus,
      ...noGpu('there is none, or its driver is not installed', ', or use --runtime tfjs-webgpu for other GPUs'),
    };
  }
  const { manifest } = location;
  if (manifest !== undefined && manifest.cuda === undefined) {
    return {
      gpus,
      reason: `the TensorFlow library at ${manifest.libtensorflow} was built without CUDA`,
      remedy: 'pip install tensorflow[and-cuda] and archmeter setup tfjs-node --libtensorflow <its folder>',
    };
  }
  const known = manifest?.cuda && manifest.cudnn ? { cuda: manifest.cuda, cudnn: manifest.cudnn } : undefined;
  const needed = known ?? cudaOf(inspection.tensorflow ?? '');
  const logged = missingGpuLibraries(inspection.log);
  const missing = logged.length > 0 ? logged : needed ? cudaLibraries(needed).filter(isMissing) : [];
  const versions = needed
    ? `CUDA ${needed.cuda} and cuDNN ${needed.cudnn}`
    : 'the CUDA and cuDNN that it was built with';
  if (missing.length > 0) {
    return {
      gpus,
      reason: `TensorFlow ${inspection.tensorflow} registers no GPU: it cannot load ${missing.join(', ')}`,
      remedy: exportLine(missing) ?? `Install ${versions}, and put their folder on LD_LIBRARY_PATH`,
    };
  }
  return {
    gpus,
    reason: `TensorFlow ${inspection.tensorflow} registers no GPU, although ${gpus[0]?.name} and ${versions} are there`,
    remedy:
      'Run again with TF_CPP_MIN_LOG_LEVEL=0 and read what TensorFlow says; CUDA_VISIBLE_DEVICES may hide the GPU',
  };
}
