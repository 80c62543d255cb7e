import { describe, expect, it } from 'vitest';
import { deviceOfDriver } from '../../../src/core/analysis/devices/driver-name.js';
import { type Device, findDevice } from '../../../src/core/analysis/devices/index.js';
import {
  chooseProfile,
  estimateLatency,
  LATENCY_PARAMETERS,
  lowerKernels,
  namedParameters,
  profileValues,
  workloadSeconds,
} from '../../../src/core/analysis/latency/index.js';
import { type CalibratedProfile, calibrateFromProfiles } from '../../../src/core/profile/calibration.js';
import { fittableRows } from '../../../src/core/profile/observations.js';
import { operatorGraph } from '../../../src/core/profile/operator-graph.js';
import { profileOf } from '../../../src/core/profile/profile.js';
import { median } from '../../../src/core/statistics/quantile.js';
import type { Trace } from '../../../src/core/traces/index.js';
import { buildModel } from '../../../src/core/zoo/index.js';
import { traceOf } from '../traces/files.js';

const VIT = 'pytorch/vit-b-16-h100.json.gz';
const BERT = 'pytorch/bert-small-h100.json.gz';

const joined = (trace: Trace, name = 'model'): CalibratedProfile => ({
  name,
  profile: profileOf(trace, name),
  device: deviceOfDriver(trace.device.name),
});

/** The trace of a device that behaves as the model with these constants (logarithms) in place of the one it was made on. */
function timedBy(trace: Trace, device: Device, theta: Float64Array): Trace {
  return {
    ...trace,
    iterations: trace.iterations.map((iteration) => {
      const { graph, layers } = operatorGraph(iteration, 'model');
      const kernels = lowerKernels(graph, { execution: 'eager', precision: 'bfloat16' });
      return {
        ...iteration,
        steps: iteration.steps.map((step, i) => {
          const own = kernels
            .filter(({ node }) => layers[i]?.includes(graph.nodes[node]?.name ?? ''))
            .map((kernel) => ({ kernel, count: 1 }));
          const ms = 1e3 * workloadSeconds({ kernels: own, batch: 1 }, device, theta);
          return { ...step, deviceMs: ms };
        }),
      };
    }),
  };
}

describe('a synthetic trace', () => {
  it("of known constants gives their estimates back: rows within 5 %, another model's within 3 %", async () => {
    const device = await findDevice('h100-sxm');
    const shipped = profileValues(chooseProfile(device, 'bfloat16', 'eager')).map(Math.log);
    // Of a device that is not as shipped: every constant higher by its whole spread.
    const truth = shipped.map((value, i) => value + (LATENCY_PARAMETERS[i]?.spread ?? 0));
    const profiles = await Promise.all(
      [VIT, BERT].map(async (path) => joined(timedBy(await traceOf(path), device, truth), path)),
    );
    const { calibration } = calibrateFromProfiles(profiles);
    for (const { name, measuredMs, estimatedMs } of calibration.observations)
      expect(Math.abs(estimatedMs / measuredMs - 1), name).toBeLessThan(0.05);
    const graph = await buildModel('vit_b_32', { batch: 4 });
    const estimate = (parameters: Float64Array) =>
      estimateLatency(graph, {
        device,
        precision: 'bfloat16',
        profile: { ...calibration.profile, parameters: namedParameters(parameters) },
      }).kernelsMs;
    const fitted = estimateLatency(graph, { device, precision: 'bfloat16', profile: calibration.profile });
    expect(fitted.mode).toBe('calibrated');
    expect(Math.abs(fitted.kernelsMs / estimate(truth) - 1)).toBeLessThan(0.03);
    // What the fit had to move away from.
    expect(Math.abs(estimate(shipped) / estimate(truth) - 1)).toBeGreaterThan(0.2);
  });
});

describe('a real trace', () => {
  it('holds equal work out together: the error is that of work never seen, far above that of the fit', async () => {
    const { calibration, works } = calibrateFromProfiles([joined(await traceOf(VIT))]);
    const { profile, observations, device } = calibration;
    expect(device.id).toBe('h100-sxm');
    expect(profile).toMatchObject({
      id: 'pytorch-h100-sxm',
      device: 'h100-sxm',
      precision: 'bfloat16',
      execution: 'eager',
      batches: [4, 4],
      runtime: 'pytorch, clock timestamps of kernels, CUDA 12.4, driver 12.9, CUPTI 22',
    });
    expect(profile.source).toBe(
      'archmeter calibrate --from-profile: fitted to 150 rows of a profile (model); of NVIDIA H100 80GB HBM3, recorded 2025-07-18T07:54:52.661Z; what no row tells stays near the shipped profile h100-sxm-server',
    );
    expect(works.reduce((sum, { rows }) => sum + rows, 0)).toBe(150);
    expect(profile.heldOut.held).toBe(
      'layers of one trace, every fifth of 12 kinds of work, equal work held out together',
    );
    expect(profile.heldOut.observations).toBe(150);
    expect(profile.heldOut.median).toBeCloseTo(0.403, 2);
    const seen = observations.map(({ measuredMs, estimatedMs }) => Math.abs(estimatedMs / measuredMs - 1));
    expect(median(seen)).toBeLessThan(0.1);
  });

  it('of several, each is held out by the others', async () => {
    const profiles = [joined(await traceOf(VIT), 'vit'), joined(await traceOf(BERT), 'bert')];
    const { heldOut, source } = calibrateFromProfiles(profiles).calibration.profile;
    expect(heldOut.held).toBe('whole traces, each of 2; 0 of 210 layers do work that another trace has too');
    expect(source).toContain('fitted to 210 rows of 2 profiles (vit, bert); of NVIDIA H100 80GB HBM3');
  });

  it('of a device that is not known has the best rates that its layers reached', async () => {
    const trace = await traceOf(VIT);
    const { device, profile } = calibrateFromProfiles([
      joined({ ...trace, device: { kind: 'gpu', name: 'Made-up 9000' } }),
    ]).calibration;
    expect(device).toMatchObject({
      id: 'made-up-9000',
      name: 'Made-up 9000',
      kind: 'gpu',
      l2Megabytes: null,
      sources: [expect.stringMatching(/^best rates that layers of a trace of .* reached, in bfloat16$/)],
      unverified: ['float32Tflops'],
    });
    // 788 rows of 768 to 3072 in 13.5 µs and more.
    expect(device.float32Tflops).toBeGreaterThan(200);
    expect(device.float32Tflops).toBeLessThan(989);
    expect(profile.source).toMatch(/what no row tells is typical$/);
  });
});

