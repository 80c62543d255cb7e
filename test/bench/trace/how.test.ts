import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { exportOnnx } from '../../../src/core/export/onnx/index.js';
import { profileOf } from '../../../src/core/profile/profile.js';
import { readTrace, traceFormats } from '../../../src/core/traces/index.js';
import { buildModel } from '../../../src/core/zoo/index.js';
import { withModelFile } from '../../../src/node/byte-source.js';
import { loadModel } from '../../../src/node/load-model.js';

const PYTHON = process.env['ARCHMETER_PYTHON'] ?? 'python3';

/** Why a snippet cannot run here; undefined where it can. */
function missing(module: string): string | undefined {
  const found = spawnSync(PYTHON, ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0;
  return found ? undefined : `${PYTHON} does not import ${module}; set ARCHMETER_PYTHON`;
}

const folder = mkdtempSync(join(tmpdir(), 'archmeter-how-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function howOf(format: string): Promise<string> {
  const found = (await traceFormats()).find((one) => one.format === format);
  return found?.how as string;
}

/** Runs a snippet as it is pasted, after what a reader has already. */
function paste(snippet: string, before = ''): void {
  writeFileSync(join(folder, 'run.py'), `${before}\n${snippet}`);
  execFileSync(PYTHON, ['run.py'], { cwd: folder, stdio: 'pipe' });
}

const read = (name: string) => withModelFile(join(folder, name), (source) => readTrace(source));

const NET = `
import torch
torch.set_num_threads(1)
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = torch.nn.Conv2d(3, 32, 3, padding=1)
        self.norm = torch.nn.BatchNorm2d(32)
        self.second = torch.nn.Conv2d(32, 64, 3, stride=2)
        self.head = torch.nn.Linear(64, 10)
    def forward(self, x):
        return self.head(self.second(self.norm(self.first(x)).relu()).mean((2, 3)))
model = Net()
inputs = (torch.randn(2, 3, 96, 96),)
`;

const FUNCTION = `
import jax.numpy as jnp
def f(x, w):
    return jnp.tanh(x @ w).sum(axis=0)
inputs = (jnp.ones((256, 256)), jnp.ones((256, 256)))
`;

describe('snippets of --how, pasted', { timeout: 180_000 }, () => {
  const [torch, ort, jax] = [missing('torch'), missing('onnxruntime'), missing('jax')];

  it(torch === undefined ? 'pytorch' : `pytorch (skipped: ${torch})`, async (context) => {
    if (torch !== undefined) return context.skip();
    paste(await howOf('pytorch'), NET);
    const trace = await read('trace.json.gz');
    expect(trace.iterations.length + trace.warmUpIterations).toBe(10);
    const model = await loadModel(join(folder, 'model.pt2'), {});
    const { joinedFraction, rows } = profileOf(trace, 'net', model);
    expect(joinedFraction).toBeGreaterThan(0.98);
    expect(rows.flatMap(({ layers }) => layers)).toEqual(expect.arrayContaining(['first', 'second', 'head']));
  });

  it(ort === undefined ? 'onnxruntime' : `onnxruntime (skipped: ${ort})`, async (context) => {
    if (ort !== undefined) return context.skip();
    writeFileSync(join(folder, 'model.onnx'), exportOnnx(await buildModel('squeezenet1_1'), { weights: 'random' }));
    paste(await howOf('onnxruntime'));
    const trace = await read('trace.json');
    expect(trace.iterations.length + trace.warmUpIterations).toBe(20);
    expect(profileOf(trace, 'net', await loadModel(join(folder, 'model.onnx'), {})).joinedFraction).toBeGreaterThan(
      0.95,
    );
  });

  it(jax === undefined ? 'xla, of JAX' : `xla, of JAX (skipped: ${jax})`, async (context) => {
    if (jax !== undefined) return context.skip();
    paste(await howOf('xla'), FUNCTION);
    const written = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((name) =>
      /^profile\/plugins\/profile\/.*\.trace\.json\.gz$/.test(name.replaceAll('\\', '/')),
    );
    const trace = await read(written as string);
    expect(trace.iterations.length + trace.warmUpIterations).toBe(10);
    expect(trace.iterations[0]?.steps.length).toBeGreaterThan(0);
  });

  it.each(['tensorrt', 'nsight'])('%s: a shell takes it', async (format) => {
    const how = await howOf(format);
    expect(spawnSync('bash', ['-n'], { input: how, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  it('each says what it writes and what to do with it', async () => {
    for (const { format, how } of await traceFormats()) {
      if (how === undefined) continue;
      expect(how, format).toMatch(/^# .* writes /);
      expect(how, format).toMatch(/^# (Then: )?archmeter profile /m);
    }
  });
});
