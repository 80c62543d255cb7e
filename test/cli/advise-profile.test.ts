import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findingsSchema } from '../../src/core/schemas/findings.schema.js';
import { expectGolden } from '../golden.js';
import { run } from './run.js';

const H100 = 'fixtures/profiles/pytorch/vit-b-16-h100.json.gz';
const golden = (name: string) => new URL(`golden/profile/advise-${name}.txt`, import.meta.url);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archmeter-advise-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('advise --profile', () => {
  it.each([
    ['model', ['vit_b_16', '--profile', H100]],
    ['operators', ['--profile', H100]],
    ['training', ['--profile', 'fixtures/profiles/pytorch/training-mi250.json.gz']],
  ])('says what the times show, on which device, and that savings are from measured time: %s', async (name, argv) => {
    const { code, out, err } = await run(['advise', ...argv], 80);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expectGolden(out, golden(name));
  });

  it('says the same of the measurement that was written of the trace', async () => {
    const measurement = join(folder, 'm.json');
    expect((await run(['profile', H100, '--model', 'vit_b_16', '--save-measurement', measurement])).code).toBe(0);
    const [trace, saved] = await Promise.all(
      [H100, measurement].map(async (path) => (await run(['advise', 'vit_b_16', '--profile', path], 80)).out),
    );
    expect(saved).toBe(trace);
    const wrong = await run(['advise', 'resnet50', '--profile', measurement]);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('no layer of resnet50 is in the profile');
  });

  it('writes JSON of its schema and a report', async () => {
    const report = join(folder, 'findings.md');
    const { out } = await run(['advise', 'vit_b_16', '--profile', H100, '--json', '--report', report]);
    const json = JSON.parse(out);
    const validate = new Ajv({ strict: false }).compile(findingsSchema);
    expect(validate(json), JSON.stringify(validate.errors)).toBe(true);
    expect(json.measured).toEqual({
      device: 'NVIDIA H100 80GB HBM3',
      clock: 'timestamps of kernels',
      software: 'pytorch, CUDA 12.4, driver 12.9, CUPTI 22',
      iterations: 1,
    });
    expect(await readFile(report, 'utf8')).toContain('of an iteration');
  });

  it.each([
    [['resnet50', 'vgg16', '--profile', H100], 'a profile is of one model, and 2 are named'],
    [[], 'advise takes a model'],
  ])('%j: one line', async (argv, message) => {
    const { code, err } = await run(['advise', ...argv]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
