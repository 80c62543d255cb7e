import { ArchmeterError } from '../../core/errors.js';
import type { OpenOptions, Runtime, RuntimeProbe, RuntimeSession } from '../define-runtime.js';
import { cpuInfo, requireDevice } from './shared.js';
import { inspect } from './tfjs-node/inspect.js';
import { locatePackage } from './tfjs-node/location.js';
import { openNodeSession } from './tfjs-node/session.js';

const PACKAGES = ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'];
const SETUP = 'archmeter setup tfjs-node --libtensorflow <folder of an installed TensorFlow>';

/** TensorFlow's own kernels on the processor, through its native binding for Node. */
const runtime: Runtime = {
  name: 'tfjs-node',
  title: 'TensorFlow.js on native TensorFlow',
  rank: 50,

  async probe(): Promise<RuntimeProbe> {
    const location = locatePackage(PACKAGES);
    if (location === undefined) {
      return {
        available: false,
        reason: '@tensorflow/tfjs-node is not installed',
        remedy: SETUP,
        devices: [],
        versions: {},
      };
    }
    const versions = { [location.name]: location.version };
    const { loaded, problem, tensorflow } = await inspect(location, { CUDA_VISIBLE_DEVICES: '-1' });
    if (!loaded) {
      const reason = `${location.name} does not load: ${problem}`;
      return { available: false, reason, remedy: SETUP, devices: [], versions };
    }
    return {
      available: true,
      devices: [{ id: 'cpu', ...cpuInfo() }],
      versions: { ...versions, ...(tensorflow && { tensorflow }) },
    };
  },

  async open(options: OpenOptions): Promise<RuntimeSession> {
    requireDevice(options.device, ['cpu'], 'tfjs-node');
    const { available, reason, remedy } = await this.probe();
    const location = locatePackage(PACKAGES);
    if (!available || location === undefined) {
      throw new ArchmeterError(`tfjs-node cannot start: ${reason}`, `Run: ${remedy}`);
    }
    return openNodeSession({ runtime: 'tfjs-node', location, device: cpuInfo(), options });
  },
};

export default runtime;
