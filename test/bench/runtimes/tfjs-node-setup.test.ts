import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import util from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseGpuList } from '../../../src/bench/runtimes/cuda/nvidia-gpus.js';
import { cudaLibraries, cudaOf, diagnoseGpu } from '../../../src/bench/runtimes/tfjs-node/diagnosis.js';
import { inspect, loadProblem, missingGpuLibraries } from '../../../src/bench/runtimes/tfjs-node/inspect.js';
import { findTensorFlow } from '../../../src/bench/runtimes/tfjs-node/installed-tensorflow.js';
import { locatePackage } from '../../../src/bench/runtimes/tfjs-node/location.js';
import { setupTfjsNode } from '../../../src/bench/runtimes/tfjs-node/setup.js';
import gpuRuntime from '../../../src/bench/runtimes/tfjs-node-gpu.js';

let folder: string;
const saved = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME, PATH: process.env.PATH };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'archmeter-test-'));
  process.env.XDG_CACHE_HOME = folder;
});
afterEach(() => {
  for (const [name, value] of Object.entries(saved)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  rmSync(folder, { recursive: true });
});

function write(path: string, text = ''): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text, { mode: 0o755 });
}

/** A package in the place where `archmeter setup` builds one, whose backend says of itself what is given. */
function fakePackage(body: string): void {
  const at = 'archmeter/tfjs-node/node_modules/@tensorflow/tfjs-node';
  write(`${at}/package.json`, JSON.stringify({ name: '@tensorflow/tfjs-node', version: '4.22.0', main: 'index.js' }));
  write(`${at}/index.js`, body);
}

const backend = (usesGpu: boolean, tensorflow: string) => `
const util = require('util');
if (util.isNullOrUndefined(undefined) !== true) throw new Error('no shim');
const tensor = { dataSync() {} };
module.exports = {
  backend: () => ({ binding: { TF_Version: '${tensorflow}' }, isUsingGpuDevice: ${usesGpu} }),
  setBackend: async () => true, tidy: (f) => f(), ones: () => tensor, zeros: () => tensor, matMul: () => tensor,
};`;

/** An nvidia-smi that lists one GPU. */
function fakeGpu(): void {
  write('bin/nvidia-smi', "#!/bin/sh\necho 'NVIDIA GeForce RTX 3090, 550.54.15, 00000000:17:00.0, 8.6'\n");
  process.env.PATH = `${join(folder, 'bin')}:${saved.PATH}`;
}

describe('an installed TensorFlow', () => {
  const HEADER = 'include/tensorflow/c/eager/c_api.h';

  it("is found in pip's package, with what it was built with", async () => {
    write(`tensorflow/${HEADER}`);
    write('tensorflow/libtensorflow_cc.so.2');
    write('tensorflow/libtensorflow_framework.so.2');
    write(
      'tensorflow/python/platform/build_info.py',
      "build_info = OrderedDict([('cuda_version', '12.5.1'), ('cudnn_version', '9'), ('is_cuda_build', True)])",
    );
    const home = join(folder, 'tensorflow');
    const expected = {
      folder: home,
      include: join(home, 'include'),
      libraryFolder: home,
      libraries: [join(home, 'libtensorflow_cc.so.2'), join(home, 'libtensorflow_framework.so.2')],
      cuda: '12.5.1',
      cudnn: '9',
    };
    expect(await findTensorFlow(home)).toEqual(expected);
    expect(await findTensorFlow(folder)).toEqual(expected);
  });

  it('is found in a virtual environment and in the C distribution', async () => {
    write(`lib/python3.11/site-packages/tensorflow/${HEADER}`);
    write('lib/python3.11/site-packages/tensorflow/libtensorflow_cc.so.2');
    expect((await findTensorFlow(folder)).folder).toBe(join(folder, 'lib/python3.11/site-packages/tensorflow'));
    write(`c/${HEADER}`);
    write('c/lib/libtensorflow.so');
    write('c/lib/libtensorflow.so.2.15.0');
    write('c/lib/libtensorflow_framework.so.2.15.0');
    expect((await findTensorFlow(join(folder, 'c'))).libraries).toEqual(
      ['libtensorflow.so.2.15.0', 'libtensorflow_framework.so.2.15.0'].map((name) => join(folder, 'c/lib', name)),
    );
  });

  it('is missing in words', async () => {
    await expect(findTensorFlow(join(folder, 'nowhere'))).rejects.toThrow(
      `there is no folder ${join(folder, 'nowhere')}. Give the folder of an installed TensorFlow.`,
    );
    await expect(findTensorFlow(folder)).rejects.toThrow(
      `no TensorFlow lies in ${folder}: it has no libtensorflow_cc.so.2 or libtensorflow.so. ` +
        "Give the folder that this prints: python -c 'import tensorflow as tf; print(tf.sysconfig.get_lib())'",
    );
    write('libtensorflow_cc.so.2');
    await expect(findTensorFlow(folder)).rejects.toThrow(/has no C headers: .*c_api\.h is missing/);
  });

  it('is not built against without npm', async () => {
    write(HEADER);
    write('libtensorflow_cc.so.2');
    process.env.PATH = folder;
    await expect(setupTfjsNode({ libtensorflow: folder, target: join(folder, 'target') })).rejects.toThrow(
      'npm is not installed. Install npm, which comes with Node.',
    );
  });
});

