import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { blocksText } from '../../../src/cli/tables/blocks-summary.js';
import { devicesText } from '../../../src/cli/tables/devices.js';
import { measurementTable } from '../../../src/cli/tables/measurement.js';
import { matchedGroups } from '../../../src/cli/timing/block-arms.js';
import { analyze } from '../../../src/core/analysis/analyze.js';
import type { Measurement } from '../../../src/core/measurement.js';
import { weight, writeModel } from '../../core/importers/onnx/write-onnx.js';
import { sampleGraphs, sampleMeasurement } from '../../core/report/sample-report.js';
import { type Outcome, run } from '../run.js';
import { printed, streamsOf } from '../screens/rendered.js';
import { expectInert, expectSafe, hostile, UNSAFE } from './hostile.js';

let folder: string;
const workingDirectory = process.cwd();
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'archmeter-test-'));
  process.chdir(folder);
  mkdirSync('.git');
});
afterAll(() => {
  process.chdir(workingDirectory);
  rmSync(folder, { recursive: true });
});

/** Each command on no terminal and on one; whatever it prints is safe. */
async function tried(commands: readonly (readonly string[])[], codes: readonly number[] = [0]): Promise<void> {
  for (const command of commands) {
    for (const columns of [undefined, 80]) {
      const outcome = await run(command, columns);
      const what = `${JSON.stringify(command)} (${columns})`;
      expect(codes, `${what}: ${outcome.err}`).toContain(outcome.code);
      expectOutcome(outcome, command, what);
    }
  }
}

function expectOutcome({ out, err }: Outcome, command: readonly string[], what: string): void {
  expectSafe(out.replaceAll('\r\n', '\n'), what);
  expectSafe(err, what);
  if (command.includes('markdown')) expectInert(out, what);
  if (command.includes('csv')) for (const row of out.split(/\r?\n/)) expect(/^"?\s*[=+@]/.exec(row), row).toBeNull();
  if (command.includes('--json') && out !== '') JSON.parse(out);
}

/** Reports that the commands before have written. */
function expectSafeReports(...names: readonly string[]): void {
  for (const name of names) {
    const text = readFileSync(name, 'utf8');
    if (name.endsWith('.md')) expectInert(text, name);
    if (name.endsWith('.md')) expect(UNSAFE.exec(text)).toBeNull();
    if (name.endsWith('.html')) {
      const page = text.replace(/<script[\s\S]*?<\/script>/g, '');
      expect(page).not.toMatch(/<script>alert|<img src=x/);
    }
  }
}

const reports = (name: string) => ['--report', `${name}.md`, '--report', `${name}.html`, '--force'];

it('whatever a file is called', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      const name = `./${text.replaceAll(/[/\0]/g, '_').slice(0, 60)}`;
      const spec = {
        schema: 'archmeter/spec@1',
        name: 'net',
        input: [1, 3, 8, 8],
        layers: [{ op: 'conv', outChannels: 4, kernel: 3 }],
      };
      const [json, onnx] = [`${name}.json`, `${name}.onnx`];
      writeFileSync(json, JSON.stringify(spec));
      writeFileSync(onnx, writeModel(onnxModel('net', 'relu', 'Relu')));
      await tried([
        ['analyze', json],
        ['analyze', onnx],
        ['analyze', onnx, '--format', 'markdown'],
        ['analyze', onnx, '--format', 'csv'],
        ['compare', json, onnx, '--format', 'markdown'],
        ['diff', json, onnx],
        ['advise', onnx],
        ['estimate', onnx, '--on', 't4', '--json'],
        ['export', json, '-o', `${name}.out.onnx`, '--force'],
        ['analyze', json, '-o', `${name}.txt`, '--force'],
        ['analyze', onnx, '--json', '-o', `${name}.saved.json`, '--force'],
        ['report', `${name}.saved.json`, '-o', `${name}.md`, '--force'],
      ]);
      // Errors name the file too.
      const bad = [`${name}.none.onnx`, `${name}.none.json`];
      await tried(
        [
          ...bad.flatMap((file) => [
            ['analyze', file],
            ['report', file, '-o', 'x.md'],
            ['profile', file],
            ['sweep', file],
          ]),
          ['analyze', text],
          ['analyze', 'resnet18', text],
          ['analyze', 'resnet18', '--set', text],
          ['analyze', 'resnet18', '--input', text],
          ['analyze', json, '-o', `${name}-nowhere/x.txt`],
          ['zoo', '--ops', text],
          ['estimate', 'resnet18', '--on', `x${text}`],
        ],
        [2],
      );
      for (const file of [json, onnx, `${name}.out.onnx`, `${name}.txt`, `${name}.saved.json`, `${name}.md`])
        rmSync(file);
    }),
    { numRuns: 4 },
  );
}, 120_000);

