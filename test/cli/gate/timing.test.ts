import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BenchmarkArm } from '../../../src/bench/harness/options.js';
import { guarded } from '../../../src/cli/border.js';
import type { Arguments, Streams } from '../../../src/cli/define-command.js';
import { type Base, baselineAsBase } from '../../../src/cli/gate/base.js';
import { loadSessionModels, openGate, type SessionModel } from '../../../src/cli/gate/session.js';
import { checkAgainstStored, readMeasurement } from '../../../src/cli/gate/stored.js';
import { checkByTiming, type TimeArms } from '../../../src/cli/gate/time.js';
import type { GateConfig } from '../../../src/core/compare/gate-config.js';
import type { Graph } from '../../../src/core/ir/graph.js';
import { netSpec } from '../../core/compare/gate-models.js';
import { timedMeasurement } from '../../core/compare/timed-measurement.js';

const ARGS = { _: [], seed: 5 } as unknown as Arguments;
const STREAMS: Streams = guarded({ out() {}, err() {}, columns: 80, color: false, interactive: false });
const OPTIONS = { today: '2026-11-24', fromRevision: true };

let folder: string;
let head: SessionModel;
let wider: Graph;
let renamed: Graph;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archmeter-test-'));
  await writeFile(join(folder, 'c.yaml'), 'models: [net.yaml, wide.yaml, renamed.yaml]\nbaseline: false\n');
  await writeFile(join(folder, 'net.yaml'), netSpec());
  await writeFile(join(folder, 'wide.yaml'), netSpec({ width: 16 }));
  await writeFile(join(folder, 'renamed.yaml'), netSpec({ stem: 'first' }));
  const session = await openGate({ config: join(folder, 'c.yaml') });
  const models = await loadSessionModels(session);
  expect((await baselineAsBase(session)).against).toBe('budgets');
  head = models[0] as SessionModel;
  wider = (models[1] as SessionModel).graph;
  renamed = (models[2] as SessionModel).graph;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const baseWith = (graph: Graph | undefined, problem?: string): Base => ({
  against: 'main',
  entry: () => undefined,
  graph: () => graph,
  problem: () => problem,
  notes: [],
});

/** Times the head `ratio` times as long as the base, another ratio at each call. */
function stub(...ratios: number[]): {
  time: TimeArms;
  calls: { arms: readonly BenchmarkArm[]; seed: unknown; cold: unknown }[];
} {
  const calls: { arms: readonly BenchmarkArm[]; seed: unknown; cold: unknown }[] = [];
  return {
    calls,
    async time(arms, args) {
      const ratio = ratios[calls.length] as number;
      calls.push({ arms, seed: args['seed'], cold: args['cold'] });
      const [base, timedHead] = arms as [BenchmarkArm, BenchmarkArm];
      return timedMeasurement(
        arms.map(({ name }) => ({ name, medianMs: name === timedHead.name ? ratio : 1 })),
        [{ name: timedHead.name, baseline: base.name, ratio }],
        { floor: 1.002 },
      );
    },
  };
}

const config = (metrics: NonNullable<GateConfig['metrics']>): GateConfig => ({ models: ['net.yaml'], metrics });
const judge = async (base: Base, metrics: NonNullable<GateConfig['metrics']>, ...ratios: number[]) => {
  const { time, calls } = stub(...ratios);
  const { rows, measurements } = await checkByTiming([head], base, config(metrics), OPTIONS, ARGS, STREAMS, time);
  return {
    verdicts: rows.map(({ verdict }) => verdict),
    details: rows.map(({ detail }) => detail),
    calls,
    measurements,
  };
};

