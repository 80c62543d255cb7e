import { readFileSync } from 'node:fs';
import { ArchmeterError } from '../../core/errors.js';
import { counterSession } from './counter-session.js';
import { type MeterTarget, NOT_A_GPU, type PowerMeter, requireGpu } from './define-meter.js';
import { findGpuSensors, firstFile, unreadable } from './hwmon.js';
import { epochNow } from './sampling.js';

/** Energy counter of an Intel GPU (Linux, ABI/testing/sysfs-driver-intel-i915-hwmon and -xe-hwmon): card, else package. */
export function createIntelMeter({ sysfs = '/sys', now = epochNow } = {}): PowerMeter {
  const locate = (target?: MeterTarget): { file: string } | { reason: string } => {
    const match = findGpuSensors(sysfs, ['i915', 'xe'], 'Intel GPU with an i915 or xe sensor', target?.device);
    if ('reason' in match) return match;
    const file = firstFile(match.found.folder, ['energy1_input', 'energy2_input']);
    if (file === undefined) return { reason: `${match.found.folder} has no energy counter` };
    const problem = unreadable(file);
    return problem === undefined ? { file } : { reason: problem };
  };
  return {
    name: 'intel-hwmon',
    title: 'Intel GPU energy counter (Linux i915, xe)',
    rank: 40,
    async probe(target) {
      if (target !== undefined && target.device.kind !== 'gpu') return NOT_A_GPU;
      const located = locate(target);
      return 'file' in located ? { available: true } : { available: false, reason: located.reason };
    },
    async open(target) {
      requireGpu(target, 'intel-hwmon');
      const located = locate(target);
      if ('reason' in located) throw new ArchmeterError(`the Intel meter cannot be used: ${located.reason}`);
      const { file } = located;
      const joules = (): number => Number(readFileSync(file, 'utf8')) / 1e6;
      const domain = { name: 'gpu', range: Number.POSITIVE_INFINITY, read: joules };
      const method = { periodMs: 1, windowMs: 0, riseMs: 0, description: `energy counter ${file}` };
      return counterSession('intel-hwmon', [domain], method, { now });
    },
  };
}

export default createIntelMeter();
