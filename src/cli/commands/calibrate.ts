import type { Microbenchmark } from '../../bench/calibrate/microbenchmarks.js';
import type { BenchmarkArm } from '../../bench/harness/options.js';
import { type EnergyConstant, unseparated } from '../../core/analysis/energy/calibrated.js';
import type { EnergyProfile } from '../../core/analysis/energy/index.js';
import type { Calibration } from '../../core/analysis/latency/index.js';
import { ArchmeterError } from '../../core/errors.js';
import { formatFigure } from '../../core/report/number-format.js';
import { type Arguments, defineCommand, type Streams } from '../define-command.js';
import { OUTPUT_OPTIONS, writeFileSafely } from '../output.js';
import { paint, renderTable } from '../tables/table.js';
import { timeArms } from '../timing/timing.js';

export default defineCommand({
  usage: 'calibrate',
  summary:
    'Fit the latency model (and with a power meter that of energy) to this machine, for estimate --on machine; or to profiles of another',
  options: {
    runtime: {
      type: 'string',
      default: 'auto',
      describe: "Runtime to time with ('archmeter devices')",
      requiresArg: true,
    },
    device: { type: 'string', describe: "A device of the runtime's", requiresArg: true },
    'allow-software': { type: 'boolean', describe: 'Accept a software adapter' },
    threads: { type: 'number', describe: 'CPU threads, where the runtime lets one choose', requiresArg: true },
    'time-budget': { type: 'number', default: 120, describe: 'Seconds for warm-up and timing', requiresArg: true },
    'half-width': {
      type: 'number',
      default: 0.03,
      describe: "Stop where the interval's half-width is this fraction of the median",
      requiresArg: true,
    },
    meter: {
      type: 'string',
      describe: "Also fit energy, with this power meter ('archmeter devices' lists them; auto: the best that works)",
      requiresArg: true,
    },
    seed: { type: 'number', describe: 'Seed of order and inputs', requiresArg: true },
    'from-profile': {
      type: 'string',
      array: true,
      describe: "Fit to these traces of one device in place of timing this machine; what 'archmeter profile' reads",
      requiresArg: true,
    },
    model: {
      type: 'string',
      describe: 'The model that was profiled, where the traces tell no shapes: zoo name, spec or model file',
      requiresArg: true,
    },
    output: {
      ...OUTPUT_OPTIONS.output,
      describe: 'Write the calibration to this file instead of the configuration folder',
    },
    force: OUTPUT_OPTIONS.force,
  },
  examples: [
    ['calibrate', 'this machine, with its best runtime'],
    ['calibrate --runtime onnxruntime -o ort.json', 'then: archmeter estimate resnet50 --on ort.json'],
    ['calibrate --meter csv:watts.csv', 'energy too, from a watt-meter that logs to a file'],
    [
      'calibrate --from-profile trace.json.gz -o gpu.json',
      'the GPU of a profile; then: estimate resnet50 --on gpu.json',
    ],
  ],
  async run(args, streams) {
    if (args['from-profile'] !== undefined) {
      const { calibrateFromTraces } = await import('../timing/calibrate-from-traces.js');
      return calibrateFromTraces((args['from-profile'] as readonly string[]).map(String), args, streams);
    }
    if (args['model'] !== undefined)
      throw new ArchmeterError('--model is of a profile', 'Add --from-profile, or leave it out.');
    const [{ microbenchmarks }, { calibrateFrom }, { calibrationPath }, { CALIBRATION_SCHEMA }] = await Promise.all([
      import('../../bench/calibrate/microbenchmarks.js'),
      import('../../bench/calibrate/calibrate-runtime.js'),
      import('../../node/calibration-file.js'),
      import('../../core/analysis/latency/index.js'),
    ]);
    const asked = args['output'] as string | undefined;
    if (asked !== undefined) {
      const { refuseToReplace } = await import('../../node/write-atomically.js');
      const begin = `{"schema":"${CALIBRATION_SCHEMA}"`;
      await refuseToReplace(asked, begin, { force: args['force'] === true });
    }
    const benchmarks = microbenchmarks();
    // Absolute times are fitted, none compared: one copy of each is enough.
    const timing = { ...args, tolerance: 0.01, cold: false, meter: 'none', copies: 1 };
    // First, since a meter that cannot be had shall not cost the minutes of the rest.
    const energy = args['meter'] === undefined ? undefined : await fitEnergy(benchmarks, timing, args, streams);
    const measurement = await timeArms(benchmarks.map(armOf), timing, streams);
    const fitted = calibrateFrom(measurement, benchmarks);
    const calibration: Calibration = energy === undefined ? fitted : { ...fitted, energy };
    const { device, profile, observations, failed } = calibration;
    const path = (args['output'] as string | undefined) ?? (await calibrationPath(profile.id));
    const kept = args['output'] === undefined ? { ...args, force: true } : args;
    await writeFileSafely(path, `${JSON.stringify(calibration, null, 2)}\n`, kept, streams);
    const table = renderTable(
      [
        { heading: 'Microbenchmark', align: 'left', shrinkable: true },
        { heading: 'Measured', align: 'right' },
        { heading: 'Fitted', align: 'right' },
        { heading: 'Error', align: 'right' },
      ],
      observations.map(({ name, measuredMs, estimatedMs }) => [
        name,
        formatFigure(measuredMs, 'ms'),
        formatFigure(estimatedMs, 'ms'),
        `${(100 * (estimatedMs / measuredMs - 1)).toFixed(1)} %`,
      ]),
      streams,
    );
    const { median, p90, spearman } = profile.heldOut;
    streams.out(
      [
        table,
        '',
        `${paint(device.name, 'strong', streams.color)}: ${profile.runtime}`,
        `Best rates reached: ${formatFigure(device.float32Tflops * 1e12, 'ops')}FLOP/s, ${formatFigure(device.memoryBandwidthGbs * 1e9, 'byte/s')}`,
        `Held-out microbenchmarks: median error ${(100 * median).toFixed(1)} %, 90th percentile ${(100 * p90).toFixed(1)} %, Spearman ${spearman.toFixed(3)}`,
        ...(energy === undefined ? [] : energyLines(energy)),
        ...(failed.length > 0 ? [`Not timed: ${failed.join(', ')}`] : []),
        '',
      ].join('\n'),
    );
    return 0;
  },
});

