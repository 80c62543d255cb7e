import type { ArmMeasurement, Distribution, Measurement } from '../core/measurement.js';
import { isMultimodal } from '../core/statistics/bimodality.js';
import { outliers } from '../core/statistics/outliers.js';
import { createRandom } from '../core/statistics/random.js';
import { trend } from '../core/statistics/trend.js';

/** One thing that can be wrong with a measurement. */
interface Rule {
  readonly id: string;
  /** What is seen, with its figures, for each arm or for the measurement as a whole; empty where all is well. */
  readonly find: (measurement: Measurement) => readonly { readonly seen: string; readonly arm?: string }[];
  readonly cause: string;
  readonly remedy: string;
}

/** What is wrong with a measurement, the likely cause and what to do. */
export function warningsOf(measurement: Measurement): Measurement['warnings'] {
  return RULES.flatMap(({ id, find, cause, remedy }) =>
    find(measurement).map(({ seen, arm }) => ({
      id,
      text: `${arm === undefined ? '' : `${arm}: `}${seen}. ${cause} ${remedy}`,
      ...(arm === undefined ? {} : { arm }),
    })),
  );
}

/** Share of wall time below which the device's own time says little of what a caller gets. */
const HOST_BOUND = 0.7;

const percent = (fraction: number): string =>
  `${fraction >= 0.995 ? Math.round(100 * fraction) : (100 * fraction).toPrecision(2)} %`;

const whole = (seen: string | false | undefined): readonly { seen: string }[] => (seen ? [{ seen }] : []);

/** A finding for each timed arm that `see` has something to say about. */
const perArm =
  (see: (hot: Distribution, arm: ArmMeasurement, measurement: Measurement) => string | false) =>
  (measurement: Measurement): readonly { seen: string; arm: string }[] =>
    measurement.arms.flatMap((arm) => {
      const hot = measurement.settings.clock === 'device' ? arm.device?.hot : arm.wall?.hot;
      const seen = hot !== undefined && see(hot, arm, measurement);
      return seen ? [{ seen, arm: arm.name }] : [];
    });

const fact = ({ environment }: Measurement, key: string): number => Number(environment[key] ?? Number.NaN);

