import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RuntimeProbe } from '../../../src/bench/define-runtime.js';
import { manifestPath, type SetupManifest } from '../../../src/bench/runtimes/tfjs-node/location.js';
import { setupTfjsNode } from '../../../src/bench/runtimes/tfjs-node/setup.js';
import type { DeviceInfo, RuntimeInfo } from '../../../src/core/measurement.js';
import { installedTensorFlow, tensorFlowMissing } from '../tensorflow.js';
import { beyond, type Disagreements } from './child-report.js';

interface Report {
  readonly probe: RuntimeProbe;
  readonly gpu: RuntimeProbe;
  readonly models: Disagreements;
  readonly ops: Disagreements;
  readonly runtime: RuntimeInfo;
  readonly device: DeviceInfo;
  readonly inTurn: readonly number[];
  readonly other: string;
}

/**
 * The first run unpacks TensorFlow, fetches tfjs-node and compiles its binding; later ones find all of it.
 *
 * @returns why it cannot be had, or where it is
 */
async function build(): Promise<{ missing: string } | { missing: undefined; cache: string; libtensorflow: string }> {
  const missing = tensorFlowMissing();
  if (missing !== undefined) return { missing };
  const libtensorflow = installedTensorFlow();
  const name = `archmeter-tfjs-node-${basename(dirname(libtensorflow))}-node${process.versions.modules}`;
  const cache = join(tmpdir(), name);
  const target = join(cache, 'archmeter', 'tfjs-node');
  if (existsSync(manifestPath(target))) return { missing: undefined, cache, libtensorflow };
  try {
    await setupTfjsNode({ libtensorflow, target });
    return { missing: undefined, cache, libtensorflow };
  } catch (error) {
    const text = (error as Error).message;
    if (/^(npm cannot install|npm is not installed|there is no C\+\+ compiler)/.test(text)) return { missing: text };
    throw error;
  }
}

const binding = await build();

describe.skipIf(binding.missing)(
  `tfjs-node built here${binding.missing ? ` (skipped: ${binding.missing})` : ''}`,
  () => {
    let report: Report;
    const { cache = '', libtensorflow = '' } = binding.missing === undefined ? binding : {};

    beforeAll(async () => {
      const root = fileURLToPath(new URL('../../..', import.meta.url));
      const script = fileURLToPath(new URL('./tfjs-node.child.ts', import.meta.url));
      const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script], {
        cwd: root,
        env: { ...process.env, XDG_CACHE_HOME: cache },
        maxBuffer: 2 ** 26,
      });
      report = JSON.parse(stdout) as Report;
    }, 300_000);

    it('notes what it was built against', () => {
      const manifest = JSON.parse(
        readFileSync(manifestPath(join(cache, 'archmeter', 'tfjs-node')), 'utf8'),
      ) as SetupManifest;
      expect(manifest.libtensorflow).toBe(libtensorflow);
      expect(manifest.tensorflow).toMatch(/^2\./);
    });

    it('is found by the runtime', () => {
      expect(report.probe).toMatchObject({ available: true, devices: [{ id: 'cpu', kind: 'cpu' }] });
      expect(report.runtime.details).toMatchObject({ '@tensorflow/tfjs-node': '4.22.0', threads: '1', layout: 'NHWC' });
      expect(report.device.kind).toBe('cpu');
    });

    it('is no GPU unless TensorFlow registered one', () => {
      if (report.gpu.available) expect(report.gpu.devices[0]?.kind).toBe('gpu');
      else expect(report.gpu.reason).toMatch(/nvidia-smi finds no NVIDIA GPU|built without CUDA|registers no GPU/);
    });

    it('computes the matched blocks and the networks as the reference does', () => {
      expect(Object.keys(report.models)).toHaveLength(5 + 3);
      expect(beyond(report.models, 1e-4)).toEqual([]);
    });

    it('computes every op as the reference does', () => {
      expect(beyond(report.ops, 1e-5)).toEqual([]);
    });

    it('takes turns with WebAssembly in one process', () => {
      for (const error of report.inTurn) expect(error).toBeLessThan(1e-5);
    });

    it('does not change the number of threads behind the back of what is loaded', () => {
      expect(report.other).toBe(
        'TensorFlow is already loaded in this process, for another device or number of threads. ' +
          'Run the two in processes of their own.',
      );
    });
  },
);
