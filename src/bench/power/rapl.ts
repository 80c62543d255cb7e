import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArchmeterError } from '../../core/errors.js';
import type { CounterDomain } from './accumulator.js';
import { counterSession } from './counter-session.js';
import type { MeterProbe, MeterTarget, PowerMeter } from './define-meter.js';
import { epochNow } from './sampling.js';

/** Limits are set low on some machines, without effect on what is drawn for a while. */
const LEAST_LIMIT_WATTS = 100;

/**
 * Running average power limit counters of Intel and AMD processors, through Linux's powercap. Packages and DRAM are
 * summed; core and uncore lie within their package, psys around all, and are left out.
 */
export function createRaplMeter({ sysfs = '/sys', now = epochNow } = {}): PowerMeter {
  const folder = join(sysfs, 'class/powercap');
  const probe = async (target?: MeterTarget): Promise<MeterProbe> => {
    if (target !== undefined && target.device.kind === 'gpu')
      return { available: false, applies: false, reason: 'it measures processors, not GPUs' };
    try {
      const zones = raplZones(folder);
      if (zones.length === 0) return { available: false, reason: `no RAPL domains under ${folder}` };
      for (const zone of zones) readNumber(join(folder, zone.path, 'energy_uj'));
    } catch (error) {
      const denied = isDenied(error);
      return {
        available: false,
        reason: denied ? 'its counters are readable by root only' : `its counters cannot be read: ${String(error)}`,
        ...(denied ? { remedy: `sudo chmod a+r ${folder}/intel-rapl:*/energy_uj` } : {}),
      };
    }
    return { available: true };
  };
  return {
    name: 'rapl',
    title: 'Processor package and DRAM counters (Linux RAPL)',
    rank: 50,
    probe,
    async open(target) {
      const { available, reason, remedy } = await probe(target);
      if (!available) throw new ArchmeterError(`RAPL cannot be used: ${reason}`, remedy && `Run: ${remedy}.`);
      const domains = raplZones(folder).map(({ name, path }): CounterDomain => {
        const at = (file: string): number => readNumber(join(folder, path, file)) / 1e6;
        return {
          name,
          range: at('max_energy_range_uj'),
          read: () => at('energy_uj'),
          ...powerLimit(join(folder, path)),
        };
      });
      const description = `energy counters of ${domains.map(({ name }) => name).join(', ')}`;
      return counterSession('rapl', domains, { periodMs: 1, windowMs: 0, riseMs: 0, description }, { now });
    },
  };
}

const isDenied = (error: unknown): boolean => /^(EACCES|EPERM)$/.test((error as NodeJS.ErrnoException).code ?? '');

interface Zone {
  readonly name: string;
  readonly path: string;
}

/** Package and DRAM zones, named uniquely: `package-0`, `package-0/dram`. */
function raplZones(folder: string): Zone[] {
  let entries: string[];
  try {
    entries = readdirSync(folder).filter((entry) => /^intel-rapl:\d+(:\d+)?$/.test(entry));
  } catch (error) {
    if (isDenied(error)) throw error;
    return [];
  }
  const nameOf = (path: string): string => readFileSync(join(folder, path, 'name'), 'utf8').trim();
  return entries.sort().flatMap((path): Zone[] => {
    try {
      const name = nameOf(path);
      if (/^package-\d+$/.test(name)) return [{ name, path }];
      if (name !== 'dram') return [];
      return [{ name: `${nameOf(path.slice(0, path.lastIndexOf(':')))}/dram`, path }];
    } catch (error) {
      if (isDenied(error)) throw error;
      return [];
    }
  });
}

/** Twice the long-term limit of a package, its TDP as a rule; short bursts go above it. */
function powerLimit(zone: string): Pick<CounterDomain, 'mostWatts'> {
  try {
    const watts = readNumber(join(zone, 'constraint_0_power_limit_uw')) / 1e6;
    return watts > 0 ? { mostWatts: 2 * Math.max(watts, LEAST_LIMIT_WATTS) } : {};
  } catch {
    return {};
  }
}

function readNumber(file: string): number {
  const value = Number(readFileSync(file, 'utf8'));
  if (!Number.isFinite(value)) throw new Error(`${file} holds no number`);
  return value;
}

export default createRaplMeter();