it('says what of the time was not fitted, or as another type than it ran in', async () => {
  const one = joined(await traceOf(BERT), 'bert');
  const { notes } = calibrateFromProfiles([{ ...one, profile: { ...one.profile, dtype: 'float32' } }]);
  expect(notes.map((note) => note.replace(/[\d.]+ %/g, 'N %'))).toEqual([
    'bert: fitted rows hold N % of the time of all rows, in float32; rows left out: 1 of no layer.',
    'bert: N % of the time is of other types than float32, and was counted as of it.',
    'bert: the trace does not tell whether products were cut to TF32; they are taken as float32.',
    'Without these traces, by the shipped profile h100-sxm-server: median error N %.',
  ]);
});

it('counts calls that stand for many as often as they ran, and leaves them out where layers of a model differ', async () => {
  const { profile } = joined(await traceOf(VIT));
  const [name = ''] = profile.rows[0]?.layers ?? [];
  const repeats = new Map([[name, 3]]);
  const own = fittableRows({ ...profile, repeats }, 'bfloat16').rows[0];
  expect(own?.kernels.map(({ count }) => count)).toEqual(own?.kernels.map(() => 3));
  const { rows, leftOut } = fittableRows({ ...profile, repeats, joinedTo: 'model' }, 'bfloat16');
  expect(rows.map((row) => row.name)).not.toContain(profile.rows[0]?.name);
  expect([...leftOut]).toEqual([['repeated', 1]]);
});

describe('is refused', () => {
  const refusal = (profiles: readonly CalibratedProfile[]) => {
    try {
      calibrateFromProfiles(profiles);
    } catch (error) {
      return (error as Error).message;
    }
    return 'not refused';
  };

  it('where too little can be fitted, saying what is missing', async () => {
    const path = 'pytorch/alexnet-a100-no-shapes.json.gz';
    expect(refusal([joined(await traceOf(path))])).toBe(
      `${path}: too little to fit: 0 of 43 rows, 0 kinds of work, where 10 rows of 5 kinds are needed; left out: 42 of unknown shapes or operators, 1 of no layer. Record the shapes of operators (record_shapes=True), or name the model with --model.`,
    );
  });

  it('where devices or programs differ, are not told, or a trace comes twice', async () => {
    const [vit, mi300x, bert] = await Promise.all([VIT, 'pytorch/vit-b-16-mi300x.json.gz', BERT].map(traceOf));
    const [a, b, c] = [vit, mi300x, bert] as [Trace, Trace, Trace];
    expect(refusal([joined(a), joined(b)])).toBe(
      `pytorch/vit-b-16-mi300x.json.gz: the trace is of AMD Instinct MI300X VF, and ${VIT} is of NVIDIA H100 80GB HBM3. Constants are of one device: calibrate from the traces of each by themselves.`,
    );
    expect(refusal([joined(a), joined({ ...c, format: 'xla', title: 'XLA' })])).toBe(
      `${BERT}: the trace is of XLA, and ${VIT} is of ${a.title}. Constants are of one program: calibrate from the traces of each by themselves.`,
    );
    const device = { kind: 'gpu', name: 'GPU (its name is not in the trace)' } as const;
    expect(refusal([joined({ ...a, device }), joined({ ...c, device })])).toBe(
      `${BERT}: the traces do not name their devices, and may be of several. Calibrate from one of them.`,
    );
    expect(refusal([joined(a), joined(a)])).toBe(
      `${VIT}: the trace is given twice. Held against itself no error would show: name each trace once.`,
    );
  });

  it('where nothing is joined, or another model was profiled', async () => {
    const trace = await traceOf(VIT);
    const of = async (name: string): Promise<CalibratedProfile> => ({
      name,
      profile: profileOf(trace, name, await buildModel(name, { batch: 4 })),
      device: undefined,
    });
    expect(refusal([await of('resnet50')])).toBe(
      `${VIT}: nothing of the trace is joined to a layer of resnet50. Name that model with --model, or none: the operators of the trace are the layers then.`,
    );
    const other = await of('vit_b_16');
    expect(refusal([{ ...other, profile: { ...other.profile, joinedFraction: 0.07 } }])).toBe(
      `${VIT}: only 7 % of the time is joined to layers of vit_b_16: it is not the model that was profiled. Name that model with --model, or none: the operators of the trace are the layers then.`,
    );
    const double = joined(trace);
    expect(refusal([{ ...double, profile: { ...double.profile, dtype: 'float64' } }])).toBe(
      `${VIT}: the trace computes in float64, which no estimate knows. Known are: float32, tf32, float16, bfloat16, amp, amp-bfloat16, float8, int8.`,
    );
  });
});
