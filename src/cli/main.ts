import yargs, { type Argv, type Options } from 'yargs';
import { ArchmeterError } from '../core/errors.js';
import { nearest } from '../core/nearest.js';
import { ARCHMETER_VERSION } from '../core/version.js';
import { guarded } from './border.js';
import { registry } from './commands/registry.js';
import { completionsOf } from './complete.js';
import type { Arguments, Command, Streams, Terminal } from './define-command.js';
import { refuseIdle } from './options/idle.js';
import { jsonOptions, settleFormat } from './options/json.js';
import { refuseReports } from './output.js';
import { processStreams } from './streams.js';

const COMMANDS: Readonly<Record<string, () => Promise<{ default: Command }>>> = registry;

/**
 * Runs the command line.
 *
 * @param argv arguments after the program's name
 * @returns the exit code
 */
export async function main(argv: readonly string[], terminal: Terminal = processStreams()): Promise<number> {
  const streams = guarded(terminal);
  // Ahead of yargs, for which every command would be loaded.
  if (argv.length === 1 && argv[0] === '--version') {
    streams.out(`${ARCHMETER_VERSION}\n`);
    return 0;
  }
  if (argv[0] === '--get-yargs-completions') {
    streams.data((await completionsOf(argv.slice(2), COMMANDS)).map((word) => `${word}\n`).join(''));
    return 0;
  }
  if (argv.length === 0) {
    streams.out(START);
    return 0;
  }
  try {
    let run: (() => Promise<number>) | undefined;
    const named = argv.findIndex((argument) => !argument.startsWith('-'));
    const name = argv[named];
    const alone = name !== undefined && Object.hasOwn(COMMANDS, name) ? name : undefined;
    const parser = await buildParser(alone, argv, streams, (command, args) => {
      run = async () => {
        const settled = settleFormat(command, restoreDashes(args));
        refuseIdle(command, settled, argv);
        await refuseReports(command, settled);
        return command.run(settled, streams);
      };
    });
    const rest = alone === undefined ? argv : argv.toSpliced(named, 1);
    const safe = rest.map((argument) => (argument === '-' ? DASH : argument));
    await parser.parseAsync(safe, {}, (_error, _args, output) => {
      if (output) streams.out(`${spaced(output)}\n`);
    });
    return (await run?.()) ?? 0;
  } catch (error) {
    streams.err(`${describeError(error)}\n`);
    return error instanceof ArchmeterError ? 2 : 70;
  }
}

/** What `archmeter` alone shows. */
const START = `archmeter: what a neural network architecture costs, counted and timed.

  archmeter analyze resnet50              every layer's params, work and traffic
  archmeter compare vovnet39 model.onnx   side by side; weights are not needed
  archmeter estimate vovnet39 --on a100   time and energy on another device
  archmeter bench vovnet39 resnet50       timed on this machine, with intervals
  archmeter advise densenet121            what to change, and what it would save
  archmeter init                          a gate for CI; then baseline and check
  archmeter zoo                           models, ops and blocks that it knows
  archmeter --help                        every command; each takes --help too
`;

