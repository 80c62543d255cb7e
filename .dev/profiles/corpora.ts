// Makes what .dev/profiles.ts reads: profiles of this machine's processor, and traces that others made. Usage:
// ARCHMETER_PYTHON=python3 tsx .dev/profiles/corpora.ts OUT [onnx|pytorch|others]
// The Python needs numpy, onnx, onnxruntime, torch and torchvision; `others` is cloned from GitHub with git.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reference } from '../../test/reference.js';

const [out = '', only] = process.argv.slice(2);
const python = process.env['ARCHMETER_PYTHON'] ?? 'python3';
const run = (program: string, ...arguments_: string[]) => execFileSync(program, arguments_, { stdio: 'inherit' });
const makeTraces = fileURLToPath(new URL('./make_traces.py', import.meta.url));

/** Ten families of torchvision. */
const TORCHVISION = [
  'convnext_tiny',
  'densenet121',
  'efficientnet_b0',
  'mobilenet_v2',
  'mobilenet_v3_large',
  'resnet18',
  'resnet50',
  'shufflenet_v2_x1_0',
  'swin_t',
  'vit_b_16',
];

/** Repositories whose tests hold traces: folders with them. */
const OTHERS = {
  'AMD-AGI/TraceLens': ['tests'],
  'facebookresearch/HolisticTraceAnalysis': ['tests/data'],
};

const made = {
  onnx() {
    const folder = join(out, 'onnx');
    mkdirSync(folder, { recursive: true });
    const models = reference.names('models', '.onnx').map((name) => {
      const path = join(folder, `${name}.onnx`);
      writeFileSync(path, reference.bytes(`models/${name}.onnx`));
      return path;
    });
    run(python, makeTraces, 'onnxruntime', join(out, 'onnxruntime'), ...models);
  },
  pytorch() {
    run(python, makeTraces, 'pytorch', join(out, 'pytorch'), ...TORCHVISION);
  },
  others() {
    for (const [repository, folders] of Object.entries(OTHERS)) {
      const clone = join(out, 'others', repository.split('/')[1] as string);
      if (existsSync(clone)) continue;
      run('git', 'clone', '--depth=1', '--filter=blob:none', '--sparse', `https://github.com/${repository}`, clone);
      run('git', '-C', clone, 'sparse-checkout', 'set', ...folders);
    }
  },
};

for (const [kind, make] of Object.entries(made)) if (only === undefined || only === kind) make();
