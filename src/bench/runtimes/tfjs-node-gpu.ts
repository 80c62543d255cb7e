import { ArchmeterError } from '../../core/errors.js';
import type { DeviceInfo } from '../../core/measurement.js';
import type { OpenOptions, Runtime, RuntimeProbe, RuntimeSession } from '../define-runtime.js';
import { nvidiaGpus } from './cuda/nvidia-gpus.js';
import { requireDevice } from './shared.js';
import { diagnoseGpu } from './tfjs-node/diagnosis.js';
import { inspect } from './tfjs-node/inspect.js';
import { locatePackage, type TfjsNodePackage } from './tfjs-node/location.js';
import { openNodeSession } from './tfjs-node/session.js';

const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];
const SETUP =
  'pip install tensorflow[and-cuda] and archmeter setup tfjs-node --libtensorflow <folder of the installed TensorFlow>';

interface Found extends RuntimeProbe {
  readonly location?: TfjsNodePackage;
}

/** TensorFlow's CUDA kernels, through its native binding for Node. A GPU is named only once TensorFlow registered it. */
const runtime: Runtime = {
  name: 'tfjs-node-gpu',
  title: 'TensorFlow.js on native TensorFlow with CUDA',
  rank: 20,

  async probe(): Promise<RuntimeProbe> {
    const { location: _, ...probe } = await find();
    return probe;
  },

  async open(options: OpenOptions): Promise<RuntimeSession> {
    const { available, reason, remedy, devices, location } = await find();
    if (!available || location === undefined) {
      throw new ArchmeterError(`tfjs-node-gpu cannot start: ${reason}`, `${remedy}.`);
    }
    requireDevice(
      options.device,
      devices.map(({ id }) => id),
      'tfjs-node-gpu',
    );
    const { id: _, ...device } = devices[0] as DeviceInfo & { id: string };
    return openNodeSession({ runtime: 'tfjs-node-gpu', location, device, options });
  },
};

async function find(): Promise<Found> {
  const location = locatePackage(PACKAGES);
  if (location === undefined) {
    const reason = '@tensorflow/tfjs-node-gpu is not installed';
    return { available: false, reason, remedy: SETUP, devices: [], versions: {} };
  }
  const inspection = await inspect(location);
  const versions = {
    [location.name]: location.version,
    ...(inspection.tensorflow && { tensorflow: inspection.tensorflow }),
  };
  if (!inspection.loaded) {
    const reason = `${location.name} does not load: ${inspection.problem}`;
    return { available: false, reason, remedy: SETUP, devices: [], versions };
  }
  if (!inspection.usesGpu) {
    const { reason, remedy } = await diagnoseGpu(location, inspection);
    return { available: false, reason, remedy, devices: [], versions };
  }
  // TensorFlow's first GPU is the first that CUDA shows.
  const [gpu = { kind: 'gpu' as const, name: 'NVIDIA GPU registered by TensorFlow', vendor: 'nvidia' }] =
    await nvidiaGpus();
  return { available: true, devices: [{ id: 'gpu', ...gpu }], versions, location };
}

export default runtime;
