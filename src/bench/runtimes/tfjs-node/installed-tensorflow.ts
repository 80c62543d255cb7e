import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchmeterError } from '../../../core/errors.js';

/** A TensorFlow with C headers and shared libraries. */
export interface InstalledTensorFlow {
  readonly folder: string;
  readonly include: string;
  readonly libraryFolder: string;
  /** Files to link. */
  readonly libraries: readonly string[];
  /** What it was built with, where it says so. */
  readonly cuda?: string;
  readonly cudnn?: string;
}

/** pip's package holds the C functions in libtensorflow_cc, the C distribution in libtensorflow. */
const MAIN = /^libtensorflow(_cc)?\.(so(\.\d+)*|(\d+\.)*dylib)$/;
const FRAMEWORK = /^libtensorflow_framework\.(so(\.\d+)*|(\d+\.)*dylib)$/;

/** Finds TensorFlow in the folder itself, or where pip or a virtual environment below it has put it. */
export async function findTensorFlow(folder: string): Promise<InstalledTensorFlow> {
  if (!existsSync(folder))
    throw new ArchmeterError(`there is no folder ${folder}`, 'Give the folder of an installed TensorFlow.');
  const candidates = [folder, join(folder, 'tensorflow')];
  const python = await names(join(folder, 'lib'));
  for (const name of python.filter((entry) => entry.startsWith('python3'))) {
    candidates.push(join(folder, 'lib', name, 'site-packages', 'tensorflow'));
  }
  for (const candidate of candidates) {
    for (const libraryFolder of [candidate, join(candidate, 'lib')]) {
      const found = await at(candidate, libraryFolder);
      if (found !== undefined) return found;
    }
  }
  throw new ArchmeterError(
    `no TensorFlow lies in ${folder}: it has no libtensorflow_cc.so.2 or libtensorflow.so`,
    "Give the folder that this prints: python -c 'import tensorflow as tf; print(tf.sysconfig.get_lib())'",
  );
}

async function at(folder: string, libraryFolder: string): Promise<InstalledTensorFlow | undefined> {
  const files = await names(libraryFolder);
  // Of several names of one library the longest is the file that the others point to.
  const newest = (pattern: RegExp) => files.filter((file) => pattern.test(file)).sort((a, b) => b.length - a.length)[0];
  const main = newest(MAIN);
  const framework = newest(FRAMEWORK);
  if (main === undefined) return undefined;
  const include = join(folder, 'include');
  if (!existsSync(join(include, 'tensorflow', 'c', 'eager', 'c_api.h'))) {
    throw new ArchmeterError(
      `TensorFlow in ${folder} has no C headers: ${include}/tensorflow/c/eager/c_api.h is missing`,
    );
  }
  const build = await readFile(join(folder, 'python', 'platform', 'build_info.py'), 'utf8').catch(() => '');
  const version = (key: string) => new RegExp(`'${key}_version', '([\\d.]+)'`).exec(build)?.[1];
  const cuda = version('cuda');
  const cudnn = version('cudnn');
  return {
    folder,
    include,
    libraryFolder,
    libraries: [main, ...(framework === undefined ? [] : [framework])].map((file) => join(libraryFolder, file)),
    ...(cuda && { cuda }),
    ...(cudnn && { cudnn }),
  };
}

async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}