describe('a binding', () => {
  const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

  it('is not there until it is built', async () => {
    expect(locatePackage(PACKAGES)).toBeUndefined();
    const { available, reason, remedy } = await gpuRuntime.probe();
    expect({ available, reason }).toEqual({ available: false, reason: '@tensorflow/tfjs-node-gpu is not installed' });
    expect(remedy).toMatch(/archmeter setup tfjs-node --libtensorflow/);
  });

  it('is a GPU only where TensorFlow registered one', async () => {
    fakeGpu();
    fakePackage(backend(true, '2.21.0'));
    expect(await gpuRuntime.probe()).toEqual({
      available: true,
      devices: [
        {
          id: 'gpu',
          kind: 'gpu',
          name: 'NVIDIA GeForce RTX 3090',
          vendor: 'nvidia',
          architecture: 'sm_86',
          driver: '550.54.15',
          pciBusId: '00000000:17:00.0',
        },
      ],
      versions: { '@tensorflow/tfjs-node': '4.22.0', tensorflow: '2.21.0' },
    });
  });

  it('opens on Node 23 and later, which took isNullOrUndefined away', async () => {
    fakeGpu();
    fakePackage(backend(true, '2.21.0'));
    const old = util as unknown as { isNullOrUndefined?: unknown };
    const before = old.isNullOrUndefined;
    delete old.isNullOrUndefined;
    try {
      const session = await gpuRuntime.open({ dtype: 'float32', allowSoftware: false });
      expect(session.device).toMatchObject({ kind: 'gpu', pciBusId: '00000000:17:00.0' });
      expect(session.runtime.details).toMatchObject({ tensorflow: '2.21.0', TF32: 'off' });
    } finally {
      old.isNullOrUndefined = before;
    }
  });

  it('names the CUDA libraries that it lacks', async () => {
    fakeGpu();
    fakePackage(backend(false, '2.9.1'));
    const { available, reason, remedy } = await gpuRuntime.probe();
    expect(available).toBe(false);
    expect(reason).toMatch(/^TensorFlow 2\.9\.1 registers no GPU: it cannot load .*libcudart\.so\.11\.0/);
    expect(remedy).toBe('Install CUDA 11.2 and cuDNN 8.1, and put their folder on LD_LIBRARY_PATH');
    await expect(gpuRuntime.open({ dtype: 'float32', allowSoftware: true })).rejects.toThrow(/libcudart\.so\.11\.0/);
  });

  it('built against a TensorFlow without CUDA says so', async () => {
    fakeGpu();
    fakePackage(backend(false, '2.21.0'));
    write('archmeter/tfjs-node/archmeter.json', JSON.stringify({ libtensorflow: '/opt/tf', tensorflow: '2.21.0' }));
    expect((await gpuRuntime.probe()).reason).toBe('the TensorFlow library at /opt/tf was built without CUDA');
  });

  it('without hardware says that first', async () => {
    process.env.PATH = dirname(process.execPath);
    fakePackage(backend(false, '2.21.0'));
    const location = locatePackage(PACKAGES);
    const inspection = await inspect(location as NonNullable<typeof location>);
    expect(inspection).toMatchObject({ loaded: true, usesGpu: false, tensorflow: '2.21.0' });
    process.env.PATH = folder;
    expect((await diagnoseGpu(location as NonNullable<typeof location>, inspection)).reason).toBe(
      'nvidia-smi finds no NVIDIA GPU: there is none, or its driver is not installed',
    );
  });

  it.each([
    [
      "throw new Error('libtensorflow.so.2: cannot open shared object file: No such file')",
      'the library libtensorflow.so.2 is missing',
    ],
    [
      'throw new Error("The Node.js native addon module (tfjs_binding.node) can not be found at path: x")',
      'its native binding tfjs_binding.node was never built',
    ],
    [
      "throw new Error('lib/tfjs_binding.node: undefined symbol: TF_Foo')",
      'its native binding does not fit the TensorFlow library: it lacks TF_Foo',
    ],
    ["process.kill(process.pid, 'SIGILL'); for (;;);", 'its process died of SIGILL'],
    ["throw new TypeError('no such thing')", 'no such thing'],
  ])('that fails with %s tells why', async (body, problem) => {
    fakePackage(body);
    const location = locatePackage(PACKAGES);
    expect(await inspect(location as NonNullable<typeof location>)).toMatchObject({ loaded: false, problem });
    expect((await gpuRuntime.probe()).reason).toBe(`@tensorflow/tfjs-node does not load: ${problem}`);
  });
});

