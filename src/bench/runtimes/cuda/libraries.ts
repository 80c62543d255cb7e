import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { load } from 'koffi';

/** Whether the loader finds a shared library. */
export function isMissing(library: string): boolean {
  try {
    load(library).unload();
    return false;
  } catch {
    return true;
  }
}

/** Folders of CUDA libraries that pip has installed: `site-packages/nvidia/<part>/lib`, where the loader does not look. */
export function pipCudaFolders(roots: readonly string[] = pythonRoots()): string[] {
  return roots.flatMap((root) =>
    names(join(root, 'nvidia'))
      .map((name) => join(root, 'nvidia', name, 'lib'))
      .filter((folder) => names(folder).some((file) => /\.so(\.\d+)*$/.test(file))),
  );
}

/** The line that lets the loader find libraries which pip has installed; undefined where it lacks one of them. */
export function exportLine(
  missing: readonly string[],
  folders: readonly string[] = pipCudaFolders(),
): string | undefined {
  const needed = missing.map((library) => folders.find((folder) => existsSync(join(folder, library))));
  if (needed.length === 0 || needed.includes(undefined)) return undefined;
  // Libraries load one another: all of the packages belong together.
  return `export LD_LIBRARY_PATH=${folders.join(':')}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}`;
}

/** Folders of Python packages: of the environment in use, of the user, and of the system. */
function pythonRoots(): string[] {
  const { VIRTUAL_ENV: venv, CONDA_PREFIX: conda } = process.env;
  const bases = [venv, conda, join(homedir(), '.local'), '/usr/local', '/usr'].filter((base) => base !== undefined);
  return bases.flatMap((base) =>
    names(join(base, 'lib'))
      .filter((name) => name.startsWith('python3'))
      .flatMap((name) => ['site-packages', 'dist-packages'].map((kind) => join(base, 'lib', name, kind))),
  );
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
