import { copyFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, it, vi } from 'vitest';
import { registry } from '../../../src/cli/commands/registry.js';
import { analyze } from '../../../src/core/analysis/analyze.js';
import { buildModel } from '../../../src/core/zoo/index.js';
import { type ModelSpec, weight, writeModel } from '../../core/importers/onnx/write-onnx.js';
import { sampleMeasurement } from '../../core/report/sample-report.js';
import { TestRepository } from '../../node/gate/repository.js';
import { backbone } from '../gate/scenarios.js';
import { run } from '../run.js';
import { SCREENS } from './cases.js';
import { expectHelp, expectRun, expectScreen, WIDTHS } from './expect-screen.js';
import { printed, RENDERED, streamsOf } from './rendered.js';

const fixtures = resolve('fixtures');
const workingDirectory = process.cwd();
let repository: TestRepository;

const SPACE = `schema: archmeter/space@1
name: small
family: regnet
parameters: { depth: { from: 8, to: 14 }, groupWidth: [8, 16], squeeze: [false, true] }
constraints: [madds <= 900e6]
objectives: { madds: max, params: min }
`;

const CONFIG = `models: [net.yaml]
metrics: { params: {}, madds: {}, memoryAccessCost: {}, peakActivationBytes: {} }
`;

const UNKNOWN: ModelSpec = {
  inputs: [{ name: 'x', dims: [1, 3, 32, 32] }],
  outputs: ['y'],
  initializers: [weight('w', 8, 3, 3, 3)],
  nodes: [
    { op: 'Conv', name: 'conv', inputs: ['x', 'w'], outputs: ['c'] },
    { op: 'Wobble', domain: 'com.example', name: 'wobble', inputs: ['c'], outputs: ['d'] },
    { op: 'Relu', name: 'act', inputs: ['d'], outputs: ['y'] },
  ],
};

beforeAll(async () => {
  repository = new TestRepository();
  process.chdir(repository.folder);
  vi.stubEnv('CI', '');
  vi.stubEnv('GITHUB_ACTIONS', '');
  repository.commit('net', {
    'net.yaml': backbone(),
    'wider.yaml': backbone({ width: 24 }),
    'broken.yaml': backbone().replace('outChannels: 8', 'outChannel: 8'),
    'space.yaml': SPACE,
    'archmeter.config.yaml': CONFIG,
    'strict.yaml':
      'models: [wider.yaml]\nbaseline: strict.json\nmetrics: { params: { max: 10k }, madds: {}, memoryAccessCost: { max: 100k } }\n',
    'fresh/net.yaml': backbone(),
  });
  await run(['baseline', 'update', '--config', 'strict.yaml']);
  repository.write('wider.yaml', backbone({ width: 32 }));
  await run(['analyze', 'net.yaml', '--json', '-o', 'saved.json']);
  copyFileSync(`${fixtures}/onnx/test_resnet.onnx`, 'model.onnx');
  writeFileSync('unknown.onnx', writeModel(UNKNOWN));
  const analyses = [analyze(await buildModel('vovnet39')), analyze(await buildModel('resnet50'))];
  writeFileSync('before.json', JSON.stringify(sampleMeasurement(analyses, [31.2, 22.4])));
  writeFileSync('after.json', JSON.stringify(sampleMeasurement(analyses, [27.4, 22.5])));
  copyFileSync(`${fixtures}/profiles/pytorch/vit-b-16-h100.json.gz`, 'trace.json.gz');
  copyFileSync(`${fixtures}/profiles/pytorch/vit-b-16-mi300x.json.gz`, 'other.json.gz');
});
afterAll(() => {
  process.chdir(workingDirectory);
  vi.unstubAllEnvs();
  repository.remove();
});

it.each(Object.entries(SCREENS))('%s', expectRun);

it.each(Object.entries(RENDERED))('%s', async (name, render) => {
  for (const columns of WIDTHS) expectScreen(name, columns, printed(await render(streamsOf(columns)), columns));
});

it.each(Object.keys(registry))('%s --help', expectHelp);
