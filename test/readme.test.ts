import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { registry } from '../src/cli/commands/registry.js';
import { backbone } from './cli/gate/scenarios.js';
import { run } from './cli/run.js';
import { TestRepository } from './node/gate/repository.js';

// Timing takes minutes and has tests of its own: here every arm takes as long as its work suggests.
vi.mock('../src/cli/timing/timing.js', async () => ({
  timeArms: (await import('./cli/timed-by-work.js')).timedByWork,
}));

// The page is served until someone ends it, and has tests of its own.
vi.mock('../src/node/app-server.js', () => ({
  serveApp: async () => ({ url: 'http://localhost:1/', interrupted: async () => {}, close: async () => {} }),
}));
vi.mock('../src/node/open-browser.js', () => ({ openBrowser: () => {} }));

const root = process.cwd();
const readme = readFileSync('README.md', 'utf8');
let repository: TestRepository;

beforeAll(async () => {
  repository = new TestRepository();
  const at = (name: string) => `${repository.folder}/${name}`;
  const commit = (net: string) => repository.commit('net', { 'models/net.yaml': net });
  const onnx = resolve('fixtures/onnx/test_resnet.onnx');
  for (const name of ['model.onnx', 'resnet50.onnx']) copyFileSync(onnx, at(name));
  for (const name of ['model.pt2', 'resnet50.pt2']) copyFileSync(resolve('fixtures/pt2/test_resnet.pt2'), at(name));
  copyFileSync(resolve('fixtures/profiles/pytorch/vit-b-16-h100.json.gz'), at('trace.json.gz'));
  process.chdir(repository.folder);
  vi.stubEnv('CI', '');
  vi.stubEnv('XDG_CONFIG_HOME', at('configuration'));
  commit(backbone());
  commit(backbone({ stemName: 'first' }));
  repository.git('update-ref', 'refs/remotes/origin/main', 'HEAD~1');
  writeFileSync('archmeter.config.yaml', 'models: [alexnet, models/net.yaml]\nmetrics: { madds: {}, params: {} }\n');
  writeFileSync('design.yaml', backbone());
  writeFileSync('my-gpu.yaml', 'name: my GPU\nfloat32Tflops: 20\nmemoryBandwidthGbs: 500\nsource: a data sheet\n');
  writeFileSync('my-backbone.yaml', specOf(readme));
  writeFileSync(
    'space.yaml',
    'family: regnet\nparameters: { depth: { from: 8, to: 14 }, groupWidth: [8, 16] }\nobjectives: { madds: max, params: min }\n',
  );
  await run(['baseline', 'update']);
  for (const name of ['vovnet39', 'densenet121']) await run(['analyze', name, '--json', '-o', `${name}.json`]);
  for (const name of ['before', 'after']) await run(['analyze', 'alexnet', '--json', '-o', `${name}.json`]);
});
beforeEach(() => {
  vi.stubEnv('CI', '');
});
afterAll(() => {
  process.chdir(root);
  vi.unstubAllEnvs();
  repository.remove();
});

/** The spec file that README shows. */
function specOf(text: string): string {
  return /```yaml\n(# yaml-language-server[^`]*layers:[^`]*)```/.exec(text)?.[1] ?? '';
}

/** What stands in no test's surroundings: an installed TensorFlow, a watt-meter's log. */
const NEEDS_MORE: Readonly<Record<string, RegExp>> = {
  'setup tfjs-node': /tensorflow/,
  'calibrate --meter csv:watts.csv': /meter/,
  'calibrate --from-profile': /\S+:\s+there\s+is\s+no\s+such\s+file/,
  init: /a\s+configuration already/,
  // Profiles have tests of their own.
  'advise model.pt2 --profile': /trace\.json\.gz:\s+there\s+is\s+no\s+such\s+file/,
  profile: /\S+:\s+there\s+is\s+no\s+such\s+file/,
  // Named in prose, without the model that it takes.
  advise: /advise\s+takes\s+a\s+model/,
};

async function works(line: string): Promise<void> {
  const words = [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
  const { code, err } = await run([...words, ...(words[0] === 'export' ? ['--force'] : [])], 80);
  const missing = Object.entries(NEEDS_MORE).find(([start]) => `${line} `.startsWith(`${start} `))?.[1];
  if (missing !== undefined && code !== 0) expect(err).toMatch(missing);
  else expect({ line, code, err: code === 0 ? '' : err }).toEqual({ line, code: 0, err: '' });
}

it('has help whose every example runs', async () => {
  for (const load of Object.values(registry)) {
    for (const [line] of (await load()).default.examples) await works(line);
  }
}, 300_000);

it('has a README whose every command runs', async () => {
  const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.split('\n'));
  const spans = [...readme.matchAll(/`(archmeter [^`\n]*)`/g)].map(([, span = '']) => span);
  const lines = [...blocks, ...spans].map((line) => line.replace(/\s+#.*$/, '').trim());
  const commands = lines.flatMap((line) => /^(?:npx )?archmeter (.*)$/.exec(line)?.[1] ?? []);
  expect(commands.length).toBeGreaterThan(12);
  for (const command of commands) {
    const alternatives = command.split(' | ');
    if (alternatives.length > 1) {
      for (const name of alternatives) expect(await run([name, '--help'])).toMatchObject({ code: 0 });
    } else if (!command.includes('…') && command !== 'completion') {
      const [name = ''] = command.split(' ');
      const isWhole = (await registry[name as keyof typeof registry]?.())?.default.usage.includes('<') !== true;
      // A command named in prose, without the model that it takes.
      if (isWhole || command.includes(' ')) await works(command);
    }
  }
}, 300_000);

it('has a tutorial whose every command runs', async () => {
  const tutorial = readFileSync(resolve(root, 'src/docs/tutorial.md'), 'utf8');
  writeFileSync('net.yaml', /```yaml\n([^`]*)```/.exec(tutorial)?.[1] ?? '');
  const blocks = [...tutorial.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.trim().split('\n'));
  expect(blocks.length).toBeGreaterThan(12);
  for (const line of blocks) await works(line.replace(/^archmeter /, ''));
}, 300_000);
