import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';

/** Folders that may hold a Python wheel of TensorFlow, or an unpacked one. */
const WHEEL_FOLDERS = ['/opt/pypi/files', '/opt/pypi-more/files', '/opt/wheels'];

/** Set to the folder of an installed TensorFlow to test against that one. */
const FOLDER_VARIABLE = 'ARCHMETER_LIBTENSORFLOW';

const wheel = () => {
  for (const folder of WHEEL_FOLDERS.filter((path) => existsSync(path))) {
    const name = readdirSync(folder).find((file) => /^tensorflow(_cpu)?-2.*linux.*x86_64\.whl$/.test(file));
    if (name !== undefined) return { name: name.replace(/\.whl$/, ''), path: join(folder, name) };
  }
  return undefined;
};

/** Why no TensorFlow can be had here to build against; `undefined` where one can. */
export function tensorFlowMissing(): string | undefined {
  if (process.env[FOLDER_VARIABLE]) return undefined;
  if (process.platform !== 'linux' || process.arch !== 'x64') return `set ${FOLDER_VARIABLE} to test here`;
  return wheel() === undefined
    ? `no TensorFlow wheel in ${WHEEL_FOLDERS.join(', ')}; set ${FOLDER_VARIABLE}`
    : undefined;
}

/** Folder of a TensorFlow, unpacked once into the temporary folder: libraries and C headers only. */
export function installedTensorFlow(): string {
  const given = process.env[FOLDER_VARIABLE];
  if (given) return given;
  const { name: wheelName, path } = wheel() as { name: string; path: string };
  const target = join(tmpdir(), `archmeter-${wheelName}`);
  const folder = join(target, 'tensorflow');
  if (existsSync(folder)) return folder;
  const unfinished = `${target}.${process.pid}`;
  const wanted = /^tensorflow\/(libtensorflow_|include\/(tensorflow|tsl|xla)\/|python\/platform\/build_info)/;
  const files = unzipSync(readFileSync(path), { filter: ({ name }) => wanted.test(name) && !name.endsWith('/') });
  for (const [file, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(unfinished, file)), { recursive: true });
    writeFileSync(join(unfinished, file), bytes);
  }
  try {
    renameSync(unfinished, target);
  } catch {
    rmSync(unfinished, { recursive: true });
  }
  return folder;
}
