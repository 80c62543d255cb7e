import { beforeAll, describe, expect, it } from 'vitest';
import type { Timing } from '../../../src/bench/define-runtime.js';
import { runOnSwiftShader, swiftShaderMissing } from '../swiftshader.js';
import { beyond, type Disagreements } from './child-report.js';

interface Report {
  readonly details: Readonly<Record<string, string>>;
  readonly models: Disagreements;
  readonly integer: number;
  readonly timing: Timing;
  readonly same: boolean;
}

const missing = swiftShaderMissing();

describe.skipIf(missing !== undefined)(
  `onnxruntime on WebGPU, SwiftShader${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    let report: Report;
    beforeAll(async () => {
      report = (await runOnSwiftShader(new URL('./onnxruntime-webgpu.child.ts', import.meta.url))) as Report;
    }, 600_000);

    it('keeps inputs and outputs on the device, and computes as the reference does', () => {
      expect(report.details).toMatchObject({ provider: 'webgpu', transfers: 'inputs and outputs stay on the device' });
      expect(beyond(report.models, 1e-3)).toEqual([]);
      expect(report.same).toBe(true);
      expect(report.timing.wallMs).toBeGreaterThan(0);
    });

    it('copies integer outputs to the host', () => {
      expect(report.integer).toBe(0);
    });
  },
);
