import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

export const TFJS_NODE_VERSION = '4.22.0';

/** Where `archmeter setup tfjs-node` puts the binding that it builds. */
export function setupFolder(): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(cache, 'archmeter', 'tfjs-node');
}

/** What `archmeter setup` notes beside the binding. */
export interface SetupManifest {
  readonly libtensorflow: string;
  readonly tensorflow: string;
  readonly cuda?: string;
  readonly cudnn?: string;
}

export const manifestPath = (folder: string) => join(folder, 'archmeter.json');

/** An installed @tensorflow/tfjs-node or tfjs-node-gpu. */
export interface TfjsNodePackage {
  readonly name: string;
  /** Folder of the package. */
  readonly folder: string;
  readonly version: string;
  /** Where archmeter built it itself. */
  readonly manifest?: SetupManifest;
}

/**
 * The binding to use, the first found of `names` in the current project, beside archmeter, or built by
 * `archmeter setup`. Whether it loads is another matter (`inspect.ts`).
 */
export function locatePackage(names: readonly string[]): TfjsNodePackage | undefined {
  const places = [join(process.cwd(), 'package.json'), import.meta.url, join(setupFolder(), 'package.json')];
  for (const place of places) {
    for (const name of names) {
      const found = resolveFrom(place, name);
      if (found === undefined) continue;
      const built = manifestPath(setupFolder());
      const own = found.folder.startsWith(setupFolder()) && existsSync(built);
      return own ? { ...found, manifest: JSON.parse(readFileSync(built, 'utf8')) as SetupManifest } : found;
    }
  }
  return undefined;
}

function resolveFrom(place: string, name: string): TfjsNodePackage | undefined {
  try {
    const file = createRequire(place).resolve(`${name}/package.json`);
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
    return { name, folder: dirname(file), version };
  } catch {
    return undefined;
  }
}
