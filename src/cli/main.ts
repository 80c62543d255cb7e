import yargs, { type Argv, type Options } from 'yargs';
import { ArchmeterError } from '../core/errors.js';
import { ARCHMETER_VERSION } from '../core/version.js';
import { registry } from './commands/registry.js';
import type { Arguments, Command, Streams } from './define-command.js';
import { processStreams } from './streams.js';

const COMMANDS: Readonly<Record<string, () => Promise<{ default: Command }>>> = registry;

/**
 * Runs the command line.
 *
 * @param argv arguments after the program's name
 * @returns the exit code
 */
export async function main(argv: readonly string[], streams: Streams = processStreams()): Promise<number> {
  let exitCode = 0;
  try {
    const parser = await buildParser(argv, streams, (code) => {
      exitCode = code;
    });
    await parser.parseAsync([...argv], {}, (_error, _args, output) => {
      if (output) streams.out(`${output}\n`);
    });
    return exitCode;
  } catch (error) {
    streams.err(`${describeError(error)}\n`);
    return error instanceof ArchmeterError ? 2 : 70;
  }
}

async function buildParser(argv: readonly string[], streams: Streams, done: (code: number) => void): Promise<Argv> {
  const named = argv.find((argument) => !argument.startsWith('-'));
  const wanted = named !== undefined && Object.hasOwn(COMMANDS, named) ? [named] : Object.keys(COMMANDS);
  const all = await Promise.all(
    wanted.map(async (name) => (await (COMMANDS[name] as (typeof COMMANDS)[string])()).default),
  );
  let parser = yargs()
    .scriptName('archmeter')
    .usage('$0 <command>\n\nFLOPs, parameters, memory access cost, timings and energy of neural network architectures.')
    .version(ARCHMETER_VERSION)
    .help()
    .alias('h', 'help')
    .strict()
    .wrap(Math.min(streams.columns ?? 100, 110))
    .exitProcess(false)
    .recommendCommands()
    .demandCommand(1, 'Name a command.')
    .parserConfiguration({ 'parse-positional-numbers': false, 'duplicate-arguments-array': true })
    .completion('completion', 'Print a completion script for bash or zsh')
    .fail((message, error) => {
      throw error instanceof ArchmeterError ? error : usageError(message ?? error?.message ?? '', argv);
    });
  for (const command of all) {
    parser = parser.command(
      command.usage,
      command.summary,
      (y) => configure(y, command),
      async (args) => done(await command.run(args as unknown as Arguments, streams)),
    );
  }
  return parser;
}

function configure(parser: Argv, command: Command): Argv {
  let configured = command.configure?.(parser) ?? parser;
  for (const [name, options] of Object.entries(command.positionals ?? {})) {
    configured = configured.positional(name, options as Parameters<Argv['positional']>[1]);
  }
  configured = configured.options(command.options as Record<string, Options>);
  return configured.example(command.examples.map(([line, what]): [string, string] => [`$0 ${line}`, what]));
}

function usageError(message: string, argv: readonly string[]): ArchmeterError {
  const command = argv.find((argument) => !argument.startsWith('-'));
  const known = command !== undefined && Object.hasOwn(COMMANDS, command);
  const problem = message.replace(/\s*\n\s*/g, ' ').replace(/\.$/, '');
  return new ArchmeterError(problem, `See 'archmeter ${known ? `${command} ` : ''}--help'.`);
}

/** Expected errors in one line; anything else is a bug in archmeter and says so. */
function describeError(error: unknown): string {
  if (error instanceof ArchmeterError) return `archmeter: ${error.message}`;
  const detail = process.env.ARCHMETER_DEBUG && error instanceof Error ? (error.stack ?? String(error)) : String(error);
  return `archmeter: internal error: ${detail}. Please report it; ARCHMETER_DEBUG=1 shows where it happened.`;
}
