import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analysisSchema } from '../../src/core/schemas/analysis.schema.js';
import { run } from './run.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archmeter-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('analyze', () => {
  it('prints a table with totals, right-aligned and within the width', async () => {
    const { code, out, err } = await run(['analyze', 'vovnet27-seed', '--depth', '1'], 80);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('4,951,656');
    expect(out).toContain('2,209,575,936');
    for (const line of out.split('Costliest')[0]?.split('\n').slice(2) ?? [])
      expect(line.length).toBeLessThanOrEqual(80);
  });

  it('reads a model from standard input', async () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/archmeter.js', 'analyze', '-'], {
      input: await readFile('fixtures/onnx/test_resnet.onnx'),
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('conv1.6');
  });

  it.skipIf(!existsSync('/dev/full'))('outlives its reader, and says in one line that the disk is full', () => {
    const shell = (script: string) => spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    const command = 'node bin/archmeter.js analyze densenet201 --json';
    const head = shell(`set -o pipefail; ${command} | head -n 1`);
    expect({ status: head.status, stdout: head.stdout, stderr: head.stderr }).toEqual({
      status: 0,
      stdout: '{\n',
      stderr: '',
    });
    const full = shell(`${command} > /dev/full`);
    expect({ status: full.status, stderr: full.stderr }).toEqual({
      status: 2,
      stderr: 'archmeter: cannot write to the standard output: the disk is full.\n',
    });
  });

  it('writes JSON that its schema accepts', async () => {
    const { out } = await run(['analyze', 'resnet50', '--format', 'json']);
    const result = JSON.parse(out);
    const validate = new Ajv({ strict: false, allowUnionTypes: true }).compile(analysisSchema);
    expect(validate(result), JSON.stringify(validate.errors)).toBe(true);
    expect(result.schema).toBe('archmeter/analysis@1');
    expect(result.totals).toMatchObject({ params: 25557032, madds: 4089184256 });
    expect(result.layers).toHaveLength(175);
  });

  it('sorts, selects columns and cuts', async () => {
    const { out } = await run(['analyze', 'resnet50', '--sort', 'params', '--columns', 'name,params', '--top', '2']);
    const rows = out.split('\n').slice(2, 5);
    expect(rows[0]?.trim().split(/\s{2,}/)).toEqual(['Layer', 'Params']);
    expect(rows[1]).toMatch(/^layer4\.\d\.conv2\s+2\.36 M$/);
    expect(out).toContain('173 more');
  });

  it('takes batch, resolution, input, dtype, head and execution', async () => {
    const totals = async (...extra: string[]) =>
      JSON.parse((await run(['analyze', 'resnet18', '--format', 'json', ...extra])).out).totals;
    const one = await totals();
    expect((await totals('--batch', '4')).madds).toBe(4 * one.madds);
    expect((await totals('--input', '1x3x112x112')).params).toBe(one.params);
    expect((await totals('--resolution', '112')).madds).toBe((await totals('--input', '1x3x112x112')).madds);
    expect((await totals('--dtype', 'fp16')).paramBytes).toBe(one.paramBytes / 2);
    expect((await totals('--exclude-head')).params).toBe(one.params - 513000);
    expect((await totals('--execution', 'fused')).readBytes).toBe(one.fused.readBytes);
  });

  it('writes to a file atomically and refuses to overwrite what is not its own', async () => {
    const path = join(folder, 'result.json');
    expect((await run(['analyze', 'resnet18', '--format', 'json', '-o', path])).err).toBe(`wrote ${path}\n`);
    expect(JSON.parse(await readFile(path, 'utf8')).model.name).toBe('resnet18');
    const own = join(folder, 'notes.md');
    await writeFile(own, 'my notes');
    const { code, out } = await run(['analyze', 'resnet18', '--format', 'markdown', '-o', own]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(await readFile(own, 'utf8')).toBe('my notes');
  });
});

