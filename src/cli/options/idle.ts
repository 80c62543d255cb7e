import { ArchmeterError } from '../../core/errors.js';
import type { Arguments, Command } from '../define-command.js';
import { TIMING_OPTIONS } from './timing.js';

/**
 * An option that was typed and would change nothing is told, never passed over.
 *
 * @param argv what was typed
 */
export function refuseIdle({ options }: Command, args: Arguments, argv: readonly string[]): void {
  const typed = (name: string) =>
    argv.some((word) => [`--${name}`, `--no-${name}`].includes(word) || word.startsWith(`--${name}=`));
  if ('time' in options && args['time'] !== true) {
    const idle = Object.keys(TIMING_OPTIONS).find((name) => name in options && typed(name));
    if (idle !== undefined) {
      const remedy = options['time']?.default === true ? 'Leave out --no-time.' : 'Add --time.';
      throw new ArchmeterError(`--${idle} means nothing without timing`, remedy);
    }
  }
  if (args['from-profile'] !== undefined) {
    const idle = TIMED_HERE.find((name) => typed(name));
    if (idle !== undefined)
      throw new ArchmeterError(`--${idle} means nothing with --from-profile: nothing is timed here`, 'Leave it out.');
  }
  const reports = [args['report'] ?? []].flat().map(String);
  const drawn = reports.length > 0 || ['markdown', 'csv', 'json'].includes(String(args['format']));
  if ('sweep' in options && args['sweep'] !== undefined && !drawn) {
    throw new ArchmeterError('--sweep is shown by reports alone', 'Add e.g. --report report.html.');
  }
  if (args['png-charts'] === true && !reports.some((path) => /\.png$/i.test(path)) && args['output'] === undefined) {
    throw new ArchmeterError('--png-charts goes with a .png report', 'Add e.g. --report report.png.');
  }
}

/** Options of calibrate that say how this machine is timed. */
const TIMED_HERE = [
  'runtime',
  'device',
  'allow-software',
  'threads',
  'time-budget',
  'half-width',
  'meter',
  'seed',
] as const;
