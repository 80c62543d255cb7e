import type { Options } from 'yargs';
import { ArchmeterError } from '../../core/errors.js';
import type { Arguments, Command } from '../define-command.js';

/**
 * Other spellings of `--format json`, on every command that has it: `--as-json`, and `--json` where that is no file to
 * write.
 */
export function jsonOptions({ options }: Command): Readonly<Record<string, Options>> {
  if (!offersJson(options)) return {};
  const aliases = 'json' in options ? {} : { alias: 'json' };
  return { 'as-json': { type: 'boolean', describe: 'Same as --format json', ...aliases } };
}

/** @throws ArchmeterError where another form is asked for as well */
export function settleFormat(command: Command, args: Arguments): Arguments {
  if (args['as-json'] !== true || !offersJson(command.options)) return args;
  const format = args['format'];
  if (format !== 'json' && format !== command.options['format']?.default) {
    throw new ArchmeterError(`--as-json and --format ${String(format)} ask for two forms`, 'Leave one of them out.');
  }
  return { ...args, format: 'json' };
}

function offersJson(options: Command['options']): boolean {
  return options['format']?.choices?.includes('json') === true;
}