describe('--version', () => {
  it('says which archmeter this is', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    expect(await run(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });
});

describe('errors', () => {
  it.each([
    [['analyze', 'resnet5'], /^archmeter: there is no file and no zoo model named 'resnet5'\. Did you mean resnet50, /],
    [['analyze', './missing.yaml'], 'archmeter: ./missing.yaml: there is no such file.\n'],
    [['analyze', 'resnet50', '--batch', '0'], 'archmeter: --batch must be a whole number of at least 1.\n'],
    [
      ['analyze', 'resnet50', '--input', '1x3xax4'],
      "archmeter: '1x3xax4' is not a shape. Write e.g. --input 1x3x224x224 or --input image=1x3x224x224.\n",
    ],
    [['analyze', 'resnet50', '--dim', 'batch'], "archmeter: 'batch' is not a size. Write e.g. --dim batch=4.\n"],
    [
      ['analyze', 'resnet50', '--dim', 'batch=4'],
      'archmeter: a zoo model leaves no size open that --dim could give. Leave out --dim.\n',
    ],
    [
      ['analyze', 'resnet50', '--input-data', 'sizes=4,x'],
      "archmeter: 'sizes=4,x' is no list of numbers. Write e.g. --input-data sizes=480,640.\n",
    ],
    [['analyze', 'fixtures/onnx/dynamic.onnx', '--dim', 'batch=4'], /Or by name: --dim height=N --dim width=N\.\n$/],
    [['analyze', 'resnet50', '--columns', 'flop'], /^archmeter: there is no column 'flop'\. Columns: name, op, /],
    [
      ['analyze', 'resnet50', '--bach', '2'],
      "archmeter: there is no option --bach. Did you mean --batch? See 'archmeter analyze --help'.\n",
    ],
    [['blocks', '--no-bench'], "archmeter: there is no option --no-bench. See 'archmeter blocks --help'.\n"],
    [['blocks', 'bench'], "archmeter: 'bench' is one word too many. See 'archmeter blocks --help'.\n"],
    [['analyse'], /^archmeter: .*analyze.* See 'archmeter --help'\.\n$/],
    [
      ['explain', 'resnet50', 'layer1.0.convv2'],
      "archmeter: model 'resnet50' has no layer 'layer1.0.convv2'. Did you mean 'layer1.0.conv2'?\n",
    ],
    [['blocks', '--group', 'Z', '--no-time'], /^archmeter: there is no group 'Z'\. Groups: A \(/],
  ])('%j: one message on stderr, nothing on stdout, exit code 2', async (argv, message) => {
    const { code, out, err } = await run(argv as string[]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    if (typeof message === 'string') expect(err).toBe(message);
    else expect(err).toMatch(message);
  });
});

it.each([
  [['estimate', 'alexnet', '--on', 'rtx-409'], "there is no device named 'rtx-409'. Did you mean rtx-4090, "],
  [['analyze', 'resnet5'], "there is no file and no zoo model named 'resnet5'. Did you mean resnet50, "],
  [['bench', 'alexnet', '--runtime', 'tfjs-was'], "there is no runtime 'tfjs-was'"],
  [['explain', 'resnet50', 'layer1.0.convv2'], "has no layer 'layer1.0.convv2'. Did you mean 'layer1.0.conv2'?"],
])('%j: what is built suggests what was meant', (argv, message) => {
  const { status, stderr } = spawnSync(process.execPath, ['bin/archmeter.js', ...argv], { encoding: 'utf8' });
  expect(stderr).toContain(message);
  expect(status).toBe(2);
});

describe('compare, explain, zoo, blocks', () => {
  it('says one of one', async () => {
    const spec = join(folder, 'one.yaml');
    await writeFile(spec, 'schema: archmeter/spec@1\nname: one\ninput: [1, 3, 8, 8]\nlayers: [relu]\n');
    const { out } = await run(['advise', spec], 200);
    expect(out).toContain(
      '1 normalisation, activation or addition takes 100.0 % of the time and holds no multiply-add.',
    );
  });

  it('estimates on several devices, separated by commas or named one by one', async () => {
    const { out } = await run(['compare', 'alexnet', 'vovnet39', '--on', 'rtx-4090,t4'], 120);
    expect(out).toMatch(/vovnet39 +Tesla T4 /);
    expect((await run(['compare', 'alexnet', 'vovnet39', '--on', 'rtx-4090', '--on', 't4'], 120)).out).toBe(out);
  });

  it('puts models side by side with ratios', async () => {
    const { out } = await run(['compare', 'vovnet39', 'densenet121']);
    expect(out).toMatch(/MAC \(paper\)\s+37\.5 M\s+28\.7 M\s+0\.765×/);
    expect(out).toMatch(/Traffic, eager\s+302 MB\s+463 MB\s+1\.53×/);
  });

  it('writes out the formulas of a layer with its numbers', async () => {
    const { out } = await run(['explain', 'resnet50', 'layer1.0.conv2']);
    expect(out).toContain('madds = 115,605,504');
    expect(out).toContain('= 1*64*56*56*(64/1)*3*3');
    expect(out).toContain('VoVNet (arXiv 1904.09730) section 2.1');
  });

  it('lists the zoo with exact parameters', async () => {
    const { out } = await run(['zoo', 'vovnet27-seed']);
    expect(out).toMatch(/vovnet27-seed\s+4,951,656\s+2\.21 G/);
  });

  it('compares matched blocks and says which has the lowest memory access cost', async () => {
    const { out } = await run(['blocks', '--no-time', '--group', 'A']);
    expect(out).toMatch(/OSA 5x128 ->256\s+6\s+1\.12 M\s+3\.49 G\s+26\.0 M\s+9\.14 M\s+1\.08/);
    expect(out).toContain('Least memory access, all ops counted: plain 3x3 256 x2 (10.8 M elements).\n');
    expect(out).toMatch(/^Rests on: exact counts of 9 configurations, float32\.$/m);
  });

  it('solves for widths at equal multiply-adds', async () => {
    const { out } = await run(['blocks', '--no-time', '--match', 'madds', '--in', '128', '--resolution', '28']);
    expect(out).toContain('28x28, 128 to 128 channels, matched by madds');
    expect(out).toMatch(/osa \(width 64\)\s+6\s+\S+ k\s+±0 %/);
  });
});
