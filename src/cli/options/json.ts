import type { Options } from 'yargs';
import { ArchmeterError } from '../../core/errors.js';
import type { Arguments, Command } from '../define-command.js';

/** `--json`, another spelling of `--format json`, on every command that has that. */
export function jsonOptions({ options }: Command): Readonly<Record<string, Options>> {
  return offersJson(options) ? { json: { type: 'boolean', describe: 'Print JSON: same as --format json' } } : {};
}

/** @throws ArchmeterError where another form is asked for as well */
export function settleFormat(command: Command, args: Arguments): Arguments {
  if (args['json'] !== true || !offersJson(command.options)) return args;
  const format = args['format'];
  if (format !== 'json' && format !== command.options['format']?.default) {
    throw new ArchmeterError(`--json and --format ${String(format)} ask for two forms`, 'Leave one of them out.');
  }
  return { ...args, format: 'json' };
}

function offersJson(options: Command['options']): boolean {
  return options['format']?.choices?.includes('json') === true;
}