/** A description that fills its column touches the type of the option, as yargs lays them out: a space between. */
function spaced(help: string): string {
  return help.replace(/^( .*\S)(\[(?:string|number|boolean|array|count|choices|default|required)\b.*)$/gm, '$1 $2');
}

/** Stands for `-`, standard input, which yargs takes for an option without a name. */
const DASH = '\0-';

function restoreDashes(args: Arguments): Arguments {
  const restored = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(restored) : value === DASH ? '-' : value;
  return Object.fromEntries(Object.entries(args).map(([key, value]) => [key, restored(value)])) as Arguments;
}

/**
 * @param alone the command that was named: only it is loaded, as the parser's default command, because yargs renders the
 *   whole help text, unseen, whenever a named command runs
 */
async function buildParser(
  alone: string | undefined,
  argv: readonly string[],
  streams: Streams,
  chosen: (command: Command, args: Arguments) => void,
): Promise<Argv> {
  const options: string[] = [];
  let parser = yargs()
    .scriptName(alone === undefined ? 'archmeter' : `archmeter ${alone}`)
    .version(ARCHMETER_VERSION)
    .help()
    .alias('h', 'help')
    .strict()
    // One column is left for what `spaced` puts in.
    .wrap(Math.min(streams.columns ?? 100, 110) - 1)
    .exitProcess(false)
    .parserConfiguration({ 'parse-positional-numbers': false, 'duplicate-arguments-array': true })
    .fail((message, error) => {
      throw error instanceof ArchmeterError ? error : usageError(message ?? error?.message ?? '', alone, argv, options);
    });
  if (alone === undefined) {
    parser = parser
      .usage(
        '$0 <command>\n\nFLOPs, parameters, memory access cost, timings and energy of neural network architectures.',
      )
      .recommendCommands()
      .demandCommand(1, 'Name a command.')
      .completion('completion', 'Print a completion script for bash or zsh');
  }
  for (const name of alone === undefined ? Object.keys(COMMANDS) : [alone]) {
    const { default: command } = await (COMMANDS[name] as () => Promise<{ default: Command }>)();
    if (alone !== undefined) options.push(...Object.keys({ ...command.options, ...jsonOptions(command) }));
    parser = parser.command(
      alone === undefined ? command.usage : command.usage.replace(/^\S+/, '$0'),
      command.summary,
      (y) => configure(y, command),
      (args) => chosen(command, args as unknown as Arguments),
    );
  }
  return parser;
}

function configure(parser: Argv, command: Command): Argv {
  let configured = command.configure?.(parser) ?? parser;
  for (const [name, options] of Object.entries(command.positionals ?? {})) {
    configured = configured.positional(name, options as Parameters<Argv['positional']>[1]);
  }
  configured = configured.options({ ...command.options, ...jsonOptions(command) } as Record<string, Options>);
  return configured.example(command.examples.map(([line, what]): [string, string] => [`archmeter ${line}`, what]));
}

/** What yargs found wrong, in our words: one line, with the nearest option or command that there is. */
function usageError(
  message: string,
  command: string | undefined,
  argv: readonly string[],
  options: readonly string[],
): ArchmeterError {
  const help = `See 'archmeter ${command === undefined ? '' : `${command} `}--help'.`;
  const meant = /^Did you mean (.*)\?$/.exec(message)?.[1];
  if (meant !== undefined) return new ArchmeterError('there is no such command', `Did you mean '${meant}'? ${help}`);
  const odd = /^Unknown arguments?: (.*)$/s.exec(message)?.[1]?.split(', ') ?? [];
  const option = odd
    .flatMap((name) => [name, `no-${name}`])
    .find((name) => argv.some((typed) => typed.split('=')[0] === `--${name}`));
  if (option !== undefined) {
    const near = nearest(option, options);
    return new ArchmeterError(
      `there is no option --${option}`,
      `${near === undefined ? '' : `Did you mean --${near}? `}${help}`,
    );
  }
  if (odd.length > 0) return new ArchmeterError(`'${odd[0]}' is one word too many`, help);
  const problem = message.replace(/\s*\n\s*/g, ' ').replace(/\.$/, '');
  return new ArchmeterError(problem.charAt(0).toLowerCase() + problem.slice(1), help);
}

/** Expected errors in one line; anything else is a bug in archmeter and says so. */
function describeError(error: unknown): string {
  if (error instanceof ArchmeterError) return `archmeter: ${error.message}`;
  const detail = process.env.ARCHMETER_DEBUG && error instanceof Error ? (error.stack ?? String(error)) : String(error);
  return `archmeter: internal error: ${detail}. Please report it; ARCHMETER_DEBUG=1 shows where it happened.`;
}
