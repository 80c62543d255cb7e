import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Calibration } from '../../src/core/analysis/latency/index.js';
import { expectGolden } from '../golden.js';
import { run } from './run.js';

const H100 = 'fixtures/profiles/pytorch/vit-b-16-h100.json.gz';
const golden = (name: string) => new URL(`golden/calibrate/${name}.txt`, import.meta.url);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archmeter-calibrate-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('calibrate --from-profile', () => {
  it.each([
    ['operators', [H100]],
    ['model', [H100, '--model', 'vit_b_16']],
    ['two-traces', [H100, 'fixtures/profiles/pytorch/bert-small-h100.json.gz']],
  ])('prints the fit and its held-out error, within 80 columns: %s', async (name, argv) => {
    const path = join(folder, `${name}.json`);
    const { code, out, err } = await run(['calibrate', '-o', path, '--from-profile', ...argv], 80);
    expect({ code, err: err.replace(/\s+/g, ' ') }).toEqual({ code: 0, err: `wrote ${path} ` });
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expectGolden(out, golden(name));
    const { schema, profile } = JSON.parse(await readFile(path, 'utf8')) as Calibration;
    expect(schema).toBe('archmeter/calibration@1');
    expect(profile).toMatchObject({ device: 'h100-sxm', precision: 'bfloat16' });
    expect(profile.source).toMatch(/^archmeter calibrate --from-profile: fitted to \d+ rows/);
    const estimate = await run(['estimate', 'vit_b_16', '--dtype', 'bf16', '--batch', '4', '--on', path], 80);
    expect(estimate).toMatchObject({ code: 0, err: '' });
    expect(estimate.out).toContain('H100');
  });

  it.each([
    [
      [],
      'archmeter: --from-profile needs a file to write: calibrations that are kept are of this machine. Add e.g. -o gpu.json, and estimate with --on gpu.json.',
    ],
    [
      ['-o', 'x.json', '--runtime', 'onnxruntime'],
      'archmeter: --runtime means nothing with --from-profile: nothing is timed here. Leave it out.',
    ],
  ])('is refused with %j', async (argv, text) => {
    const { code, err } = await run(['calibrate', '--from-profile', H100, ...argv]);
    expect({ code, err: err.trim() }).toEqual({ code: 2, err: text });
  });

  it('is what --model goes with', async () => {
    const { code, err } = await run(['calibrate', '--model', 'resnet50']);
    expect({ code, err: err.trim() }).toEqual({
      code: 2,
      err: 'archmeter: --model is of a profile. Add --from-profile, or leave it out.',
    });
  });
});
