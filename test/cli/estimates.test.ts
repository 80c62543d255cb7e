import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schemas } from '../../src/core/schemas/index.js';
import { expectGolden } from '../golden.js';
import { run } from './run.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archmeter-estimates-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function schemaErrors(name: 'findings' | 'estimates', json: string) {
  const validate = new Ajv({ strict: false }).compile((await schemas())[name] as object);
  validate(JSON.parse(json));
  return validate.errors;
}

const ENERGY = {
  schema: 'archmeter/energy-profile@1',
  device: 'House GPU',
  runtime: 'made-up',
  precision: 'float32',
  execution: 'eager',
  source: 'made up for this test',
  joulesPerFlop: 1e-11,
  joulesPerByte: 1e-10,
  staticWatts: 50,
  observations: 12,
  heldOut: { median: 0.05, p90: 0.1, logLow: -0.1, logHigh: 0.1 },
};

async function houseGpu(): Promise<{ device: string; energy: string }> {
  const [device, energy] = [join(folder, 'house.yaml'), join(folder, 'energy.json')];
  await writeFile(device, 'name: House GPU\nlike: rtx-3090\nmemoryBandwidthGbs: 800\n');
  await writeFile(energy, JSON.stringify(ENERGY));
  return { device, energy };
}

describe('advise', () => {
  it('prints findings, largest saving first, with layers, source and what no source confirmed', async () => {
    const { code, out, err } = await run(['advise', 'squeezenet1-1', '--batch', '64', '--on', 't4'], 100);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expectGolden(out, new URL('golden/advise-squeezenet.txt', import.meta.url));
  });

  it('prints as JSON what its schema accepts', async () => {
    const { out } = await run(['advise', 'resnet18', '--json']);
    expect(await schemaErrors('findings', out)).toBeNull();
    expect(JSON.parse(out).findings[0].saving.fraction).toBeGreaterThan(0);
  });

  it.each([
    [
      ['advise', 'resnet18', '--on', 't4,a100'],
      'archmeter: savings are those of one device. Name one with --on, and run again for another.\n',
    ],
    [['advise', 'resnet18', '--on', 'rtx-409'], /^archmeter: .*rtx-409.*rtx-4090/],
    [
      ['advise', 'resnet18', '--dtype', 'int3'],
      /^archmeter: invalid values: .*fp32.* See 'archmeter advise --help'\.\n$/,
    ],
  ])('%j: one message, exit code 2', async (argv, message) => {
    const { code, out, err } = await run(argv as string[]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    if (typeof message === 'string') expect(err).toBe(message);
    else expect(err).toMatch(message);
  });
});

describe('estimate', () => {
  it('shows time and energy by layer, the mode named, and unverified figures marked', async () => {
    const { code, out } = await run(['estimate', 'alexnet', '--on', 't4', '--batch', '8', '--per-layer'], 120);
    expect(code).toBe(0);
    expectGolden(out, new URL('golden/estimate-alexnet.txt', import.meta.url));
  });

  it('takes lists of models and devices, and JSON that its schema accepts', async () => {
    const { out } = await run(['estimate', 'alexnet', 'squeezenet1-1', '--on', 't4,a100', '--json']);
    expect(await schemaErrors('estimates', out)).toBeNull();
    const names = JSON.parse(out).estimates.map(({ latency }: { latency: { model: string; device: string } }) => [
      latency.model,
      latency.device,
    ]);
    expect(names.map(([model]: [string]) => model)).toEqual(['alexnet', 'alexnet', 'squeezenet1-1', 'squeezenet1-1']);
    expect(new Set(names.map(([, device]: [string, string]) => device)).size).toBe(2);
  });

  it("takes a device of one's own, and splits energy with its constants", async () => {
    const { device, energy } = await houseGpu();
    const { out } = await run([
      'estimate',
      'alexnet',
      '--on',
      device,
      '--energy-profile',
      energy,
      '--dtype',
      'fp32',
      '--json',
    ]);
    const [{ energy: found, latency }] = JSON.parse(out).estimates;
    expect(found.mode).toBe('calibrated');
    expect(found.staticJoules).toBeCloseTo((50 * latency.latencyMs) / 1e3, 9);
    expect(found.computeJoules + found.memoryJoules + found.staticJoules).toBeCloseTo(found.energyJoules, 9);
    expect(found.note).toContain('held-out error 5.0 % at the median');
    expect(latency.unverified).toContain('computeUnits');
  });

  it('takes the constants of a calibration along with its device', async () => {
    const path = join(folder, 'calibration.json');
    const { DEVICES } = await import('../../src/core/analysis/devices/index.js');
    const { PROFILES } = await import('../../src/core/analysis/latency/profiles/index.js');
    const device = DEVICES.find(({ id }) => id === 't4');
    const calibration = { schema: 'archmeter/calibration@1', device, profile: PROFILES[0], energy: ENERGY };
    await writeFile(path, JSON.stringify(calibration));
    const { out } = await run(['estimate', 'alexnet', '--on', path]);
    expect(out).toMatch(/alexnet .* calibrated\n/);
    expect(out).not.toContain('literature');
  });

  it('never uses the constants of another device', async () => {
    const { energy } = await houseGpu();
    const { code, err } = await run(['estimate', 'alexnet', '--on', 't4', '--energy-profile', energy]);
    expect(code).toBe(2);
    expect(err).toContain("the constants of energy were measured on 'House GPU', not on 'Tesla T4'");
  });

  it.each([
    [['estimate', 'alexnet'], /^archmeter: no device is named\. Name one with --on, /],
    [['estimate', 'alexnet', '--on', 't4', '--top', '0'], 'archmeter: --top must be a whole number of at least 1.\n'],
    [['estimate', 'alexnet', '--on', 'none.yaml'], 'archmeter: none.yaml: there is no such file.\n'],
    [
      ['analyze', 'alexnet', '--json', '--format', 'csv'],
      'archmeter: --json and --format csv ask for two forms. Leave one of them out.\n',
    ],
  ])('%j: one message, exit code 2', async (argv, message) => {
    const { code, out, err } = await run(argv as string[]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    if (typeof message === 'string') expect(err).toBe(message);
    else expect(err).toMatch(message);
  });
});

describe('calibrate', () => {
  it.each([
    [['--meter', 'nosuch'], /^archmeter: there is no power meter 'nosuch'\. Use one of: .*rapl/],
    [
      ['--meter', 'csv:none.csv'],
      /^archmeter: none\.csv: the watt-meter log cannot be read\. Start the logger first\./,
    ],
  ])('%j: said before the minutes of timing', async (argv, message) => {
    const { code, out, err } = await run(['calibrate', '--runtime', 'tfjs-wasm', ...argv]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });

  it('says in its help how to measure energy', async () => {
    expect((await run(['calibrate', '--help'])).out).toContain('--meter');
  });
});
