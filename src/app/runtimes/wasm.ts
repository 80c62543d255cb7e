import * as wasm from '@tensorflow/tfjs-backend-wasm';
import binary from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm';
import * as tf from '@tensorflow/tfjs-core';
import { cacheFlusher } from '../../bench/cache-flusher.js';
import type { RuntimeSession } from '../../bench/define-runtime.js';
import { LOWERING_DETAILS, prepare } from '../../bench/lowering/executable.js';
import { startBackend, WASM_COPIES } from '../../bench/runtimes/wasm/backend.js';
import { ArchmeterError } from '../../core/errors.js';
import { processor } from '../worker/machine.js';

/**
 * TensorFlow.js on WebAssembly. The binary is inside this module: nothing is fetched. One thread, as on Node: threads
 * would be workers of workers, and timings of either could not be compared.
 */
export async function openWasm(): Promise<RuntimeSession> {
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')))
    throw new ArchmeterError('this browser has no SIMD in WebAssembly', 'Use a browser of 2023 or later.');
  tf.env().platform.fetch = async () => new Response(binary as Uint8Array<ArrayBuffer>);
  wasm.setWasmPaths('./', true);
  const backend = await startBackend(tf);
  const flush = cacheFlusher();
  return {
    runtime: {
      name: 'tfjs-wasm',
      details: {
        '@tensorflow/tfjs-core': tf.version_core,
        '@tensorflow/tfjs-backend-wasm': wasm.version_wasm,
        simd: 'true',
        threads: '1',
        ...LOWERING_DETAILS,
        copies: WASM_COPIES,
      },
      execution: 'fused',
    },
    device: processor(),
    hasDeviceClock: false,
    renew: backend.renew,
    prepare: (graph, seed) => prepare(backend, graph, seed),
    async flushCaches(bytes) {
      flush(bytes);
    },
    async close() {},
  };
}