function onnxModel(input: string, layer: string, op: string) {
  return {
    name: layer,
    producer: layer,
    inputs: [{ name: input, dims: [1, 3, 8, 8] }],
    outputs: [`${layer} end`],
    initializers: [weight(`${layer} weight`, 4, 3, 3, 3)],
    nodes: [
      { op: 'Conv', name: layer, inputs: [input, `${layer} weight`], outputs: [`${layer} out`] },
      {
        op,
        name: `${layer} 2`,
        domain: op === 'Relu' ? '' : layer,
        inputs: [`${layer} out`],
        outputs: [`${layer} end`],
      },
    ],
  };
}

it('whatever ops, layers and inputs of an ONNX file are called', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, hostile, async (layer, op) => {
      writeFileSync('m.onnx', writeModel(onnxModel(`in ${op}`, layer, op)));
      writeFileSync('n.onnx', writeModel(onnxModel('in', `${layer}b`, 'Relu')));
      await tried([
        ['analyze', 'm.onnx'],
        ['analyze', 'm.onnx', '--depth', '1'],
        ['analyze', 'm.onnx', '--json'],
        ['analyze', 'm.onnx', '--format', 'csv'],
        ['analyze', 'm.onnx', '--format', 'markdown', ...reports('a')],
        ['explain', 'm.onnx'],
        ['compare', 'm.onnx', 'n.onnx'],
        ['compare', 'm.onnx', 'n.onnx', '--format', 'markdown'],
        ['diff', 'm.onnx', 'n.onnx'],
        ['diff', 'm.onnx', 'n.onnx', '--format', 'markdown'],
        ['advise', 'n.onnx', '--json'],
        ['estimate', 'm.onnx', '--on', 't4', '--per-layer'],
      ]);
      await tried(
        [
          ['analyze', 'm.onnx', '--input', `${op}=1x3x8x8`],
          ['explain', 'm.onnx', 'none such'],
        ],
        [2],
      );
      expectSafeReports('a.md', 'a.html');
    }),
    { numRuns: 5 },
  );
}, 120_000);

it('whatever operators, kernels and devices of a profile are called', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, hostile, async (operator, device) => {
      writeFileSync('t.json', JSON.stringify(torchTrace(operator, device)));
      writeFileSync('u.json', JSON.stringify(torchTrace(`${operator}u`, `${device}u`)));
      writeFileSync('ort.json', JSON.stringify(onnxruntimeTrace(operator)));
      writeFileSync(
        'trt.json',
        JSON.stringify([{ count: 3 }, { name: operator, timeMs: 3, averageMs: 1, percentage: 100 }]),
      );
      await tried([
        ['profile', 't.json', ...reports('p')],
        ['profile', 't.json', '--json'],
        ['profile', 't.json', 'u.json'],
        ['profile', 'ort.json'],
        ['profile', 'trt.json'],
        ['profile', 't.json', '--save-measurement', 'pm.json', '--force'],
        ['report', 'pm.json', '-o', 'pm.md', '--force'],
        ['diff', 'pm.json', 'pm.json'],
      ]);
      expectSafeReports('p.md', 'p.html', 'pm.md');
    }),
    { numRuns: 5 },
  );
}, 120_000);

function torchTrace(operator: string, device: string) {
  const event = (cat: string, name: string, ts: number, dur: number, args: object) => ({
    ...{ ph: 'X', cat, name, pid: 1, tid: cat === 'kernel' ? 7 : 1, ts, dur, args },
  });
  const iteration = (at: number, id: number) => [
    event('user_annotation', `ProfilerStep#${id}`, at, 90, {}),
    event('cpu_op', operator, at + 1, 20, { 'External id': id, 'Input Dims': [[2, 3]] }),
    event('cuda_runtime', operator, at + 5, 1, { correlation: id }),
    event('kernel', operator, at + 30, 10, { correlation: id, stream: 7, device: 0, 'External id': id }),
  ];
  return {
    schemaVersion: 1,
    deviceProperties: [{ id: 0, name: device, totalGlobalMem: 1 }],
    traceEvents: [0, 1, 2].flatMap((i) => iteration(100 * i, i + 1)),
  };
}

