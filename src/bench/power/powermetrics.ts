import { ArchmeterError } from '../../core/errors.js';
import { outputOf, readLines } from './child-lines.js';
import type { MeterProbe, MeterTarget, PowerMeter, PowerSample } from './define-meter.js';
import { sampledSession } from './sampled-session.js';
import { epochNow } from './sampling.js';

const PERIOD_MS = 100;

/** Apple silicon, through powermetrics, which needs root: sudo is asked without a prompt. */
export function createPowermetricsMeter({
  command = 'sudo',
  platform = process.platform as string,
  now = epochNow,
} = {}): PowerMeter {
  const base = ['-n', 'powermetrics', '--samplers', 'cpu_power,gpu_power', '-i', String(PERIOD_MS)];
  const probe = async (_target?: MeterTarget): Promise<MeterProbe> => {
    if (platform !== 'darwin') return { available: false, applies: false, reason: 'it is part of macOS' };
    try {
      await outputOf(command, [...base, '-n', '1']);
      return { available: true };
    } catch (error) {
      return {
        available: false,
        reason: `powermetrics needs root: ${error instanceof Error ? error.message : String(error)}`,
        remedy: 'sudo -v',
      };
    }
  };
  return {
    name: 'powermetrics',
    title: 'Apple processor, GPU and neural engine (powermetrics)',
    rank: 60,
    probe,
    async open(target) {
      const { available, reason, remedy } = await probe(target);
      if (!available) throw new ArchmeterError(`powermetrics cannot be used: ${reason}`, remedy && `Run: ${remedy}.`);
      return sampledSession(
        'powermetrics',
        {
          periodMs: PERIOD_MS,
          windowMs: PERIOD_MS,
          riseMs: 2 * PERIOD_MS,
          description: `powermetrics, averages over ${PERIOD_MS} ms`,
        },
        async () => {
          const parser = createParser(now());
          const child = await readLines(command, base, parser.line);
          return {
            async stop() {
              await child.stop();
              return parser.samples;
            },
          };
        },
        { now },
      );
    },
  };
}

/** Reads powermetrics' text: each sample begins with a line that tells how long it took. */
export function createParser(sinceMs: number): { line(text: string): void; samples: PowerSample[] } {
  const samples: PowerSample[] = [];
  let atMs = sinceMs;
  let watts = 0;
  let combined = false;
  return {
    samples,
    line(text) {
      const elapsed = /\*\*\* Sampled system activity .*\(([\d.]+)ms elapsed\)/.exec(text)?.[1];
      if (elapsed !== undefined) {
        atMs += Number(elapsed);
        watts = 0;
        combined = false;
        return;
      }
      const [, part, milliwatts] = /^(Combined|CPU|GPU|ANE) Power[^:]*:\s*([\d.]+) mW/.exec(text) ?? [];
      if (part === undefined || combined) return;
      combined = part === 'Combined';
      watts = combined ? Number(milliwatts) / 1000 : watts + Number(milliwatts) / 1000;
      const last = samples[samples.length - 1];
      if (last?.atMs === atMs) samples[samples.length - 1] = { atMs, powerWatts: watts };
      else samples.push({ atMs, powerWatts: watts });
    },
  };
}

export default createPowermetricsMeter();
