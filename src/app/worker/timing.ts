import type { RuntimeSession } from '../../bench/define-runtime.js';
import type { BenchmarkArm } from '../../bench/harness/options.js';
import { runBenchmark } from '../../bench/harness/run-benchmark.js';
import type { Progress } from '../../bench/progress.js';
import { REFERENCE_MADDS, referenceOutputs } from '../../bench/reference/check.js';
import { describeAdapter } from '../../bench/runtimes/webgpu/adapter.js';
import { within } from '../../bench/within.js';
import { batchOf } from '../../core/compose/names.js';
import { ArchmeterError } from '../../core/errors.js';
import type { Measurement } from '../../core/measurement.js';
import type { Analysed } from './analyst.js';
import { adapterName, BROWSER_HOST, processor } from './machine.js';
import type { TimingDevice, TimingRequest, TimingRuntime } from './protocol.js';

/** Drivers that wait for a device may never return. */
const OPEN_SECONDS = 60;

/** What this browser can time on. */
export async function timingDevices(): Promise<TimingDevice[]> {
  return [
    await gpuDevice(),
    { runtime: 'tfjs-wasm', title: 'WebAssembly, one thread', kind: 'cpu', name: processor().name },
  ];
}

async function gpuDevice(): Promise<TimingDevice> {
  const none = (reason: string): TimingDevice => ({
    runtime: 'tfjs-webgpu',
    title: 'WebGPU',
    kind: 'unknown',
    name: '',
    reason,
  });
  if (navigator.gpu === undefined) return none('this browser has no WebGPU');
  try {
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter === null) return none('the browser finds no graphics adapter');
    const { kind, name } = describeAdapter(adapterName(adapter.info), adapter.info);
    return { runtime: 'tfjs-webgpu', title: 'WebGPU', kind: kind === 'cpu' ? 'unknown' : kind, name };
  } catch (error) {
    return none(error instanceof Error ? error.message : String(error));
  }
}

function open(runtime: TimingRuntime): Promise<RuntimeSession> {
  return runtime === 'tfjs-webgpu'
    ? import('../runtimes/webgpu.js').then(({ openWebGpu }) => openWebGpu())
    : import('../runtimes/wasm.js').then(({ openWasm }) => openWasm());
}

export interface TimingHooks {
  readonly signal: AbortSignal;
  onProgress(progress: Progress): void;
  onPartial(measurement: Measurement): void;
  /** Seconds that the page was hidden while timing went on. */
  hiddenSeconds(): number;
}

/** Times what was analysed, as `archmeter bench` does: the same harness, lowering and reference. */
export async function timeHere(request: TimingRequest, analysed: Analysed, hooks: TimingHooks): Promise<Measurement> {
  const arms = armsOf(analysed);
  const session = await within(
    OPEN_SECONDS,
    open(request.runtime),
    () => new ArchmeterError(`${request.runtime} did not open within ${OPEN_SECONDS} s`, 'Load the page again.'),
  );
  try {
    const measurement = await runBenchmark(
      session,
      arms,
      {
        command: `the page of archmeter: ${analysed.input.command}`,
        dtype: 'float32',
        timeBudgetSeconds: request.seconds,
        seed: request.seed,
        cold: false,
      },
      {
        reference: async (graph, seed, inputs, weights) => {
          const outputs = await referenceOutputs(graph, seed, inputs, weights);
          if (outputs !== undefined) return outputs;
          throw new ArchmeterError(`more than ${REFERENCE_MADDS} multiply-adds take the reference too long`);
        },
        onProgress: hooks.onProgress,
        onPartial: hooks.onPartial,
        signal: hooks.signal,
        host: BROWSER_HOST,
      },
    );
    return withRemarks(measurement, hooks.hiddenSeconds());
  } finally {
    await within(5, session.close(), () => new Error('late')).catch(() => undefined);
  }
}

function armsOf({ models, groups }: Analysed): BenchmarkArm[] {
  const blocks = groups.flatMap(({ arms }): BenchmarkArm[] => {
    const timed = arms.filter((arm) => arm.timed);
    const baseline = timed[0]?.name;
    return timed.map(({ name, graph }) => ({
      name,
      graph,
      batch: batchOf(graph),
      ...(baseline === undefined ? {} : { baseline }),
    }));
  });
  return [...models.map(({ graph }) => ({ name: graph.name, graph, batch: batchOf(graph) })), ...blocks];
}

/** What a browser does to timings beside what the harness sees. */
function withRemarks(measurement: Measurement, hiddenSeconds: number): Measurement {
  const warnings = [...measurement.warnings];
  if (hiddenSeconds > 0) {
    warnings.push({
      id: 'background-tab',
      text: `The page was in the background for ${hiddenSeconds.toFixed(0)} s of the timing, where browsers hold work back. Time again with it in front.`,
    });
  }
  if (globalThis.crossOriginIsolated !== true) {
    warnings.push({
      id: 'coarse-clock',
      text: "The page is not isolated, so that the browser's clock has steps of 0.1 ms or more. Load it again, or use archmeter app.",
    });
  }
  return { ...measurement, warnings };
}