describe('CUDA', () => {
  it.each([
    ['2.9.1', '11.2', '8.1'],
    ['2.14.0', '11.8', '8.6'],
    ['2.15.0', '12.2', '8.9'],
    ['2.21.0', '12.5', '9.3'],
  ])('of TensorFlow %s is %s with cuDNN %s', (tensorflow, cuda, cudnn) => {
    expect(cudaOf(tensorflow)).toMatchObject({ cuda, cudnn });
  });

  it('has its libraries named by its version', () => {
    expect(cudaLibraries({ cuda: '11.2', cudnn: '8.1' })).toContain('libcudart.so.11.0');
    expect(cudaLibraries({ cuda: '12.5', cudnn: '9.3' })).toEqual([
      'libcuda.so.1',
      'libcudart.so.12',
      'libcublas.so.12',
      'libcublasLt.so.12',
      'libcufft.so.11',
      'libcusolver.so.11',
      'libcusparse.so.12',
      'libcudnn.so.9',
    ]);
  });

  it('is read out of the log of TensorFlow', () => {
    const log = `
W dso_loader.cc:64] Could not load dynamic library 'libcudnn.so.8'; dlerror: libcudnn.so.8: cannot open shared object file: No such file or directory
W dso_loader.cc:64] Could not load dynamic library 'libcublas.so.11'; dlerror: libcublas.so.11: cannot open shared object file: No such file or directory
W gpu_device.cc:1850] Cannot dlopen some GPU libraries.`;
    expect(missingGpuLibraries(log)).toEqual(['libcudnn.so.8', 'libcublas.so.11']);
    expect(missingGpuLibraries('all is well')).toEqual([]);
  });

  it('has GPUs with a PCI bus id', () => {
    expect(parseGpuList('NVIDIA H100 PCIe, 535.1, 00000000:01:00.0, 9.0\n\n')).toEqual([
      {
        kind: 'gpu',
        name: 'NVIDIA H100 PCIe',
        vendor: 'nvidia',
        architecture: 'sm_90',
        driver: '535.1',
        pciBusId: '00000000:01:00.0',
      },
    ]);
  });

  it('tells a process that was killed for its time from one that crashed', () => {
    expect(loadProblem(Object.assign(new Error('timeout'), { killed: true }), '')).toBe(
      'it did not load within two minutes',
    );
  });
});
