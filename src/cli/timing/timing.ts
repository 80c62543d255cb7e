import type { BenchmarkArm, BenchmarkOptions } from '../../bench/harness/options.js';
import { ArchmeterError } from '../../core/errors.js';
import type { DType } from '../../core/ir/tensor.js';
import type { DeviceInfo, Measurement } from '../../core/measurement.js';
import type { Arguments, Streams } from '../define-command.js';
import { dtypeOption, wholeNumber } from '../options/model.js';
import { commandLine } from '../output.js';
import { openMeasurementFile } from './measurement-file.js';

/** Ctrl-C, and what a job's time limit or a container's stop sends. */
const INTERRUPTS = ['SIGINT', 'SIGTERM'] as const;

/** Drivers that wait for a device may never return. */
const OPEN_SECONDS = 120;
const CLOSE_SECONDS = 10;

/**
 * Times arms as the command's options say, with a progress bar; Ctrl-C ends timing and keeps what is finished.
 *
 * @param path of a file that holds what is known so far at any moment, so that a killed run leaves it
 */
export async function timeArms(
  arms: readonly BenchmarkArm[],
  args: Arguments,
  streams: Streams,
  path?: string,
): Promise<Measurement> {
  const [
    { openRuntime },
    { runBenchmark },
    { referenceOutputs, REFERENCE_MADDS },
    { openMeter },
    { within },
    { nodeHost },
  ] = await Promise.all([
    import('../../bench/runtimes/index.js'),
    import('../../bench/harness/run-benchmark.js'),
    import('../../bench/reference/check.js'),
    import('../../bench/power/index.js'),
    import('../../bench/within.js'),
    import('../../bench/host/node-host.js'),
  ]);
  const settings = timingSettings(args);
  const file = path === undefined ? undefined : await openMeasurementFile(path, args, streams);
  const dtype = dtypeOption(args) ?? 'float32';
  const runtime = String(args['runtime']);
  const opening = openRuntime(runtime, {
    device: args['device'] as string | undefined,
    dtype,
    allowSoftware: args['allow-software'] === true,
    threads: wholeNumber(args['threads'], '--threads'),
  });
  const session = await within(OPEN_SECONDS, opening, () => doesNotOpen(runtime));
  const close = () => within(CLOSE_SECONDS, session.close(), () => new Error('late')).catch(() => undefined);
  const meter = await openMeter(args['meter'] as string | undefined, { device: session.device }).catch(
    async (error: unknown) => {
      await close();
      throw error;
    },
  );
  const bar = progressReporterOf(streams);
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  for (const signal of INTERRUPTS) process.once(signal, onInterrupt);
  try {
    const measurement = await runBenchmark(
      session,
      arms,
      {
        command: commandLine(),
        dtype,
        ...settings,
        ...(await gpuPeak(session.device, dtype)),
      },
      {
        reference: async (graph, seed, inputs, weights) => {
          const outputs = await referenceOutputs(graph, seed, inputs, weights);
          if (outputs !== undefined) return outputs;
          throw new ArchmeterError(`more than ${REFERENCE_MADDS} multiply-adds take the reference too long`);
        },
        onProgress: (await bar).update,
        signal: interrupt.signal,
        host: nodeHost(session.device),
        meter,
        ...(file?.save === undefined ? {} : { onPartial: file.save }),
      },
    );
    return (await file?.finish(measurement)) ?? measurement;
  } finally {
    for (const signal of INTERRUPTS) process.removeListener(signal, onInterrupt);
    (await bar).stop();
    await meter.close();
    await close();
  }
}

/** The datasheet's peak of a known GPU, above which no rate is believed; CPUs have theirs from the harness. */
async function gpuPeak(device: DeviceInfo, dtype: DType): Promise<Pick<BenchmarkOptions, 'peak'>> {
  if (device.kind !== 'gpu') return {};
  const { matchDevice } = await import('../../core/analysis/devices/index.js');
  const known = matchDevice(device.name);
  if (known === undefined) return {};
  // Runtimes may use matrix units for fp32 too (TF32), at half the rate of 16-bit operands.
  const matrix = known.tensorFloat16AccumulateTflops ?? known.tensorFloat16Tflops ?? 0;
  const tflops = Math.max(known.float32Tflops, dtype === 'float32' ? matrix / 2 : matrix, known.float16Tflops ?? 0);
  return { peak: { flopsPerSecond: tflops * 1e12, source: `datasheet of ${known.name}` } };
}

async function progressReporterOf(streams: Streams) {
  const { progressReporter } = await import('../progress-bar.js');
  return progressReporter(streams);
}

function timingSettings(args: Arguments) {
  return {
    precision: fraction(args, 'half-width'),
    tolerance: fraction(args, 'tolerance'),
    timeBudgetSeconds: positive(args, 'time-budget'),
    seed: wholeNumber(args['seed'], '--seed') ?? 1,
    cold: args['cold'] !== false,
    sustained: args['sustained'] === true,
    perLayer: args['per-layer'] === true,
    ...(typeof args['copies'] === 'number' ? { copies: args['copies'] } : {}),
  };
}

function doesNotOpen(runtime: string): ArchmeterError {
  return new ArchmeterError(
    `${runtime === 'auto' ? 'the runtime' : runtime} did not open within ${OPEN_SECONDS} s`,
    "Its driver hangs. Restart it, or use --runtime tfjs-wasm; 'archmeter devices' looks at each runtime.",
  );
}

function positive(args: Arguments, name: string): number {
  const value = args[name];
  if (typeof value !== 'number' || !(value > 0)) throw new ArchmeterError(`--${name} must be a number above 0`);
  return value;
}

function fraction(args: Arguments, name: string): number {
  const value = positive(args, name);
  if (value < 1) return value;
  throw new ArchmeterError(`--${name} ${value} is not below 1`, 'It is a fraction: 0.01 is 1 %.');
}
