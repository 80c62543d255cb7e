import { ArchmeterError } from '../../core/errors.js';
import type { MeterProbe, MeterSession, MeterTarget, PowerMeter } from './define-meter.js';
import { nullMeter } from './null-meter.js';
import { registry } from './registry.js';

export interface ProbedMeter extends MeterProbe {
  readonly name: string;
  readonly title: string;
}

async function allMeters(): Promise<PowerMeter[]> {
  const meters = await Promise.all(
    Object.values<() => Promise<{ default: PowerMeter }>>(registry).map((load) => load()),
  );
  const rank = (meter: PowerMeter): number => meter.rank ?? Number.POSITIVE_INFINITY;
  return meters.map((module) => module.default).sort((a, b) => rank(a) - rank(b));
}

/** Every meter, best first, with whether it works here; for one device where it is given. */
export async function probeMeters(target?: MeterTarget): Promise<ProbedMeter[]> {
  const meters = await allMeters();
  return Promise.all(
    meters.map(async (meter) => ({ name: meter.name, title: meter.title, ...(await meter.probe(target)) })),
  );
}

/**
 * Opens a meter for a device.
 *
 * @param name of a meter, with an argument after a colon where it takes one (`csv:watts.csv`), or `none`; left out,
 *   the best that works, and where none does a meter that says why
 * @throws ArchmeterError where a meter is named that is not known or does not work here
 */
export async function openMeter(name: string | undefined, target: MeterTarget): Promise<MeterSession> {
  const meters = await allMeters();
  if (name === 'none') return nullMeter('not asked for (--meter none)');
  if (name !== undefined) {
    const [key, argument] = split(name);
    const meter = meters.find((candidate) => candidate.name === key);
    if (meter === undefined) {
      const known = [...meters.map((candidate) => candidate.name), 'none'].join(', ');
      throw new ArchmeterError(`there is no power meter '${key}'`, `Use one of: ${known}.`);
    }
    return meter.open({ ...target, ...(argument === undefined ? {} : { argument }) });
  }
  const reasons: string[] = [];
  for (const meter of meters) {
    if (meter.rank === undefined) continue;
    const { available, applies, reason, remedy } = await meter.probe(target);
    if (applies === false) continue;
    if (!available) {
      reasons.push(`${meter.name}: ${reason ?? 'not available'}${remedy === undefined ? '' : ` (${remedy})`}`);
      continue;
    }
    try {
      return await meter.open(target);
    } catch (error) {
      reasons.push(`${meter.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return nullMeter(`no power meter works for this device. ${reasons.join('; ')}`);
}

function split(name: string): [string, string | undefined] {
  const colon = name.indexOf(':');
  return colon < 0 ? [name, undefined] : [name.slice(0, colon), name.slice(colon + 1)];
}
