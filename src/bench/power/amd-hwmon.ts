import { ArchmeterError } from '../../core/errors.js';
import { type MeterTarget, NOT_A_GPU, type PowerMeter, requireGpu } from './define-meter.js';
import { findGpuSensors, firstFile, unreadable } from './hwmon.js';
import { sampledSession } from './sampled-session.js';
import { sampleInThread } from './sampler.js';
import { epochNow } from './sampling.js';

/** The driver renews the reading at most every few ms; the firmware averages over a time that AMD does not state. */
const PERIOD_MS = 20;
const WINDOW_MS = 500;

/** Power of an AMD GPU as the amdgpu driver gives it (Linux, Documentation/gpu/amdgpu/thermal.rst). */
export function createAmdMeter({ sysfs = '/sys', now = epochNow } = {}): PowerMeter {
  const locate = (target?: MeterTarget): { file: string } | { reason: string } => {
    const match = findGpuSensors(sysfs, ['amdgpu'], 'AMD GPU with an amdgpu sensor', target?.device);
    if ('reason' in match) return match;
    const file = firstFile(match.found.folder, ['power1_average', 'power1_input']);
    if (file === undefined) return { reason: `${match.found.folder} has no power reading` };
    const problem = unreadable(file);
    return problem === undefined ? { file } : { reason: problem };
  };
  return {
    name: 'amd-hwmon',
    title: 'AMD GPU sensor (Linux amdgpu)',
    rank: 30,
    async probe(target) {
      if (target !== undefined && target.device.kind !== 'gpu') return NOT_A_GPU;
      const located = locate(target);
      return 'file' in located ? { available: true } : { available: false, reason: located.reason };
    },
    async open(target) {
      requireGpu(target, 'amd-hwmon');
      const located = locate(target);
      if ('reason' in located) throw new ArchmeterError(`the AMD meter cannot be used: ${located.reason}`);
      const { file } = located;
      return sampledSession(
        'amd-hwmon',
        {
          periodMs: PERIOD_MS,
          windowMs: WINDOW_MS,
          riseMs: WINDOW_MS,
          description: `${file} read every ${PERIOD_MS} ms`,
        },
        () => sampleInThread({ kind: 'file', file, scale: 1e-6 }, PERIOD_MS),
        { now },
      );
    },
  };
}

export default createAmdMeter();
