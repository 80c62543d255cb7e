import { main } from '../../src/cli/main.js';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line in this process with captured streams. */
export async function run(argv: readonly string[], columns?: number): Promise<Outcome> {
  let out = '';
  let err = '';
  const code = await main(argv, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    columns,
    color: false,
    interactive: false,
  });
  return { code, out, err };
}
