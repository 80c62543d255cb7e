import { ArchmeterError } from '../../core/errors.js';
import { outputOf, readLines } from './child-lines.js';
import { type MeterTarget, NOT_A_GPU, type PowerMeter, type PowerSample, requireGpu } from './define-meter.js';
import { matchByBusId } from './pci.js';
import { sampledSession } from './sampled-session.js';

/** The VoVNet paper (arXiv 1904.09730, section 4.1) reads nvidia-smi every 100 ms and averages. */
const PERIOD_MS = 100;

/** NVIDIA GPUs, by polling nvidia-smi as the VoVNet paper does. */
export function createNvidiaSmiMeter({ command = 'nvidia-smi', now = Date.now } = {}): PowerMeter {
  const locate = async (target?: MeterTarget): Promise<{ busId: string } | { reason: string }> => {
    let table: string;
    try {
      table = await outputOf(command, ['--query-gpu=pci.bus_id,power.draw', '--format=csv,noheader,nounits']);
    } catch (error) {
      return { reason: error instanceof Error ? error.message : String(error) };
    }
    const devices = table
      .split('\n')
      .map((line) => line.split(',').map((cell) => cell.trim()))
      .filter((cells) => cells.length >= 2)
      .map(([busId = '', power = '']) => ({ busId, power }));
    const match = matchByBusId(devices, target?.device, 'NVIDIA GPU');
    if ('reason' in match) return match;
    const { busId, power } = match.found;
    return Number.isFinite(Number.parseFloat(power)) ? { busId } : { reason: `nvidia-smi gives its power as ${power}` };
  };
  return {
    name: 'nvidia-smi',
    title: `NVIDIA power sensor, polled every ${PERIOD_MS} ms (nvidia-smi)`,
    rank: 20,
    async probe(target) {
      if (target !== undefined && target.device.kind !== 'gpu') return NOT_A_GPU;
      const located = await locate(target);
      return 'busId' in located ? { available: true } : { available: false, reason: located.reason };
    },
    async open(target) {
      requireGpu(target, 'nvidia-smi');
      const located = await locate(target);
      if ('reason' in located) throw new ArchmeterError(`nvidia-smi cannot be used: ${located.reason}`);
      const query = [
        `--id=${located.busId}`,
        '--query-gpu=timestamp,power.draw',
        '--format=csv,noheader,nounits',
        `--loop-ms=${PERIOD_MS}`,
      ];
      return sampledSession(
        'nvidia-smi',
        {
          periodMs: PERIOD_MS,
          // Averaged over 1 s on Ampere and newer (nvidia-smi's manual, power.draw); it does not tell which GPU it is.
          windowMs: 1000,
          riseMs: 1200,
          description: `nvidia-smi polled every ${PERIOD_MS} ms`,
        },
        async () => {
          const samples: PowerSample[] = [];
          const child = await readLines(command, query, (line) => {
            const sample = parseLine(line);
            if (sample !== undefined) samples.push(sample);
          });
          return {
            async stop() {
              await child.stop();
              return samples;
            },
          };
        },
        { now },
      );
    },
  };
}

/** `2026/11/24 04:31:36.234, 71.35`, in local time; undefined for a line without a reading. */
export function parseLine(line: string): PowerSample | undefined {
  const [time = '', power = ''] = line.split(',');
  const atMs = epochOf(time);
  return atMs === undefined || !/^\s*[\d.]+\s*$/.test(power) ? undefined : { atMs, powerWatts: Number(power) };
}

/** Milliseconds since the Unix epoch of a local time as nvidia-smi writes it, `2026/11/24 04:31:36.234`. */
export function epochOf(text: string): number | undefined {
  const match = /^\s*(\d+)\/(\d+)\/(\d+) (\d+):(\d+):(\d+)\.(\d{3})\s*$/.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day, hour, minute, second, milli] = match.slice(1).map(Number);
  return new Date(year, month - 1, day, hour, minute, second, milli).getTime();
}

export default createNvidiaSmiMeter();
