import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Measurement } from '../../src/core/measurement.js';
import { expectGolden } from '../golden.js';
import { run } from './run.js';

const H100 = 'fixtures/profiles/pytorch/vit-b-16-h100.json.gz';
const MI300X = 'fixtures/profiles/pytorch/vit-b-16-mi300x.json.gz';
const golden = (name: string) => new URL(`golden/profile/${name}.txt`, import.meta.url);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archmeter-profile-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('profile', () => {
  it.each([
    ['operators', [H100]],
    ['model', [H100, '--model', 'vit_b_16']],
    ['two-devices', [H100, MI300X]],
    ['training', ['fixtures/profiles/pytorch/training-mi250.json.gz']],
  ])('prints where the time went, within 80 columns: %s', async (name, argv) => {
    const { code, out, err } = await run(['profile', ...argv], 80);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expectGolden(out, golden(name));
  });

  it('writes a measurement that report, compare and others read, and a report of its own', async () => {
    const [measurement, report, again] = ['m.json', 'r.html', 'again.md'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const written = await run([
      'profile',
      H100,
      '--model',
      'vit_b_16',
      '--save-measurement',
      measurement,
      '--report',
      report,
    ]);
    expect(written.code).toBe(0);
    const { schema, arms } = JSON.parse(await readFile(measurement, 'utf8')) as Measurement;
    expect(schema).toBe('archmeter/measurement@1');
    expect(
      arms[0]?.layers?.timings.find(({ name }) => name.endsWith('encoder_layer_0.self_attention.in_proj'))?.members,
    ).toHaveLength(5);
    expect(await readFile(report, 'utf8')).toContain('Profile of vit-b-16');
    expect((await run(['report', measurement, '-o', again])).code).toBe(0);
  });

  it('prints what to run on the machine with the device', async () => {
    const { code, out } = await run(['profile', '--how', 'pytorch']);
    expect(code).toBe(0);
    expect(out).toContain('record_shapes=True');
    const { code: unknown, err } = await run(['profile', '--how', 'caffe']);
    expect(unknown).toBe(2);
    expect(err).toContain("there is no snippet for 'caffe'");
  });

  it.each([
    [[], 'profile takes one trace, or two to compare'],
    [['package.json'], 'package.json: no profile of a known format is recognised in this file'],
    [['no-such-trace.json'], 'no-such-trace.json: there is no such file'],
  ])('%j: one line', async (argv, message) => {
    const { code, err } = await run(['profile', ...argv]);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err.trim()).not.toContain('\n');
  });
});
