import type { Streams } from './define-command.js';

/** The process's own stdout and stderr. */
export function processStreams(): Streams {
  const { env, stdout, stderr } = process;
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0';
  const columns = stdout.columns ?? (Number(env.COLUMNS) || undefined);
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    columns,
    color: (env.NO_COLOR ?? '') === '' && (forced || stdout.isTTY === true),
    interactive: stderr.isTTY === true && env.CI === undefined,
  };
}
