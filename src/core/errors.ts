import { spelledOut } from './clean-text.js';

/** Where in the user's material an error lies. Every part is optional; what is known is printed. */
export interface ErrorLocation {
  readonly file?: string | undefined;
  /** 1-based. */
  readonly line?: number | undefined;
  /** 1-based. */
  readonly column?: number | undefined;
  /** Byte offset in a binary file. */
  readonly byte?: number | undefined;
  /** Name of the layer or node. */
  readonly layer?: string | undefined;
}

/**
 * An error that the user can mend: bad input, a wrong name, a missing piece.
 * The CLI prints `message` alone, never a stack trace, and exits with code 2.
 *
 * @param problem what is wrong, without a full stop
 * @param fix what to do about it, an imperative sentence
 */
export class ArchmeterError extends Error {
  readonly problem: string;
  readonly fix: string | undefined;
  readonly location: ErrorLocation;

  constructor(problem: string, fix?: string, location: ErrorLocation = {}, options?: ErrorOptions) {
    super(formatError(problem, fix, location), options);
    this.name = 'ArchmeterError';
    this.problem = problem;
    this.fix = fix;
    this.location = location;
  }

  /** The same error with more of its place filled in; what is already known stays. */
  at(location: ErrorLocation): ArchmeterError {
    return new ArchmeterError(this.problem, this.fix, { ...location, ...this.location }, { cause: this.cause });
  }
}

function formatError(problem: string, fix: string | undefined, location: ErrorLocation): string {
  const { file, line, column, byte, layer } = location;
  let place = file ?? '';
  if (line !== undefined) place += `${place ? ':' : 'line '}${line}${column === undefined ? '' : `:${column}`}`;
  if (byte !== undefined) place += `${place ? ', ' : ''}byte ${byte}`;
  if (layer !== undefined) place += `${place ? ', ' : ''}layer '${layer}'`;
  return spelledOut(`${place ? `${place}: ` : ''}${problem}.${fix === undefined ? '' : ` ${fix}`}`);
}
