import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliDecompressSync } from 'node:zlib';

/**
 * SwiftShader, a Vulkan device in software, from the npm package @sparticuz/chromium. The loader's path must be set
 * before a process starts, so scripts run in a child process.
 */
const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Why SwiftShader cannot be had here; `undefined` where it can. */
export function swiftShaderMissing(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'SwiftShader comes for Linux on x64 only';
  try {
    require.resolve('@sparticuz/chromium');
    return undefined;
  } catch {
    return '@sparticuz/chromium is not installed';
  }
}

function extract(): string {
  const home = dirname(dirname(dirname(require.resolve('@sparticuz/chromium'))));
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
  const folder = join(tmpdir(), `archmeter-swiftshader-${version}`);
  if (existsSync(folder)) return folder;
  const unfinished = mkdtempSync(join(tmpdir(), 'archmeter-swiftshader-'));
  const archive = brotliDecompressSync(readFileSync(join(home, 'bin', 'swiftshader.tar.br')));
  execFileSync('tar', ['-xf', '-', '-C', unfinished], { input: archive });
  try {
    renameSync(unfinished, folder);
  } catch {
    rmSync(unfinished, { recursive: true });
  }
  return folder;
}

/** Environment in which Vulkan finds SwiftShader and nothing else. */
export function swiftShaderEnvironment(): NodeJS.ProcessEnv {
  const folder = extract();
  return {
    ...process.env,
    LD_LIBRARY_PATH: folder,
    VK_ICD_FILENAMES: join(folder, 'vk_swiftshader_icd.json'),
    TMPDIR: tmpdir(),
  };
}

/** Runs a TypeScript file in a child process on SwiftShader; what it prints as JSON is returned. */
export async function runOnSwiftShader(script: URL, ...args: readonly string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', fileURLToPath(script), ...args], {
    cwd: root,
    env: swiftShaderEnvironment(),
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout);
}
