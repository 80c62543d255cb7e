import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guarded } from '../../../src/cli/border.js';
import type { Arguments } from '../../../src/cli/define-command.js';
import { openMeasurementFile, timingExitCode } from '../../../src/cli/timing/measurement-file.js';
import type { Measurement } from '../../../src/core/measurement.js';
import { measure, schemaErrors } from '../../bench/harness/helpers.js';
import { run } from '../run.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archmeter-timing-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const CHILD = fileURLToPath(new URL('timing.child.ts', import.meta.url));
const BLOCKS = ['block:osa:layers=3,width=8,outChannels=16@1x8x14x14', 'block:dense:layers=3,growth=8@1x8x14x14'];

/** `archmeter bench` in a process of its own, until it has left a file and then reported `phase`. */
async function benchUntil(phase: string, path: string) {
  const options = [
    '--runtime',
    'tfjs-wasm',
    '--time-budget',
    '600',
    '--half-width',
    '1e-9',
    '--save-measurement',
    path,
  ];
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, 'bench', ...BLOCKS, ...options]);
  let err = '';
  const exit = new Promise<{ code: number | null; signal: string | null; err: string; out: string }>((resolve) => {
    let out = '';
    child.stdout.on('data', (text) => {
      out += text;
    });
    child.on('close', (code, signal) => resolve({ code, signal, err, out }));
  });
  await new Promise<void>((resolve) => {
    child.stderr.on('data', (text) => {
      err += text;
      if (err.includes(phase)) resolve();
    });
    child.on('close', () => resolve());
  });
  return { child: child as ChildProcess, exit };
}

const read = async (path: string) => JSON.parse(await readFile(path, 'utf8')) as Measurement;

describe('a benchmark', () => {
  it('that is killed leaves what it knew', async () => {
    const path = join(folder, 'killed.json');
    const { child, exit } = await benchUntil('warming up', path);
    child.kill('SIGKILL');
    expect((await exit).signal).toBe('SIGKILL');
    const left = await read(path);
    expect(schemaErrors(left)).toEqual([]);
    expect(left.arms.map(({ status }) => status)).toEqual(['partial', 'partial']);
  }, 120_000);

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'that gets %s writes what is finished and says so',
    async (signal) => {
      const path = join(folder, 'interrupted.json');
      const { child, exit } = await benchUntil('timing', path);
      child.kill(signal);
      const { code, out, err } = await exit;
      expect([out, err.trim().split('\n').at(-1), code]).toEqual([expect.anything(), `wrote ${path}`, 0]);
      expect(out).toContain('Warning: timing was interrupted. What is here was finished before.');
      const left = await read(path);
      expect(schemaErrors(left)).toEqual([]);
      expect(left.settings.stoppedBy).toBe('interrupt');
    },
    120_000,
  );
});

describe('options of timing', () => {
  it.each([
    [['--half-width', '0'], '--half-width must be a number above 0.'],
    [['--tolerance', '2'], '--tolerance 2 is not below 1. It is a fraction: 0.01 is 1 %.'],
    [['--time-budget', '-1'], '--time-budget must be a number above 0.'],
    [['--seed', 'x'], '--seed must be a whole number of at least 1.'],
    [['--dtype', 'fp16'], 'tfjs-wasm cannot run float16: its kernels compute in float32. Use --dtype float32.'],
    [['--device', 'gpu'], "tfjs-wasm has no device 'gpu'. Devices: 'cpu'."],
    [['--meter', 'csv'], 'the CSV meter needs a file. Give --meter csv:FILE.'],
    [
      ['--meter', 'nosuch'],
      "there is no power meter 'nosuch'. Use one of: nvml, nvidia-smi, amd-hwmon, intel-hwmon, rapl, powermetrics, csv, none.",
    ],
  ])('%j are refused before anything is timed', async (options, message) => {
    expect(await run(['bench', BLOCKS[0] as string, '--runtime', 'tfjs-wasm', ...options])).toEqual({
      code: 2,
      out: '',
      err: `archmeter: ${message}\n`,
    });
  });
});

describe('the file of a measurement', () => {
  const NO_ARGUMENTS = {} as Arguments;
  const silent = guarded({ out() {}, err() {}, columns: undefined, color: false, interactive: false });

  it('that cannot be written is refused before anything is timed', async () => {
    await expect(openMeasurementFile(join(folder, 'none', 'a.json'), NO_ARGUMENTS, silent)).rejects.toThrow(
      /its folder does not exist/,
    );
    await expect(openMeasurementFile(folder, NO_ARGUMENTS, silent)).rejects.toThrow(/this is a folder/);
  });

  it.skipIf(!existsSync('/dev/full'))('on a full disk costs a warning and the exit code, not the results', async () => {
    const file = await openMeasurementFile('/dev/full', NO_ARGUMENTS, silent);
    expect(file.save).toBeUndefined();
    const measurement = await measure({ arms: { a: 5 } });
    const finished = await file.finish(measurement);
    expect(finished.warnings.at(-1)?.text).toMatch(/^\/dev\/full: the disk is full/);
    expect(schemaErrors(finished)).toEqual([]);
    expect([timingExitCode(measurement), timingExitCode(finished)]).toEqual([0, 1]);
  });
});
