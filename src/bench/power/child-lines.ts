import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program that writes lines until it is stopped. */
export interface ChildLines {
  /** Ends the program; resolves when its last line was handled. What it wrote to stderr comes back. */
  stop(): Promise<string>;
}

/**
 * Starts a program and hands on its lines. Resolves with the first line.
 *
 * @throws Error where it cannot be started or ends before it wrote a line
 */
export async function readLines(
  command: string,
  args: readonly string[],
  onLine: (line: string) => void,
): Promise<ChildLines> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (data) => {
    complaints += String(data);
  });
  const lines = createInterface({ input: child.stdout });
  const ended = new Promise<string>((resolve) => {
    lines.once('close', () => resolve(complaints.trim()));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    lines.on('line', (line) => {
      onLine(line);
      resolve();
    });
    ended.then((text) => reject(new Error(text || `${command} wrote nothing`)));
  });
  return {
    async stop() {
      child.kill();
      return ended;
    },
  };
}

/** Output of a program that ends by itself; throws with what it complained of. */
export function outputOf(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { timeout: 15_000 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (error.code === 'ENOENT') reject(new Error(`${command} is not installed`));
      else reject(new Error(stderr.trim() || stdout.trim() || error.message));
    });
  });
}
