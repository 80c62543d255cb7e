import type { Argv, Options } from 'yargs';

/** What a command was given, after yargs has checked it. */
export type Arguments = Readonly<Record<string, unknown>> & { readonly _: readonly (string | number)[] };

/** The process's streams, or what a test passes for them. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Columns of the terminal; undefined where output is not a terminal. */
  readonly columns: number | undefined;
  /** Whether colour is wanted (NO_COLOR, FORCE_COLOR, terminal). */
  readonly color: boolean;
  /** Whether stderr is a terminal that can redraw a line. */
  readonly interactive: boolean;
}

/** Where a command writes: `guarded` in `border.ts` makes it of a terminal. */
export interface Streams extends Terminal {
  /** JSON, CSV or Markdown for another program: as it is, but that nothing in it moves a cursor or commands a log. */
  data(text: string): void;
  /** Commands to the program that reads the log, which nothing else may print. */
  annotate(text: string, stream: 'out' | 'err'): void;
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
