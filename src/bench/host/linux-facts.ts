import { join } from 'node:path';
import { namesIn, textOf } from './sysfs.js';

type Facts = Record<string, string | number | null>;

/** What Linux tells of clocks, governor, throttling, temperature, power source, virtual machines and container limits. */
export function linuxFacts({ sysfs = '/sys', procfs = '/proc' }: { sysfs?: string; procfs?: string } = {}): Facts {
  const cpuFolders = namesIn(join(sysfs, 'devices/system/cpu'))
    .filter((name) => /^cpu\d+$/.test(name))
    .map((name) => join(sysfs, 'devices/system/cpu', name));
  const cpuinfo = textOf(join(procfs, 'cpuinfo')) ?? '';
  return {
    cpuGovernor: common(cpuFolders.map((folder) => textOf(join(folder, 'cpufreq/scaling_governor')))),
    cpuMaximumClockMhz: scaled(
      greatest(cpuFolders.map((folder) => number(join(folder, 'cpufreq/cpuinfo_max_freq')))),
      1e-3,
    ),
    cpuTurbo: turbo(sysfs),
    cpuThrottleCount: sum(cpuFolders.map((folder) => number(join(folder, 'thermal_throttle/core_throttle_count')))),
    cpuTemperatureCelsius: temperature(sysfs),
    cpuLimit: cpuLimit(sysfs),
    memoryLimitBytes: memoryLimit(sysfs),
    powerSource: powerSource(sysfs),
    virtualMachine: cpuinfo === '' ? null : /^flags\s*:.*\bhypervisor\b/m.test(cpuinfo) ? 'yes' : 'no',
  };
}

function turbo(sysfs: string): string | null {
  const off = number(join(sysfs, 'devices/system/cpu/intel_pstate/no_turbo'));
  if (off !== undefined) return off === 1 ? 'off' : 'on';
  const boost = number(join(sysfs, 'devices/system/cpu/cpufreq/boost'));
  return boost === undefined ? null : boost === 1 ? 'on' : 'off';
}

/** Hottest processor sensor: the drivers of Intel's, AMD's and ARM's, else a thermal zone that names the package. */
function temperature(sysfs: string): number | null {
  const monitors = namesIn(join(sysfs, 'class/hwmon'))
    .map((name) => join(sysfs, 'class/hwmon', name))
    .filter((folder) => /^(coretemp|k10temp|zenpower|cpu_thermal)$/.test(textOf(join(folder, 'name')) ?? ''));
  const readings = monitors.flatMap((folder) =>
    namesIn(folder)
      .filter((name) => /^temp\d+_input$/.test(name))
      .map((name) => number(join(folder, name))),
  );
  const zones = namesIn(join(sysfs, 'class/thermal'))
    .map((name) => join(sysfs, 'class/thermal', name))
    .filter((folder) => /cpu|x86_pkg_temp/i.test(textOf(join(folder, 'type')) ?? ''))
    .map((folder) => number(join(folder, 'temp')));
  return scaled(greatest([...readings, ...zones]), 1e-3);
}

/** Processors that the container may use, by its quota (cgroup 2, else 1). */
function cpuLimit(sysfs: string): number | null {
  const [quota, period] = (textOf(join(sysfs, 'fs/cgroup/cpu.max')) ?? '').split(' ').map(Number);
  if (quota !== undefined && period !== undefined && quota > 0 && period > 0) return quota / period;
  const old = number(join(sysfs, 'fs/cgroup/cpu/cpu.cfs_quota_us'));
  const oldPeriod = number(join(sysfs, 'fs/cgroup/cpu/cpu.cfs_period_us'));
  return old !== undefined && old > 0 && oldPeriod ? old / oldPeriod : null;
}

function memoryLimit(sysfs: string): number | null {
  const bytes =
    number(join(sysfs, 'fs/cgroup/memory.max')) ?? number(join(sysfs, 'fs/cgroup/memory/memory.limit_in_bytes'));
  // Without a limit cgroup 1 gives the largest page-aligned 64-bit number.
  return bytes === undefined || bytes > 2 ** 60 ? null : bytes;
}

function powerSource(sysfs: string): string | null {
  const supplies = namesIn(join(sysfs, 'class/power_supply')).map((name) => join(sysfs, 'class/power_supply', name));
  const ofType = (type: string): string[] => supplies.filter((folder) => textOf(join(folder, 'type')) === type);
  if (ofType('Mains').some((folder) => number(join(folder, 'online')) === 1)) return 'mains';
  return ofType('Battery').some((folder) => textOf(join(folder, 'status')) === 'Discharging') ? 'battery' : null;
}

function number(file: string): number | undefined {
  const content = textOf(file);
  if (content === undefined || content === '') return undefined;
  const value = Number(content);
  return Number.isFinite(value) ? value : undefined;
}

const known = (values: readonly (number | undefined)[]): number[] => values.filter((value) => value !== undefined);

function greatest(values: readonly (number | undefined)[]): number | null {
  return known(values).length === 0 ? null : Math.max(...known(values));
}

function sum(values: readonly (number | undefined)[]): number | null {
  return known(values).length === 0 ? null : known(values).reduce((total, value) => total + value, 0);
}

const scaled = (value: number | null, factor: number): number | null => (value === null ? null : value * factor);

/** The value that all share, or all that occur. */
function common(values: readonly (string | undefined)[]): string | null {
  const distinct = [...new Set(values.filter((value) => value !== undefined))];
  return distinct.length === 0 ? null : distinct.join(', ');
}
