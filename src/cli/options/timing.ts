import type { Options } from 'yargs';

/** Options of every command that times. */
export const TIMING_OPTIONS = {
  runtime: {
    type: 'string',
    default: 'auto',
    describe:
      'tfjs-wasm, tfjs-webgpu, tfjs-node-gpu, tfjs-node, onnxruntime; auto: a GPU where there is one, else wasm',
  },
  device: { type: 'string', describe: "Device of the runtime, as 'archmeter devices' lists it", requiresArg: true },
  'allow-software': { type: 'boolean', describe: 'Accept a software adapter (SwiftShader, llvmpipe); labelled so' },
  threads: { type: 'number', describe: 'CPU threads, where the runtime lets one choose', requiresArg: true },
  'half-width': {
    type: 'number',
    default: 0.005,
    describe: "Stop where the interval's half-width is this fraction of the median",
    requiresArg: true,
  },
  tolerance: {
    type: 'number',
    default: 0.01,
    describe: 'Smallest difference that matters, as a fraction',
    requiresArg: true,
  },
  'time-budget': { type: 'number', default: 60, describe: 'Seconds for preparing and timing', requiresArg: true },
  weights: {
    choices: ['file', 'random'],
    default: 'file',
    describe: 'Of model files: the file as it is, where the runtime takes it, or its graph with random weights',
  },
  'per-layer': { type: 'boolean', describe: 'Time each layer too' },
  sustained: { type: 'boolean', describe: 'Time each model alone at its own steady state, not interleaved' },
  cold: { type: 'boolean', default: true, describe: 'Time with flushed caches too (--no-cold leaves it out)' },
  meter: { type: 'string', describe: 'Power meter; default: the best that there is', requiresArg: true },
  'save-measurement': {
    type: 'string',
    describe: 'Write the measurement, and while timing what is known so far, to this file (JSON)',
    requiresArg: true,
  },
  seed: { type: 'number', default: 1, describe: 'Seed of weights, inputs and order', requiresArg: true },
} as const satisfies Record<string, Options>;
