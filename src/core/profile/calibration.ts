import type { Device } from '../analysis/devices/index.js';
import {
  CALIBRATION_SCHEMA,
  type Calibration,
  chooseProfile,
  fitLatency,
  type HeldOutTime,
  heldOutErrorOf,
  namedParameters,
  type Observation,
  PRECISIONS,
  PROFILE_SCHEMA,
  type Precision,
  profileValues,
  reachedDevice,
  reachedRates,
  workloadSeconds,
} from '../analysis/latency/index.js';
import { ArchmeterError } from '../errors.js';
import { median } from '../statistics/quantile.js';
import { refuseUnlike } from './alike-traces.js';
import { type FittableRows, fittableRows, type LeftOut, type TimedRow } from './observations.js';
import type { Profile } from './profile.js';

/** A trace joined to layers. */
export interface CalibratedProfile {
  readonly name: string;
  readonly profile: Profile;
  /** Where it is known. */
  readonly device: Device | undefined;
}

export interface ProfileCalibration {
  readonly calibration: Calibration;
  /** Rows of equal work, in the order run. */
  readonly works: readonly FittedWork[];
  /** What a reader of the constants should know. */
  readonly notes: readonly string[];
}

export interface FittedWork {
  /** Of its first row. */
  readonly name: string;
  readonly rows: number;
  /** Median over rows. */
  readonly measuredMs: number;
  readonly estimatedMs: number;
  /** By a fit that had not seen it: of a trace left out, that of its first row. */
  readonly heldOutMs: number;
}

const FOLDS = 5;
const LEAST_ROWS = 10;
/** Of a model's time in the trace. Below it is another model's. */
const LEAST_JOINED = 0.5;
/** Of the time by type. Below it the trace is of mixed types. */
const LEAST_OF_TYPE = 0.9;

interface Part extends CalibratedProfile, FittableRows {
  readonly precision: Precision;
}

interface Case extends Observation {
  readonly row: TimedRow;
  readonly trace: number;
}

/**
 * Fits the latency model to profiles of one device, a joined row an observation. What no row tells stays near the shipped
 * constants of the device, or near typical ones where it is not known.
 *
 * @throws ArchmeterError where they are of several devices, or hold too little
 */
export function calibrateFromProfiles(profiles: readonly CalibratedProfile[]): ProfileCalibration {
  const [first] = profiles as readonly [CalibratedProfile, ...CalibratedProfile[]];
  refuseUnlike(profiles.map(({ profile }) => profile));
  const parts = profiles.map(partOf);
  const precisions = [...new Set(parts.map(({ precision }) => precision))] as [Precision, ...Precision[]];
  const rows = parts.flatMap((part) => part.rows);
  const { trace } = first.profile;
  const device =
    first.device ??
    reachedDevice(
      trace.device,
      reachedRates(rows),
      `best rates that layers of ${profiles.length === 1 ? 'a trace' : `${profiles.length} traces`} of ${trace.title} reached, in ${precisions.join(', ')}`,
      precisions.includes('float32') ? [] : ['float32Tflops'],
    );
  const cases = parts.flatMap(({ rows: own }, at) =>
    own.map((row): Case => ({ row, trace: at, kernels: row.kernels, seconds: row.seconds, batch: 1, device })),
  );
  const shipped = first.device === undefined ? undefined : chooseProfile(first.device, precisions[0], 'eager');
  const expected = shipped === undefined ? undefined : profileValues(shipped).map(Math.log);
  const fit = fitLatency(cases, undefined, expected);
  const secondsOf = (one: Case, theta: Float64Array | undefined) => workloadSeconds(one, device, theta as Float64Array);
  const { foldOf, folds, held } = foldsOf(parts, cases);
  const errors = new Map<Case, HeldOutTime>();
  for (let fold = 0; fold < folds; fold++) {
    const training = cases.filter((one) => foldOf(one) !== fold);
    // From the start: nothing of the whole fit shall be in it.
    const theta = fitLatency(training, undefined, expected).byDevice.get(device.id);
    for (const one of cases)
      if (foldOf(one) === fold) errors.set(one, { estimated: secondsOf(one, theta), measured: one.seconds });
  }
  const theta = fit.byDevice.get(device.id) as Float64Array;
  const batches = parts.map(({ batch }) => batch);
  const labels = profiles.map(({ name }) => name);
  const nameOf = ({ row, trace: at }: Case) => (profiles.length === 1 ? row.name : `${labels[at]}: ${row.name}`);
  const works = new Map<string, Case[]>();
  for (const one of cases) works.set(one.row.work, [...(works.get(one.row.work) ?? []), one]);
  return {
    calibration: {
      schema: CALIBRATION_SCHEMA,
      device,
      profile: {
        schema: PROFILE_SCHEMA,
        id: `${trace.format}-${device.id}`,
        device: device.id,
        kind: device.kind,
        runtime: runtimeOf(profiles),
        precision: precisions[0],
        ...(precisions.length > 1 ? { precisions: precisions.slice(1) } : {}),
        execution: 'eager',
        source: [
          `archmeter calibrate --from-profile: fitted to ${rows.length} rows of ${profiles.length === 1 ? 'a profile' : `${profiles.length} profiles`} (${labels.join(', ')})`,
          `of ${trace.device.name}, recorded ${[...new Set(profiles.map(({ profile }) => profile.trace.startedAt ?? 'at a time that the trace does not tell'))].join(', ')}`,
          shipped === undefined
            ? 'what no row tells is typical'
            : `what no row tells stays near the shipped profile ${shipped.id}`,
        ].join('; '),
        batches: [Math.min(...batches), Math.max(...batches)],
        parameters: namedParameters(theta),
        heldOut: heldOutErrorOf([...errors.values()], held),
      },
      observations: cases.map((one) => ({
        name: nameOf(one),
        measuredMs: 1e3 * one.seconds,
        estimatedMs: 1e3 * secondsOf(one, theta),
      })),
      failed: [],
    },
    works: [...works.values()].map((alike) => {
      const [one] = alike as [Case, ...Case[]];
      return {
        name: nameOf(one),
        rows: alike.length,
        measuredMs: 1e3 * median(alike.map(({ seconds }) => seconds)),
        estimatedMs: 1e3 * secondsOf(one, theta),
        heldOutMs: 1e3 * (errors.get(one) as HeldOutTime).estimated,
      };
    }),
    notes: [
      ...parts.flatMap((part) => notesOf(part, device)),
      ...(expected === undefined || shipped === undefined
        ? []
        : [
            `Without these traces, by the shipped profile ${shipped.id}: median error ${percentOf(
              heldOutErrorOf(
                cases.map((one) => ({ estimated: secondsOf(one, expected), measured: one.seconds })),
                '',
              ).median,
            )}.`,
          ]),
    ],
  };
}