describe('checkByTiming', () => {
  it('times base and head together, and what seems slower once more with another order', async () => {
    const { verdicts, calls, measurements } = await judge(baseWith(wider), { measuredLatencyMs: {} }, 1.1, 1.1);
    expect(verdicts).toEqual(['fail']);
    expect(calls.map(({ arms }) => arms.map(({ name, baseline }) => [name, baseline]))).toEqual(
      Array(2).fill([
        ['net.yaml (base)', 'net.yaml (base)'],
        ['net.yaml (head)', 'net.yaml (base)'],
      ]),
    );
    expect(calls.map(({ seed, cold }) => [seed, cold])).toEqual([
      [5, false],
      [6, false],
    ]);
    expect(measurements).toHaveLength(2);
  });

  it('times once where nothing seems slower, and fails nothing that a second run does not confirm', async () => {
    expect((await judge(baseWith(wider), { measuredLatencyMs: {} }, 1)).calls).toHaveLength(1);
    expect((await judge(baseWith(wider), { measuredLatencyMs: {} }, 1.1, 1)).verdicts).toEqual(['inconclusive']);
  });

  it('does not time what computes the same under other names, unless an absolute limit asks for it', async () => {
    const same = await judge(baseWith(renamed), { measuredLatencyMs: {} });
    expect([same.verdicts, same.details, same.calls]).toEqual([
      ['pass'],
      ['the same computation on both sides, so not timed'],
      [],
    ]);
    expect((await judge(baseWith(renamed), { measuredLatencyMs: { max: 5 } }, 1)).calls).toHaveLength(1);
  });

  it('times the base twice where energy is gated', async () => {
    const { verdicts, details, calls } = await judge(baseWith(wider), { measuredEnergyJoules: {} }, 1);
    expect(calls[0]?.arms.map(({ name }) => name)).toContain('net.yaml (base again)');
    expect([verdicts, details]).toEqual([['not-comparable'], ['energy is unavailable: no meter']]);
  });

  it('says why a model was not compared', async () => {
    expect((await judge(baseWith(undefined), { measuredLatencyMs: {} })).details).toEqual([
      'a new model, with nothing to compare',
    ]);
    const broken = await judge(baseWith(undefined, 'the base cannot be read: x'), { measuredLatencyMs: {} });
    expect([broken.verdicts, broken.details]).toEqual([['not-comparable'], ['the base cannot be read: x']]);
    expect((await judge(baseWith(wider), { params: {} })).verdicts).toEqual([]);
  });
});

describe('checkAgainstStored', () => {
  const samples = (ms: number) =>
    Array.from({ length: 60 }, (_, i) => ms * (1 + 0.001 * (Math.abs(Math.sin(i * 12.9898) * 43758.5453) % 1)));
  const measured = (ms: number, name = 'net.yaml', device = 'virtual') => {
    const measurement = timedMeasurement([{ name, medianMs: ms }], [], { floor: 1.002 });
    const [arm] = measurement.arms as [(typeof measurement.arms)[number]];
    const hot = {
      ...(arm.wall as NonNullable<typeof arm.wall>).hot,
      samplesMs: samples(ms),
      copiesMs: samples(ms).slice(0, 8),
    };
    return { ...measurement, device: { kind: 'cpu' as const, name: device }, arms: [{ ...arm, wall: { hot } }] };
  };
  const judgeStored = async (stored: ReturnType<typeof measured> | undefined, metrics = {}) => {
    const rules = config({ measuredLatencyMs: {}, ...metrics });
    const { rows } = await checkAgainstStored([head], stored, rules, ARGS, STREAMS, async () => measured(10));
    return rows.map(({ verdict, detail }) => [verdict, detail]);
  };

  it('is never a failure: slower is inconclusive, another device not comparable', async () => {
    expect(await judgeStored(measured(10))).toEqual([['pass', 'as before, though timed apart']]);
    expect(await judgeStored(measured(20))).toEqual([['improved', 'faster, though timed apart']]);
    expect(await judgeStored(measured(5))).toEqual([
      ['inconclusive', 'slower, but timed apart: --against <revision> would tell'],
    ]);
    expect(await judgeStored(measured(5, 'net.yaml', 'another'))).toEqual([
      ['not-comparable', 'device name: another before, virtual after'],
    ]);
  });

  it('knows the head of an earlier check, and says what it has nothing for', async () => {
    expect((await judgeStored(measured(10, 'net.yaml (head)')))[0]?.[0]).toBe('pass');
    expect(await judgeStored(measured(10, 'other'))).toEqual([['not-comparable', 'no earlier measurement of it']]);
    expect(await judgeStored(undefined)).toEqual([['not-comparable', 'no earlier measurement of it']]);
    expect(
      (await judgeStored(measured(10), { measuredEnergyJoules: {}, measuredMaddsPerSecond: {} })).map(([v]) => v),
    ).toEqual(['pass', 'not-comparable', 'pass']);
  });

  it('refuses files without a measurement', async () => {
    await expect(readMeasurement(join(folder, 'none.json'))).rejects.toThrow('there is no such measurement');
    await writeFile(join(folder, 'x.json'), '{}');
    await expect(readMeasurement(join(folder, 'x.json'))).rejects.toThrow(/x\.json/);
  });
});
