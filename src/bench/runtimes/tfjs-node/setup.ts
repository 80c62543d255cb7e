import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ArchmeterError } from '../../../core/errors.js';
import { inspect } from './inspect.js';
import { findTensorFlow, type InstalledTensorFlow } from './installed-tensorflow.js';
import { manifestPath, type SetupManifest, setupFolder, TFJS_NODE_VERSION, type TfjsNodePackage } from './location.js';

const HEADERS_VERSION = '1.9.0';

/** Version of Node-API that the binding is built for; Node has had it since 15.12. */
const NODE_API = 8;

export interface SetupOptions {
  /** Folder of an installed TensorFlow: pip's `site-packages/tensorflow`, or an unpacked libtensorflow. */
  readonly libtensorflow: string;
  /** Where to build; default: `setupFolder()`, where the runtimes look. */
  readonly target?: string;
  /** Told what is being done. */
  readonly log?: (text: string) => void;
}

export interface SetupResult extends SetupManifest {
  readonly folder: string;
  readonly usesGpu: boolean;
}

/**
 * Builds the native binding of @tensorflow/tfjs-node against a TensorFlow that is already installed: the npm package's
 * two C++ files are compiled against its headers and linked to its libraries, which stay where they are. This is how
 * the binding gets a CUDA 12 TensorFlow; the libraries that the package itself would download know CUDA 11 only.
 *
 * @throws ArchmeterError where the folder, npm or a compiler is missing, or the binding does not load
 */
export async function setupTfjsNode({
  libtensorflow,
  target = setupFolder(),
  log = () => {},
}: SetupOptions): Promise<SetupResult> {
  if (process.platform === 'win32') {
    throw new ArchmeterError(
      'the binding cannot be built on Windows: TensorFlow has no GPU there since 2.11',
      'Use --runtime tfjs-webgpu, or WSL.',
    );
  }
  const tensorflow = await findTensorFlow(resolve(libtensorflow));
  const folder = resolve(target);
  log(`Fetching @tensorflow/tfjs-node ${TFJS_NODE_VERSION} into ${folder}`);
  await installPackages(folder);
  const location: TfjsNodePackage = {
    name: '@tensorflow/tfjs-node',
    folder: join(folder, 'node_modules', '@tensorflow', 'tfjs-node'),
    version: TFJS_NODE_VERSION,
  };
  log(`Compiling its binding against ${tensorflow.libraries[0]}`);
  await compile(folder, location.folder, tensorflow);
  log('Loading it');
  const inspection = await inspect(location);
  if (!inspection.loaded || inspection.tensorflow === undefined) {
    throw new ArchmeterError(
      `the binding was built but does not load: ${inspection.problem}`,
      'Give the folder of a TensorFlow that works on this machine.',
    );
  }
  const manifest: SetupManifest = {
    libtensorflow: tensorflow.folder,
    tensorflow: inspection.tensorflow,
    ...(tensorflow.cuda && { cuda: tensorflow.cuda }),
    ...(tensorflow.cudnn && { cudnn: tensorflow.cudnn }),
  };
  await writeFile(manifestPath(folder), `${JSON.stringify(manifest, null, 2)}\n`);
  return { ...manifest, folder, usesGpu: inspection.usesGpu };
}

const run = promisify(execFile);

/** The package without its install script, which would download a TensorFlow of its own. */
async function installPackages(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const dependencies = { '@tensorflow/tfjs-node': TFJS_NODE_VERSION, 'node-api-headers': HEADERS_VERSION };
  const wanted = `${JSON.stringify({ private: true, dependencies }, null, 2)}\n`;
  const file = join(folder, 'package.json');
  const installed = existsSync(join(folder, 'node_modules', '@tensorflow', 'tfjs-node', 'package.json'));
  if (installed && (await readFile(file, 'utf8').catch(() => '')) === wanted) return;
  await writeFile(file, wanted);
  const options = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
  try {
    await run('npm', options, { cwd: folder, maxBuffer: 2 ** 24 });
  } catch (error) {
    const { code, stderr = '' } = error as { code?: string | number; stderr?: string };
    if (code === 'ENOENT') throw new ArchmeterError('npm is not installed', 'Install npm, which comes with Node.');
    const cause = /npm (?:error|ERR!) (?!code)(.*)/.exec(stderr)?.[1] ?? 'no reason given';
    throw new ArchmeterError(
      `npm cannot install @tensorflow/tfjs-node ${TFJS_NODE_VERSION}: ${cause}`,
      'Check the network.',
    );
  }
}

async function compile(folder: string, source: string, tensorflow: InstalledTensorFlow): Promise<void> {
  const output = join(source, 'lib', `napi-v${NODE_API}`);
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  const compiler = process.env.CXX || 'c++';
  const flags = [
    '-std=c++17',
    '-O2',
    '-fPIC',
    '-shared',
    ...(process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : []),
    `-DNAPI_VERSION=${NODE_API}`,
    `-I${join(folder, 'node_modules', 'node-api-headers', 'include')}`,
    `-I${tensorflow.include}`,
    `-I${join(source, '..')}`,
    join(source, 'binding', 'tfjs_backend.cc'),
    join(source, 'binding', 'tfjs_binding.cc'),
    ...tensorflow.libraries,
    `-Wl,-rpath,${tensorflow.libraryFolder}`,
    '-o',
    join(output, 'tfjs_binding.node'),
  ];
  try {
    await run(compiler, flags, { maxBuffer: 2 ** 24 });
  } catch (error) {
    const { code, stderr = '' } = error as { code?: string | number; stderr?: string };
    if (code === 'ENOENT') {
      throw new ArchmeterError(
        `there is no C++ compiler '${compiler}'`,
        'Install one, e.g. sudo apt install g++, or set CXX.',
      );
    }
    const first = stderr.split('\n').find((line) => /error/i.test(line)) ?? `${compiler} failed`;
    throw new ArchmeterError(`the binding does not compile against ${tensorflow.folder}: ${first}`);
  }
}