function partOf(one: CalibratedProfile): Part {
  const { profile, name } = one;
  const file = { file: profile.trace.file };
  const precision = PRECISIONS.find((known) => known === profile.dtype);
  if (precision === undefined) {
    throw new ArchmeterError(
      `the trace computes in ${profile.dtype}, which no estimate knows`,
      `Known are: ${PRECISIONS.join(', ')}.`,
      file,
    );
  }
  if (profile.joinedTo === 'model' && profile.joinedFraction < LEAST_JOINED) {
    const share = `${Math.round(100 * profile.joinedFraction)} %`;
    throw new ArchmeterError(
      profile.joinedFraction === 0
        ? `nothing of the trace is joined to a layer of ${name}`
        : `only ${share} of the time is joined to layers of ${name}: it is not the model that was profiled`,
      'Name that model with --model, or none: the operators of the trace are the layers then.',
      file,
    );
  }
  const found = fittableRows(profile, precision);
  const works = new Set(found.rows.map(({ work }) => work)).size;
  if (found.rows.length < LEAST_ROWS || works < FOLDS) {
    const all = found.rows.length + [...found.leftOut.values()].reduce((sum, count) => sum + count, 0);
    const missing = [...found.leftOut].map(([reason, count]) => `${count} ${WHY[reason]}`);
    throw new ArchmeterError(
      `too little to fit: ${found.rows.length} of ${all} rows, ${works} ${works === 1 ? 'kind' : 'kinds'} of work, where ${LEAST_ROWS} rows of ${FOLDS} kinds are needed${missing.length === 0 ? '' : `; left out: ${missing.join(', ')}`}`,
      found.leftOut.has('unknown')
        ? 'Record the shapes of operators (record_shapes=True), or name the model with --model.'
        : 'Record whole forward passes of a larger model.',
      file,
    );
  }
  return { ...one, ...found, precision };
}

const WHY: Readonly<Record<LeftOut, string>> = {
  unjoined: 'of no layer',
  unknown: 'of unknown shapes or operators',
  backward: 'of the backward pass',
  repeated: 'of several calls that the trace does not tell apart',
  kernelless: 'for which the latency model has no kernel',
};

/** A trace is held out by the others; of one trace, layers, those of equal work together: none is fitted to its double. */
function foldsOf(
  parts: readonly Part[],
  cases: readonly Case[],
): { readonly foldOf: (one: Case) => number; readonly folds: number; readonly held: string } {
  if (parts.length > 1) {
    const tracesOf = new Map<string, Set<number>>();
    for (const { row, trace } of cases) tracesOf.set(row.work, (tracesOf.get(row.work) ?? new Set()).add(trace));
    const elsewhere = cases.filter(({ row }) => (tracesOf.get(row.work)?.size ?? 0) > 1).length;
    return {
      foldOf: ({ trace }) => trace,
      folds: parts.length,
      held: `whole traces, each of ${parts.length}; ${elsewhere} of ${cases.length} layers do work that another trace has too`,
    };
  }
  const works = [...new Set(cases.map(({ row }) => row.work))];
  const place = new Map(works.map((work, i) => [work, i % FOLDS]));
  return {
    foldOf: ({ row }) => place.get(row.work) as number,
    folds: FOLDS,
    held: `layers of one trace, every fifth of ${works.length} kinds of work, equal work held out together`,
  };
}

function runtimeOf(profiles: readonly CalibratedProfile[]): string {
  const texts = profiles.map(({ profile: { trace } }) =>
    [
      trace.format,
      `clock ${trace.clockSource}`,
      ...Object.entries(trace.software).map(([name, value]) => `${name} ${value}`),
    ].join(', '),
  );
  return [...new Set(texts)].join('; ');
}

const percentOf = (fraction: number) => `${(100 * fraction).toFixed(1)} %`;

function notesOf({ name, timeFraction, typeFraction, precision, leftOut }: Part, device: Device): string[] {
  const reasons = [...leftOut].map(([reason, count]) => `${count} ${WHY[reason]}`);
  return [
    `${name}: fitted rows hold ${percentOf(timeFraction)} of the time of all rows, in ${precision}${reasons.length === 0 ? '' : `; rows left out: ${reasons.join(', ')}`}.`,
    ...(typeFraction < LEAST_OF_TYPE
      ? [
          `${name}: ${percentOf(1 - typeFraction)} of the time is of other types than ${precision}, and was counted as of it.`,
        ]
      : []),
    ...(precision === 'float32' && device.tensorFloat32Tflops
      ? [`${name}: the trace does not tell whether products were cut to TF32; they are taken as float32.`]
      : []),
  ];
}