function onnxruntimeTrace(operator: string) {
  const event = (cat: string, name: string, ts: number, dur: number, args: object) => ({
    ...{ cat, pid: 1, tid: 1, dur, ts, ph: 'X', name, args },
  });
  return [
    event('Session', 'model_loading_from_saved_model', 0, 10, {}),
    ...[0, 1].flatMap((i) => [
      event('Session', 'model_run', 100 * i + 20, 50, {}),
      event('Node', `${operator}_kernel_time`, 100 * i + 30, 20, {
        op_name: operator,
        provider: operator,
        node_index: '0',
        input_type_shape: [{ float: [1, 3] }],
        output_type_shape: [{ float: [1, 3] }],
      }),
    ]),
  ];
}

it('whatever stands in a measurement: models, layers, devices, runtimes, reasons, warnings', async () => {
  const groups = await matchedGroups({ _: [], group: 'A' });
  await fc.assert(
    fc.asyncProperty(hostile, hostile, async (name, other) => {
      const measurement = hostileMeasurement(name, other);
      for (const columns of [80, 120]) {
        const streams = streamsOf(columns);
        expectSafe(printed(measurementTable(measurement, streams), columns), 'bench');
        expectSafe(printed(blocksText(groups, measurement, streams), columns), 'blocks');
        const probe = { available: true, reason: name, remedy: other, versions: { [name]: other }, devices: [] };
        const runtimes = [{ runtime: { name, title: other }, probe }] as unknown as Parameters<typeof devicesText>[0];
        const meters = [{ name, title: other, available: false, reason: name, remedy: other }];
        expectSafe(printed(devicesText(runtimes, meters, streams), columns), 'devices');
      }
      writeFileSync('m.json', JSON.stringify(measurement));
      writeFileSync('n.json', JSON.stringify(hostileMeasurement(name, `${other}n`)));
      await tried([
        ['report', 'm.json', '-o', 'm.md', '-o', 'm.html', '--force'],
        ['diff', 'm.json', 'n.json'],
        ['diff', 'm.json', 'n.json', '--json'],
        ['diff', 'm.json', 'n.json', '--across-devices'],
      ]);
      expectSafeReports('m.md', 'm.html');
    }),
    { numRuns: 5 },
  );
}, 120_000);

function hostileMeasurement(name: string, other: string): Measurement {
  const graphs = sampleGraphs().map((graph, i) => ({ ...graph, name: `${name}${i}` }));
  const analyses = graphs.map((graph) => analyze(graph));
  const measurement = sampleMeasurement(analyses, [3.1, 6.4, 3.9]);
  const [first, ...rest] = measurement.arms;
  const energy = { status: 'unavailable', reason: other } as const;
  return {
    ...measurement,
    command: other,
    runtime: { name, details: { [name]: other } },
    device: { ...measurement.device, name: other, vendor: name, driver: other },
    arms: [
      { ...first, energy, source: 'rebuilt', rebuiltBecause: other },
      ...rest.map((arm) => ({ ...arm, message: other })),
    ] as Measurement['arms'],
    environment: { ...measurement.environment, os: name, cpu: other },
    warnings: [{ id: 'load', text: `${name} ${other}` }],
  };
}

it('whatever a space, its parameters and its designs are called', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, fc.uuid(), async (name, id) => {
      const net = {
        schema: 'archmeter/spec@1',
        name,
        parameters: { width: 8 },
        input: [1, 3, 16, 16],
        layers: [{ name, op: 'conv', outChannels: '${width}', kernel: 3 }],
      };
      writeFileSync('net.json', JSON.stringify(net));
      const space = {
        schema: 'archmeter/space@1',
        name,
        model: 'net.json',
        parameters: { width: [4, 8] },
        objectives: { madds: 'min', params: 'max' },
      };
      writeFileSync('space.json', JSON.stringify(space));
      const into = `s-${id}`;
      await tried([
        ['sweep', 'space.json', '-o', into, '--jobs', '1'],
        ['sweep', 'front', into, '--json'],
        ['sweep', 'front', into, '--format', 'csv'],
        ['sweep', 'front', into, '--report', 'f.html', '--force'],
        ['sweep', 'status', into],
        ['sweep', 'show', '0', into],
        ['sweep', 'emit', 'slurm', 'space.json', '--shards', '2'],
        ['sweep', 'emit', 'kubernetes', 'space.json', '--shards', '2'],
        ['sweep', 'emit', 'ray', 'space.json', '--shards', '2'],
      ]);
      rmSync(into, { recursive: true, force: true });
    }),
    { numRuns: 5 },
  );
}, 120_000);
