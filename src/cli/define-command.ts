import type { Argv, Options } from 'yargs';

/** What a command was given, after yargs has checked it. */
export type Arguments = Readonly<Record<string, unknown>> & { readonly _: readonly (string | number)[] };

/** Where a command writes. Tests pass their own. */
export interface Streams {
  out(text: string): void;
  err(text: string): void;
  /** Columns of the terminal; undefined where output is not a terminal. */
  readonly columns: number | undefined;
  /** Whether colour is wanted (NO_COLOR, FORCE_COLOR, terminal). */
  readonly color: boolean;
  /** Whether stderr is a terminal that can redraw a line. */
  readonly interactive: boolean;
}

/** One subcommand: a file in `src/cli/commands` with its default export. */
export interface Command {
  /** yargs syntax: `analyze <model>`. */
  readonly usage: string;
  readonly summary: string;
  readonly positionals?: Readonly<Record<string, Options>>;
  readonly options: Readonly<Record<string, Options>>;
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** For nested commands. */
  configure?(yargs: Argv): Argv;
  /** Returns the exit code: 0 fine, 1 a gate failed, 2 bad input, 3 inconclusive. */
  run(args: Arguments, streams: Streams): Promise<number>;
}

export function defineCommand(command: Command): Command {
  return command;
}
