import type { Terminal } from './define-command.js';

const USUAL_COLUMNS = 80;

/**
 * The process's own stdout and stderr. A reader that stopped reading (`| head`) changes nothing; any other failure to
 * write to stdout (a full disk) is said in one line, and the exit code is 2.
 */
export function processStreams(): Terminal {
  const { env, stdout, stderr } = process;
  stdout.on('error', outputFailed);
  stderr.on('error', () => undefined);
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0';
  // A terminal of no width, as `script` makes it, is one of the usual width.
  const columns = stdout.isTTY && !stdout.columns ? USUAL_COLUMNS : stdout.columns || Number(env.COLUMNS) || undefined;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    columns,
    color: (env.NO_COLOR ?? '') === '' && (forced || stdout.isTTY === true),
    interactive: stderr.isTTY === true && env.CI === undefined,
  };
}

let failed = false;

function outputFailed(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE' || failed) return;
  failed = true;
  const reason = error.code === 'ENOSPC' ? 'the disk is full' : (error.code ?? error.message);
  process.stderr.write(`archmeter: cannot write to the standard output: ${reason}.\n`);
  process.on('exit', () => {
    process.exitCode = 2;
  });
}
