import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const CHILD = fileURLToPath(new URL('./native-log.child.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** As absl logs before it is told where to: to the descriptor, whatever Node thinks of it. */
const LOG = "require('node:fs').writeSync(2, 'E0000 cuda_dnn.cc:8310] Unable to register cuDNN factory\\n');";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'archmeter-native-log-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A package that logs when it is loaded and when its first kernel runs. */
function binding(name: string, onKernel = ''): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(
    join(path, 'index.js'),
    `${LOG}
     module.exports = {
       async setBackend() { return true; },
       backend: () => ({ isUsingGpuDevice: false, binding: { TF_Version: '2.9.1' } }),
       tidy: (run) => run(),
       zeros: () => ({ dataSync() { ${LOG} ${onKernel} } }),
     };`,
  );
  return path;
}

function open(path: string, environment: NodeJS.ProcessEnv = {}, stderr: 'pipe' | number = 'pipe') {
  const env = { ...process.env, ...environment };
  if (environment['TF_CPP_MIN_LOG_LEVEL'] === undefined) delete env['TF_CPP_MIN_LOG_LEVEL'];
  return spawnSync(process.execPath, ['--import', 'tsx', CHILD, path], {
    cwd: ROOT,
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', stderr],
  });
}

it('keeps what a native binding logs off a pipe and out of a file, and our own lines on them', () => {
  const path = binding('quiet');
  const ours = 'before\nlevel 3\nafter\n';
  expect(open(path)).toMatchObject({ stderr: ours, status: 0 });
  const file = join(folder, 'stderr.txt');
  writeFileSync(file, 'earlier\n');
  const descriptor = openSync(file, 'a');
  open(path, {}, descriptor);
  closeSync(descriptor);
  expect(readFileSync(file, 'utf8')).toBe(`earlier\n${ours}`);
});

it('gives the log back where the binding fails, and to whoever asks for it', () => {
  const failing = binding('failing', "throw new Error('no kernel');");
  const { stderr } = open(failing);
  expect(stderr.match(/Unable to register cuDNN factory/g)).toHaveLength(2);
  expect(stderr).toMatch(/no kernel\nlevel 3\nafter\n$/);
  const asked = open(binding('asked'), { TF_CPP_MIN_LOG_LEVEL: '0' }).stderr;
  expect(asked.match(/Unable to register cuDNN factory/g)).toHaveLength(2);
  expect(asked).toMatch(/level 0\nafter\n$/);
});
