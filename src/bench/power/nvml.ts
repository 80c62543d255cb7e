import { ArchmeterError } from '../../core/errors.js';
import { counterSession } from './counter-session.js';
import { type MeterMethod, type MeterTarget, NOT_A_GPU, type PowerMeter, requireGpu } from './define-meter.js';
import { koffiPath, loadNvml, type Nvml, type NvmlDevice } from './nvml-library.js';
import { matchByBusId } from './pci.js';
import { sampledSession } from './sampled-session.js';
import { sampleInThread } from './sampler.js';
import { epochNow } from './sampling.js';

/** NVIDIA's sensors are renewed every 20 to 100 ms (Yang et al., arXiv 2312.02741); reading faster shows when. */
const READ_EVERY_MS = 10;
const PERIOD_MS = 100;
const AMPERE = 7;

/** NVIDIA GPUs: the total energy counter where the GPU has one (Volta and newer), else sampled power. */
export function createNvmlMeter({
  library,
  now = epochNow,
}: {
  library?: string;
  now?: () => number;
} = {}): PowerMeter {
  const locate = async (
    target?: MeterTarget,
  ): Promise<{ nvml: Nvml; device: NvmlDevice } | { reason: string; remedy?: string }> => {
    const nvml = await loadNvml(library);
    if ('reason' in nvml) return nvml;
    const match = matchByBusId(nvml.devices, target?.device, 'NVIDIA GPU');
    if ('reason' in match) {
      nvml.close();
      return match;
    }
    const device = match.found;
    if (device.energyJoules() === undefined && device.powerWatts() === undefined) {
      const problem = device.powerProblem();
      nvml.close();
      if (problem === undefined) return { reason: `${device.name} tells neither energy nor power` };
      return {
        reason: `${device.name} tells neither energy nor power: ${problem}`,
        remedy: 'Run as administrator, or let users read the performance counters',
      };
    }
    return { nvml, device };
  };
  return {
    name: 'nvml',
    title: 'NVIDIA energy counter or power sensor (NVML)',
    rank: 10,
    async probe(target) {
      if (target !== undefined && target.device.kind !== 'gpu') return NOT_A_GPU;
      const located = await locate(target);
      if ('reason' in located) return { available: false, ...located };
      located.nvml.close();
      return { available: true };
    },
    async open(target) {
      requireGpu(target, 'nvml');
      const located = await locate(target);
      if ('reason' in located)
        throw new ArchmeterError(`NVML cannot be used: ${located.reason}`, located.remedy && `${located.remedy}.`);
      const { nvml, device } = located;
      const close = async (): Promise<void> => nvml.close();
      if (device.energyJoules() !== undefined) {
        const read = (): number => {
          const joules = device.energyJoules();
          if (joules === undefined) throw new ArchmeterError(`${device.name} no longer tells its energy`);
          return joules;
        };
        const limit = device.powerLimitWatts();
        const most = limit === undefined ? {} : { mostWatts: 2 * limit };
        const domain = { name: 'gpu', range: Number.POSITIVE_INFINITY, read, ...most };
        return counterSession(
          'nvml',
          [domain],
          { periodMs: PERIOD_MS, windowMs: 0, riseMs: 0, description: 'total energy counter of the GPU', ...most },
          { now, close },
        );
      }
      const method = samplingMethod(device);
      const source = {
        kind: 'nvml',
        koffi: koffiPath(),
        library: nvml.library,
        busId: device.busId,
        instant: device.instantPowerWatts() !== undefined,
      } as const;
      return sampledSession('nvml', method, () => sampleInThread(source, READ_EVERY_MS), { now, close });
    },
  };
}

/**
 * Window of the power sensor: NVML averages over 1 s on Ampere and newer except GA100 (nvmlDeviceGetPowerUsage), unless
 * the instant field is there. Other readings look at 10 to 100 ms out of each period (arXiv 2312.02741), so a load with
 * the sensor's rhythm would be seen in part only: starts are shifted against it.
 */
function samplingMethod(device: NvmlDevice): Omit<MeterMethod, 'kind'> {
  const instant = device.instantPowerWatts() !== undefined;
  const averages = !instant && (device.architecture ?? AMPERE) >= AMPERE && !/\bA(100|30|800)\b/.test(device.name);
  const windowMs = averages ? 1000 : 100;
  return {
    periodMs: PERIOD_MS,
    windowMs,
    riseMs: windowMs + 2 * PERIOD_MS,
    description: `power sensor read every ${READ_EVERY_MS} ms, ${instant ? 'instant' : averages ? 'averaged over 1 s' : 'as it is'}`,
  };
}

export default createNvmlMeter();
