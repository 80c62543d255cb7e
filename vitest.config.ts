import { defineConfig } from 'vitest/config';
import { mutantPlugin } from './.dev/mutants/plugin.js';

/** Tests that run kernels or other programs, replace modules, time, simulate many timings, or count tens of thousands of models. */
const RUNTIMES = [
  'test/readme.test.ts',
  'test/node/file-lock-full-disk.test.ts',
  'test/cli/gate/{action,check,diff}.test.ts',
  'test/node/gate/{baseline-file,gate-config-file}.test.ts',
  'test/node/sweep/**/*.test.ts',
  'test/bench/**/*.test.ts',
  'test/cli/timing/**/*.test.ts',
  'test/cli/screens/timed-screens.test.ts',
  'test/conformance/**/*.test.ts',
  'test/core/compare/check-timed-simulation.test.ts',
  'test/core/sweep/nas-bench-201.test.ts',
  'test/cli/reproduce/reproduce.test.ts',
  'test/core/export/onnx/onnx.test.ts',
  'test/core/importers/onnx/runtime.test.ts',
  'test/core/ops/tfjs-agreement.test.ts',
];
/** Tests that bundle, draw or open Chromium. */
const BROWSER = ['test/app/**/*.test.ts', 'test/report-browser/**/*.test.ts', 'test/package/**/*.test.ts', 'test/node/png/**/*.test.ts', 'test/core/zoo/bundle.test.ts'];

const common = {
  setupFiles: ['test/property-seed.ts'],
  testTimeout: 60_000,
  hookTimeout: 120_000,
};

export default defineConfig({
  test: {
    reporters: ['default', './.dev/summary-reporter.ts'],
    // Transformed files are kept between runs: a third of the time of a small one. A mutant is made as its file is transformed.
    experimental: { fsModuleCache: process.env['ARCHMETER_MUTANT'] === undefined },
    projects: [
      {
        plugins: [mutantPlugin()],
        // Modules are loaded once a worker: nothing here leaves a trace in them.
        test: { ...common, name: 'unit', include: ['test/**/*.test.ts'], exclude: [...RUNTIMES, ...BROWSER], isolate: false },
      },
      { test: { ...common, name: 'runtimes', include: RUNTIMES } },
      { test: { ...common, name: 'browser', include: BROWSER } },
    ],
  },
});
