import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './run.js';

const traceOf = (device: string) => `fixtures/profiles/pytorch/vit-b-16-${device}.json.gz`;

let folder: string;
let h100: string;
let mi300x: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archmeter-profile-measurement-'));
  [h100, mi300x] = ['h100', 'mi300x'].map((name) => join(folder, `${name}.json`)) as [string, string];
  for (const [device, path] of [
    ['h100', h100],
    ['mi300x', mi300x],
  ] as const) {
    const argv = ['profile', traceOf(device), '--model', 'vit_b_16', '--save-measurement', path];
    expect((await run(argv)).code).toBe(0);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the measurement of a profile', () => {
  it('is printed by report without a file to write, with the device and its layers', async () => {
    const { code, out, err } = await run(['report', h100]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('NVIDIA H100 80GB HBM3');
    expect(out).toContain('vit-b-16');
    expect(out).toContain('conv_proj');
    expect(out).not.toContain('MI300X');
  });

  it('needs a report to be named where results hold no times', async () => {
    const analysis = join(folder, 'analysis.json');
    expect((await run(['analyze', 'vit_b_16', '--format', 'json', '--output', analysis])).code).toBe(0);
    const { code, err } = await run(['report', analysis]);
    expect(code).toBe(2);
    expect(err.replace(/\s+/g, ' ')).toBe(
      "archmeter: no measurement is among the results, and only times are printed. Name the report to write: '-o report.html'. ",
    );
  });

  it('stands under the roof of no other device in a report of two', async () => {
    const output = join(folder, 'two.json');
    expect((await run(['report', h100, mi300x, '-o', output])).code).toBe(0);
    const { measurements } = JSON.parse(await readFile(output, 'utf8'));
    const boundsOf = measurements.map(
      (one: { device: { name: string }; arms: { trace: { boundsOf: { name: string } } }[] }) => [
        one.device.name,
        one.arms[0]?.trace.boundsOf.name,
      ],
    );
    expect(boundsOf).toEqual([
      ['NVIDIA H100 80GB HBM3', 'H100 SXM5 80GB'],
      ['AMD Instinct MI300X VF', 'Instinct MI300X'],
    ]);
  });

  it('is not compared across devices by diff unless one asks for it', async () => {
    const apart = await run(['diff', h100, mi300x]);
    expect(apart.code).toBe(0);
    expect(apart.out).toContain('--across-devices compares all the same.');
    expect((await run(['diff', h100, mi300x, '--across-devices'])).out).not.toContain('Not comparable:');
  });

  it.each([['compare', 'resnet50'], ['compare']])('is no model: %s says which commands read it', async (...argv) => {
    const { code, out, err } = await run([...argv, h100]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.replace(/\s+/g, ' ')).toContain("not a model. 'archmeter report' and 'archmeter diff' read results.");
  });
});
