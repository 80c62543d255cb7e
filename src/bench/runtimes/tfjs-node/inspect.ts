import { execFile } from 'node:child_process';
import type { TfjsNodePackage } from './location.js';

/** What a binding says of itself when it is loaded. */
export interface Inspection {
  readonly loaded: boolean;
  readonly tensorflow?: string;
  /** TensorFlow has registered a GPU and runs kernels on it. */
  readonly usesGpu: boolean;
  /** Why it does not load, or what TensorFlow complains of. */
  readonly problem?: string;
  /** What TensorFlow logged while it looked for devices. */
  readonly log: string;
}

/** `util.isNullOrUndefined`, which tfjs-node calls, is gone since Node 23. */
const SCRIPT = `
const util = require('node:util');
if (util.isNullOrUndefined === undefined) util.isNullOrUndefined = (x) => x === null || x === undefined;
const tf = require(process.argv[1]);
const { binding, isUsingGpuDevice } = tf.backend();
tf.tidy(() => tf.matMul(tf.ones([8, 8]), tf.ones([8, 8])).dataSync());
process.stdout.write('\\n' + JSON.stringify({ tensorflow: binding.TF_Version, usesGpu: isUsingGpuDevice === true }));
`;

/**
 * Loads a binding in a process of its own: a library built for another machine takes its process with it, and
 * TensorFlow logs to the terminal. Runs one kernel, so that a device that registers but cannot compute is found out.
 */
export function inspect(location: TfjsNodePackage, environment: NodeJS.ProcessEnv = {}): Promise<Inspection> {
  const options = {
    timeout: 120_000,
    maxBuffer: 2 ** 24,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '0', TF_CPP_VMODULE: 'dso_loader=1,gpu_device=1', ...environment },
  };
  return new Promise((resolve) => {
    execFile(process.execPath, ['-e', SCRIPT, location.folder], options, (error, stdout, log) => {
      const answer = parseAnswer(stdout);
      if (answer !== undefined) resolve({ loaded: true, ...answer, log });
      else resolve({ loaded: false, usesGpu: false, problem: loadProblem(error, log), log });
    });
  });
}

function parseAnswer(stdout: string): { tensorflow: string; usesGpu: boolean } | undefined {
  try {
    return JSON.parse(stdout.slice(stdout.lastIndexOf('\n') + 1)) as { tensorflow: string; usesGpu: boolean };
  } catch {
    return undefined;
  }
}

/** The cause in one line, a missing library by its name. */
export function loadProblem(
  error: (Error & { signal?: NodeJS.Signals | null; killed?: boolean }) | null,
  log: string,
): string {
  const library =
    /(?:error while loading shared libraries: |Error: |dlerror: )?(lib[\w.+-]+): cannot open shared object file/.exec(
      log,
    );
  if (library) return `the library ${library[1]} is missing`;
  if (/tfjs_binding\.node\) can not be found/.test(log)) return 'its native binding tfjs_binding.node was never built';
  const symbol = /undefined symbol: ([\w@.]+)/.exec(log);
  if (symbol) return `its native binding does not fit the TensorFlow library: it lacks ${symbol[1]}`;
  if (error?.killed) return 'it did not load within two minutes';
  if (error?.signal) return `its process died of ${error.signal}`;
  const thrown = /^(?:\w*Error): (.*)$/m.exec(log);
  return thrown?.[1] ?? log.trim().split('\n').at(-1) ?? 'it does not load';
}

/** Libraries that TensorFlow could not open while it looked for a GPU, from its log. */
export function missingGpuLibraries(log: string): string[] {
  const names = [
    ...log.matchAll(
      /(?:Could not load dynamic library '|Could not load )?(lib(?:cu|nv)[\w.+-]*\.so[.\d]*)['"]?[^\n]*cannot open shared object/g,
    ),
  ];
  return [...new Set(names.map(([, name]) => name as string))];
}