const RULES: readonly Rule[] = [
  {
    id: 'software-adapter',
    find: ({ device }) =>
      whole(device.kind === 'software' && `'${device.name}' is a software adapter that runs on the processor`),
    cause: 'No GPU was timed: these figures say nothing about one.',
    remedy: 'Run on a machine with a GPU and its driver.',
  },
  {
    id: 'unknown-device',
    find: ({ device }) => whole(device.kind === 'unknown' && `the runtime does not tell what '${device.name}' is`),
    cause: 'It may be a software adapter.',
    remedy: "See 'archmeter devices' for what is known of it.",
  },
  {
    id: 'load',
    find: (m) => {
      const load = fact(m, 'loadAverage1');
      const limit = Math.max(1, fact(m, 'cpuCount') / 2);
      return whole(
        load > limit && `the load average was ${load.toFixed(1)} on ${fact(m, 'cpuCount')} processors at the start`,
      );
    },
    cause: 'Other programs are running.',
    remedy: 'Close them, or wait until they are done, and time again.',
  },
  {
    id: 'competing-load',
    find: (m) => {
      const share = fact(m, 'processorWaitingShare');
      return whole(
        m.settings.clock === 'wall' &&
          share > m.settings.tolerance &&
          `for ${percent(share)} of the time the timing waited for a processor that other work had`,
      );
    },
    cause: 'Other programs, or more threads than there are processors; differences up to that share are not judged.',
    remedy: 'Close other programs, or lower --threads, and time again.',
  },
  {
    id: 'gpu-throttled',
    find: ({ environment: { gpuThrottleReasonsUnderLoad: reasons, gpuThrottledShareUnderLoad: share } }) =>
      whole(
        typeof reasons === 'string' &&
          reasons !== 'none' &&
          `the GPU was slowed down in ${percent(Number(share))} of the readings under load: ${reasons}`,
      ),
    cause: 'It reached its power or temperature limit.',
    remedy: 'Improve cooling, or lock its clocks below the limit (nvidia-smi --lock-gpu-clocks).',
  },
  {
    id: 'cpu-throttled',
    find: (m) => {
      const events = fact(m, 'cpuThrottleCountAfter') - fact(m, 'cpuThrottleCount');
      return whole(events > 0 && `the processor was throttled ${events} times by its temperature`);
    },
    cause: 'It runs too hot.',
    remedy: 'Improve cooling, or switch turbo off.',
  },
  {
    id: 'governor',
    find: ({ environment: { cpuGovernor } }) =>
      whole(
        typeof cpuGovernor === 'string' &&
          /powersave|conservative|ondemand|schedutil/.test(cpuGovernor) &&
          `the processor's clock follows the load (governor ${cpuGovernor})`,
      ),
    cause: 'Short work runs at whatever clock was left from before.',
    remedy: "Run 'sudo cpupower frequency-set -g performance'.",
  },
  {
    id: 'battery',
    find: ({ environment }) => whole(environment.powerSource === 'battery' && 'the machine runs on battery'),
    cause: 'Clocks are held low.',
    remedy: 'Plug it in.',
  },
  {
    id: 'cpu-limit',
    find: (m) =>
      whole(
        fact(m, 'cpuLimit') < fact(m, 'cpuAvailable') &&
          `the container may use ${fact(m, 'cpuLimit')} of ${fact(m, 'cpuAvailable')} processors`,
      ),
    cause: 'A runtime with more threads than that is stopped in the middle of its work.',
    remedy: 'Raise the limit, or set --threads to it.',
  },
  {
    id: 'no-control',
    find: ({ control, comparisons }) =>
      whole(
        control === undefined &&
          comparisons.length > 0 &&
          'the A/A floor is not known: there was one copy of each model',
      ),
    cause: 'Without it no difference is claimed.',
    remedy: 'Give more time (--time-budget).',
  },
  {
    id: 'few-copies',
    find: ({ settings: { copies = 0 }, comparisons }) =>
      whole(comparisons.length > 0 && copies > 1 && copies < 4 && `each model was prepared ${copies} times only`),
    cause: 'What differs from copy to copy is hardly known: intervals are wide.',
    remedy: 'Give more time (--time-budget).',
  },
  {
    id: 'carry-over',
    find: ({ carryOver = [], settings: { washoutMs } }) =>
      washoutMs === undefined
        ? []
        : carryOver
            .filter(({ ratio }) => ratio === Math.max(...carryOver.map((each) => each.ratio)))
            .map(({ name, ratio }) => ({
              arm: name,
              seen: `it leaves the model that runs after it ${percent(Math.abs(ratio - 1))} ${ratio < 1 ? 'faster' : 'slower'} at first, others less`,
            })),
    cause: 'Each therefore ran untimed by itself for a while before it was timed.',
    remedy: 'To see each at its own steady state, time with --sustained.',
  },
  {
    id: 'carry-over',
    find: ({ comparisons }) =>
      comparisons
        .filter(({ withheldFor }) => withheldFor === 'carry-over')
        .map(({ name, baseline }) => ({
          arm: name,
          seen: `what one arm leaves to the next may be all that it and ${baseline} differ by`,
        })),
    cause: 'Letting each run by itself before it is timed would take too long, so no verdict is given.',
    remedy: 'Time with --sustained, or give more time (--time-budget).',
  },
  {
    id: 'host-bound',
    find: (m) =>
      m.arms.flatMap(({ name, wall, device }) => {
        if (wall === undefined || device === undefined) return [];
        const share = device.hot.medianMs / wall.hot.medianMs;
        const [busy, whole] = [device, wall].map(({ hot }) => hot.medianMs.toPrecision(3));
        if (share < HOST_BOUND)
          return [{ arm: name, seen: `the device works ${busy} ms of the ${whole} ms that a run takes` }];
        if (share > 1 / HOST_BOUND)
          return [{ arm: name, seen: `the device clock shows ${busy} ms where the whole run took ${whole} ms` }];
        return [];
      }),
    cause: 'The host, not the device, sets the pace, or the device clock is wrong.',
    remedy: 'Take a larger batch, keep inputs and outputs on the device, or judge by wall time.',
  },
  {
    id: 'host-unknown',
    find: ({ device, settings }) =>
      whole(
        device.kind === 'gpu' &&
          settings.clock === 'wall' &&
          'the runtime has no device clock: whether the GPU or the host sets the pace cannot be told',
      ),
    cause: 'Wall time holds launches and copies too.',
    remedy: 'Time a batch twice as large: where that takes hardly longer, the host sets the pace.',
  },
  {
    id: 'slow-clock',
    find: perArm(
      (_hot, { method }) =>
        method?.slowClockSamples !== undefined &&
        `${method.slowClockSamples} samples were left out: the device's clock stood below 90 % of its median under load`,
    ),
    cause: 'It was throttled, or had not woken up.',
    remedy: 'Improve cooling, or lock its clocks (nvidia-smi --lock-gpu-clocks).',
  },
  {
    id: 'control-floor',
    find: ({ control, settings }) =>
      whole(
        control !== undefined &&
          control.floor - 1 > settings.tolerance &&
          `${control.copies} copies of one model stand apart by up to ${percent(control.floor - 1)} by chance, more than the tolerance of ${percent(settings.tolerance)}`,
      ),
    cause: 'The machine is noisy, or memory lies and kernels are chosen otherwise each time a model is prepared.',
    remedy: 'Give more time (--time-budget), quieten the machine, or raise --tolerance.',
  },
  {
    id: 'imprecise',
    find: perArm((hot, _arm, { settings }) => {
      if (hot.highMs === undefined || hot.lowMs === undefined) return false;
      const half = (hot.highMs - hot.lowMs) / 2 / hot.medianMs;
      return (
        half > settings.precision &&
        `the median is known to ${percent(half)} only; ${percent(settings.precision)} was asked for`
      );
    }),
    cause: 'The time budget was spent first.',
    remedy: 'Give more (--time-budget), or ask for less (--half-width).',
  },
  {
    id: 'not-warm',
    find: perArm(
      (_hot, { method }) =>
        method?.warmUpFlat === false && `times had not settled after ${method.warmUpSamples} samples of warm-up`,
    ),
    cause: 'Clocks, caches or compilation still change.',
    remedy: 'Give more time (--time-budget), of which a fifth is for warm-up.',
  },
  {
    id: 'drift',
    find: perArm(({ samplesMs, medianMs }, _arm, { settings }) => {
      const { slope, pValue } = trend(samplesMs);
      const change = (slope * samplesMs.length) / medianMs;
      return (
        pValue < 0.001 &&
        Math.abs(change) > Math.max(settings.tolerance, 2 * settings.precision) &&
        `times ${change > 0 ? 'rose' : 'fell'} by ${percent(Math.abs(change))} from start to end`
      );
    }),
    cause: 'The device grew warmer or cooler, or other load came and went.',
    remedy: 'Ratios between interleaved arms hold; for absolute times let it settle and time again.',
  },
  {
    id: 'no-layers',
    find: perArm(
      (_hot, { layersUnavailable }) =>
        layersUnavailable !== undefined && `its layers were not timed: ${layersUnavailable}`,
    ),
    cause: 'Only what archmeter lowers itself, layer by layer, can be stopped between layers.',
    remedy: 'Time its graph with random weights (--weights random).',
  },
  {
    id: 'few-samples',
    find: perArm(({ samplesMs }) => samplesMs.length < 20 && `there are ${samplesMs.length} samples`),
    cause: 'The 5th, 95th and 99th percentiles are little more than the extremes.',
    remedy: 'Give more time (--time-budget).',
  },
  {
    id: 'multimodal',
    find: perArm(({ samplesMs }, { method }, { settings }) => {
      const random = createRandom(1);
      const step = settings.clockQuantumMs / (method?.iterations ?? 1);
      const dithered = samplesMs.map((time) => time + (random.uniform() - 0.5) * step);
      return isMultimodal(dithered) && 'samples fall into more than one group';
    }),
    cause: 'Clocks switch between states, or the work runs on different kinds of cores.',
    remedy: 'Fix the clock or the cores (taskset), and look at the samples: a median between groups happens to no run.',
  },
  {
    id: 'outliers',
    find: perArm(({ samplesMs }) => {
      const share = outliers(samplesMs, 5).length / samplesMs.length;
      return share > 0.1 && `${percent(share)} of samples are outliers`;
    }),
    cause: 'Something else takes the device now and then.',
    remedy: 'Close other programs. The median hardly moves; the 95th and 99th percentiles do.',
  },
  {
    id: 'coarse-clock',
    find: perArm(({ medianMs }, { method }, { settings: { clockQuantumMs } }) => {
      const quanta = (medianMs * (method?.iterations ?? 1)) / clockQuantumMs;
      return quanta < 150 && `a sample spans ${quanta.toFixed(0)} steps of the clock`;
    }),
    cause: 'The clock turned out coarser than it first seemed.',
    remedy: 'Time again.',
  },
  {
    id: 'unchecked',
    find: ({ arms }) =>
      arms
        .filter(({ status, check }) => status === 'ok' && check === undefined)
        .map(({ name }) => ({ arm: name, seen: 'outputs were not compared with the reference' })),
    cause: 'A wrong result may be fast.',
    remedy: 'Time it through the archmeter command, which compares them.',
  },
  {
    id: 'interrupted',
    find: ({ settings }) => whole(settings.stoppedBy === 'interrupt' && 'timing was interrupted'),
    cause: 'What is here was finished before.',
    remedy: 'Time again for the rest.',
  },
];