function armOf({ name, graph }: Microbenchmark): BenchmarkArm {
  return { name, graph, batch: 1 };
}

async function fitEnergy(
  benchmarks: readonly Microbenchmark[],
  timing: Arguments,
  args: Arguments,
  streams: Streams,
): Promise<EnergyProfile> {
  const { calibrateEnergyFrom, energyWorkloads } = await import('../../bench/calibrate/calibrate-energy.js');
  const workloads = energyWorkloads(benchmarks);
  const meter = args['meter'] === 'auto' ? undefined : args['meter'];
  return calibrateEnergyFrom(await timeArms(workloads.map(armOf), { ...timing, meter }, streams), workloads);
}

const CONSTANTS = {
  joulesPerFlop: { unit: 'J', of: 'per operation' },
  joulesPerByte: { unit: 'J', of: 'per byte' },
  staticWatts: { unit: 'W', of: 'static' },
} as const;

function energyLines(profile: EnergyProfile): string[] {
  const { ranges, heldOut } = profile;
  const apart = new Set(unseparated(profile));
  const said = (Object.keys(CONSTANTS) as EnergyConstant[]).map((name) => {
    const { unit, of } = CONSTANTS[name];
    if (ranges === undefined) return `${formatFigure(profile[name], unit)} ${of}`;
    const [low, high] = [ranges[name].low, ranges[name].high].map((value) => formatFigure(value, unit));
    return apart.has(name)
      ? `${of} not told apart from the rest (at most ${high})`
      : `${formatFigure(profile[name], unit)} ${of} (${low} to ${high})`;
  });
  return [
    `Energy: ${said.join(', ')}`,
    ...(heldOut === null
      ? []
      : [
          `Held-out energies: median error ${(100 * heldOut.median).toFixed(1)} %, 90th percentile ${(100 * heldOut.p90).toFixed(1)} %`,
        ]),
  ];
}
