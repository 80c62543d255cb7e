import type { InferenceSession } from 'onnxruntime-node';
import { ArchmeterError } from '../../core/errors.js';
import { GraphBuilder } from '../../core/graph/builder.js';
import { cacheFlusher } from '../cache-flusher.js';
import type { OpenOptions, Runtime, RuntimeProbe, RuntimeSession } from '../define-runtime.js';
import { installCommand } from '../host/install-command.js';
import { type OnnxBackend, type OnnxRuntime, openFile, prepare } from './onnx/executable.js';
import { findProviders, type Provider, type ProviderDevice } from './onnx/providers.js';
import { packageVersions } from './shared.js';

const INSTALL = installCommand('onnxruntime-node');

/** onnxruntime on the processor, or on a GPU through the provider that `device` names. */
const runtime: Runtime = {
  name: 'onnxruntime',
  title: 'ONNX Runtime',
  rank: 40,

  async probe(): Promise<RuntimeProbe> {
    const ort = await load();
    const versions = packageVersions('onnxruntime-node');
    if (ort instanceof Error) {
      return { available: false, reason: ort.message, remedy: INSTALL, devices: [], versions };
    }
    const { devices, missing } = await findProviders(supported(ort));
    const lacking = Object.entries(missing);
    return {
      available: true,
      ...(lacking.length > 0 && {
        reason: lacking.map(([name, { reason }]) => `${name}: ${reason}`).join('; '),
        remedy: lacking[0]?.[1].remedy ?? '',
      }),
      devices: devices.map(({ id, device }) => ({ ...device, id })),
      versions,
    };
  },

  async open(options: OpenOptions): Promise<RuntimeSession> {
    const ort = await load();
    if (ort instanceof Error) throw new ArchmeterError(`onnxruntime cannot start: ${ort.message}`, `${INSTALL}.`);
    const found = await chooseProvider(ort, options);
    const { id: provider, device } = found;
    const dtype = chooseType(options, found);
    // CUDA rounds float32 products to TensorFloat-32 unless told not to, before its library loads.
    if (provider === 'cuda' || provider === 'tensorrt') process.env.NVIDIA_TF32_OVERRIDE ??= '0';
    const sessionOptions: InferenceSession.SessionOptions = {
      executionProviders: [provider],
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      // Left out, onnxruntime takes one for each physical core and keeps it there.
      ...(options.threads !== undefined && { intraOpNumThreads: options.threads }),
      interOpNumThreads: 1,
      // Warnings about nodes left to the processor come through `provePlacement`.
      logSeverityLevel: 3,
    };
    const backend: OnnxBackend = { ort, provider, dtype, options: sessionOptions };
    const flushHost = cacheFlusher();
    return {
      runtime: { name: 'onnxruntime', details: details(provider, options.threads), execution: 'fused' },
      device,
      hasDeviceClock: false,
      prepare: (graph, seed) => prepare(backend, graph, seed),
      openFile: async (file, graph, seed) =>
        file.format === 'onnx'
          ? { executable: await openFile(backend, file, graph, seed) }
          : { declined: `onnxruntime runs ONNX files, not ${file.format}` },
      flushCaches: async (bytes) => (provider === 'cpu' ? flushHost(bytes) : overwrite(backend, bytes)),
      async close() {},
    };
  },
};

async function load(): Promise<OnnxRuntime | Error> {
  try {
    const module = await import('onnxruntime-node');
    const ort = (module as { default?: OnnxRuntime }).default ?? module;
    // Read once, when the first session opens: what it finds of GPUs is no one's concern here.
    ort.env.logLevel = 'error';
    return ort;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return new Error(
      code === 'ERR_MODULE_NOT_FOUND'
        ? 'the package onnxruntime-node is not installed'
        : `onnxruntime-node does not load: ${message.split('\n')[0]}`,
    );
  }
}

const supported = (ort: OnnxRuntime) => ort.listSupportedBackends().map(({ name }) => name);

async function chooseProvider(ort: OnnxRuntime, options: OpenOptions): Promise<ProviderDevice> {
  const wanted = options.device ?? 'cpu';
  if (wanted === 'cpu') return (await findProviders([])).devices[0] as ProviderDevice;
  const names = supported(ort);
  const { devices, missing } = await findProviders(names);
  const found = devices.find(({ id }) => id === wanted);
  if (found === undefined) {
    const lacking = missing[wanted as Provider];
    if (lacking) throw new ArchmeterError(`onnxruntime cannot use ${wanted}: ${lacking.reason}`, `${lacking.remedy}.`);
    const list = devices.map(({ id }) => `'${id}'`).join(', ');
    throw new ArchmeterError(`onnxruntime has no device '${wanted}'`, `Devices: ${list}.`);
  }
  if (found.device.kind === 'software' && !options.allowSoftware) {
    throw new ArchmeterError(
      `the only adapter is '${found.device.name}', which renders in software: its timings say nothing about a GPU`,
      'Pass --allow-software to time it all the same, labelled as software, or use --device cpu.',
    );
  }
  return found;
}

function chooseType({ dtype }: OpenOptions, { id, device, float16 }: ProviderDevice): 'float32' | 'float16' {
  if (dtype === 'float32') return dtype;
  if (dtype !== 'float16') {
    throw new ArchmeterError(
      `onnxruntime cannot run ${dtype} here: models are exported in float32 or float16`,
      'Use --dtype float32.',
    );
  }
  if (id === 'cpu') {
    throw new ArchmeterError(
      'onnxruntime cannot run float16 on the processor: its kernels convert to float32 and back',
      'Use --dtype float32, or --device webgpu or cuda.',
    );
  }
  if (!float16) {
    throw new ArchmeterError(
      `onnxruntime cannot run float16 on ${id}: ${device.name} lacks it`,
      'Use --dtype float32.',
    );
  }
  return dtype;
}

function details(provider: Provider, threads: number | undefined): Record<string, string> {
  const common = {
    ...packageVersions('onnxruntime-node'),
    provider,
    'graph optimization': 'all (batch norm and activations fused)',
    copies: 'each a new session in the same process',
  };
  if (provider === 'cpu')
    return {
      ...common,
      threads: threads === undefined ? 'one for each core' : String(threads),
      layout: 'NCHW, blocked by onnxruntime where faster',
    };
  const nvidia = provider === 'cuda' || provider === 'tensorrt';
  return {
    ...common,
    ...(nvidia && { TF32: process.env.NVIDIA_TF32_OVERRIDE === '0' ? 'off' : 'on' }),
    layout: 'chosen by the provider',
    transfers:
      provider === 'webgpu'
        ? 'inputs and outputs stay on the device'
        : 'inputs are uploaded in each run; of outputs above 64 KiB the maximum alone is downloaded, of files all',
  };
}

/** Writes `bytes` of device memory: a scalar spread out, and reduced so that nothing large is downloaded. */
async function overwrite(backend: OnnxBackend, bytes: number): Promise<void> {
  const b = new GraphBuilder('flush');
  const rows = Math.ceil(bytes / 4 / 1024);
  const spread = b.add('expand', [b.input('x', [1, 1])], { shape: [rows, 1024] });
  const executable = await prepare(backend, b.finish([b.add('reduceMax', [b.add('relu', [spread])])]), 0);
  await executable.run([Float32Array.of(1)]);
  await executable.dispose();
}

export default runtime;
