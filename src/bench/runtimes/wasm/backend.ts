import type { Tensor } from '@tensorflow/tfjs-core';
import { ArchmeterError } from '../../../core/errors.js';
import type { RuntimeSession } from '../../define-runtime.js';
import type { Backend } from '../../lowering/executable.js';
import type { Tfjs } from '../../lowering/program.js';
import { readBack } from '../../lowering/read-back.js';

const OUT_OF_MEMORY = /\bAborted\(|out of memory|memory access out of bounds|cannot enlarge memory/i;

/** Starts in this process, by any session: what was prepared before the last is prepared again. */
let starts = 0;

/** For `RuntimeInfo.details`. */
export const WASM_COPIES = 'each in a new WebAssembly instance';

/**
 * WebAssembly memory never shrinks, and nothing runs any more once it is exhausted: each start has a new one. So has each
 * copy: what is prepared again in the same memory lies on the same pages, and is no draw of its own. The last
 * one is left to the garbage collector.
 *
 * @param around runs each start of the backend, where its loader would disturb others
 */
export async function startBackend(
  tf: Tfjs,
  around: (start: () => Promise<void>) => Promise<void> = (start) => start(),
): Promise<Backend & Required<Pick<RuntimeSession, 'renew'>>> {
  let exhausted = true;
  const restart = async () => {
    const factory = tf.findBackendFactory('wasm');
    tf.removeBackend('wasm');
    tf.registerBackend('wasm', factory);
    if (!(await tf.setBackend('wasm'))) {
      throw new ArchmeterError('the WebAssembly backend of TensorFlow.js did not start', 'Reinstall archmeter.');
    }
    starts++;
    exhausted = false;
  };
  const backend = {
    tf,
    get starts() {
      return starts;
    },
    async activate() {
      if (exhausted) await around(restart);
      else await tf.setBackend('wasm');
    },
    renew: () => around(restart),
    // Kernels run to their end when called; reading an element proves it.
    finish: (outputs: readonly Tensor[]) => readBack(tf, outputs),
    explain(error: unknown) {
      if (!(error instanceof Error) || !OUT_OF_MEMORY.test(error.message)) return error;
      exhausted = true;
      // It cannot even be taken down.
      tf.backend().dispose = () => {};
      return new ArchmeterError(
        'tfjs-wasm ran out of memory: WebAssembly holds 4 GiB at most',
        'Use a smaller batch, resolution or model, or the onnxruntime runtime.',
      );
    },
  };
  await backend.activate();
  return backend;
}
