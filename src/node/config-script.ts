import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ArchmeterError } from '../core/errors.js';

const LONGEST_MS = 10_000;

const CODE = `const { parentPort, workerData } = require('node:worker_threads');
import(workerData).then(
  (module) => {
    try {
      parentPort.postMessage({ value: module.default });
    } catch (error) {
      parentPort.postMessage({ problem: 'it exports something other than plain data: ' + error.message });
    }
  },
  (error) => parentPort.postMessage({ problem: error?.message ?? String(error) }),
);`;

type Answer = { readonly value: unknown } | { readonly problem: string };

/**
 * What a configuration written in JavaScript exports. It runs in a thread of its own, so that one that never ends can be
 * stopped.
 *
 * @throws ArchmeterError where it throws, ends without an export, or takes longer than allowed
 */
export async function loadConfigScript(path: string, longestMs = LONGEST_MS): Promise<unknown> {
  // Its standard output would mix with the command's.
  const worker = new Worker(CODE, { eval: true, workerData: pathToFileURL(path).href, execArgv: [], stdout: true });
  worker.stdout.pipe(process.stderr);
  let timer: NodeJS.Timeout | undefined;
  const answer = await new Promise<Answer>((resolve) => {
    worker.once('message', resolve);
    worker.once('error', (error: Error) => resolve({ problem: error.message }));
    worker.once('exit', () => resolve({ problem: 'it ended before it exported anything' }));
    timer = setTimeout(() => resolve({ problem: `it did not end within ${longestMs / 1000} s` }), longestMs);
  });
  clearTimeout(timer);
  await worker.terminate();
  if ('value' in answer) return answer.value;
  throw new ArchmeterError(`the configuration cannot be loaded: ${answer.problem.split('\n')[0]}`, undefined, {
    file: path,
  });
}
