import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { communityFiles, problemsOfFile } from '../../../.dev/community.js';
import { communityFileName, communityProblems } from '../../../src/core/compose/community.js';
import { communityRows } from '../../../src/core/compose/community-rows.js';
import { matchedGroup } from '../../../src/core/compose/matched-groups.js';
import { slimMeasurement } from '../../../src/core/compose/slim-measurement.js';
import type { ArmMeasurement, Measurement } from '../../../src/core/measurement.js';
import { MATCHED_BLOCKS } from '../../../src/core/zoo/index.js';

let good: Measurement;

/** As the harness would give it, of blocks that take `1 ms` and `2 ms`. */
beforeAll(async () => {
  const { arms } = await matchedGroup(MATCHED_BLOCKS[0] as (typeof MATCHED_BLOCKS)[0], { batch: 1, all: false });
  const distribution = (medianMs: number) => ({
    medianMs,
    confidence: 0.95,
    p5Ms: medianMs,
    p95Ms: medianMs,
    p99Ms: medianMs,
    samplesMs: [medianMs],
  });
  good = {
    schema: 'archmeter/measurement@1',
    archmeter: '0.1.0',
    startedAt: '2026-11-25T02:00:00.000Z',
    command: 'the page of archmeter: archmeter blocks --group A',
    runtime: { name: 'tfjs-webgpu', details: {} },
    device: { kind: 'gpu', name: 'GeForce RTX 3090' },
    dtype: 'float32',
    settings: {
      clock: 'device',
      clockQuantumMs: 0.001,
      precision: 0.01,
      tolerance: 0.01,
      timeBudgetSeconds: 60,
      seed: 1,
      stoppedBy: 'time-budget',
      rounds: 40,
    },
    arms: arms.slice(0, 2).map(
      ({ name, result }, i): ArmMeasurement => ({
        name,
        batch: 1,
        status: 'ok',
        madds: result.totals.madds,
        flops: result.totals.flops,
        fusedBytes: 1,
        wall: { hot: distribution(2 - i + 0.000001) },
        check: { before: 1e-6, after: 1e-6, tolerance: 1e-4 },
        energy: { status: 'unavailable', reason: 'no meter' },
      }),
    ),
    control: { floor: 1.02, deviation: 0.01, copies: 8, confidence: 0.95 },
    comparisons: [],
    environment: { browser: 'Chrome 150' },
    warnings: [],
  };
});

const changed = (change: Partial<Measurement>) => communityProblems({ ...good, ...change });
const withArm = (change: Partial<ArmMeasurement>) =>
  changed({ arms: good.arms.map((arm, i) => (i === 0 ? { ...arm, ...change } : arm)) });

describe('a measurement for the table', () => {
  it('may stand there where nothing speaks against it, and has a row for its group', async () => {
    expect(await communityProblems(good)).toEqual([]);
    const folder = mkdtempSync(join(tmpdir(), 'community-'));
    const path = join(folder, communityFileName(good));
    expect(path).toMatch(/geforce-rtx-3090-tfjs-webgpu-2026-11-25\.json$/);
    writeFileSync(path, JSON.stringify(slimMeasurement(good)));
    expect(await problemsOfFile(path)).toEqual([]);
    const [row, ...others] = communityRows([slimMeasurement(good)]);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ device: 'GeForce RTX 3090', group: 'A: 56x56, 256 to 256 channels', floor: 1.02 });
    expect(row?.blocks.map(({ latencyMs, ratio }) => [latencyMs, ratio])).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it.each([
    [{ device: { kind: 'software', name: 'SwiftShader' } }, 'SwiftShader is a software adapter, not a device'],
    [{ archmeter: '9.0.0' }, 'archmeter 9.0.0 is not a version that there is'],
    [{ archmeter: 'newest' }, 'archmeter newest is not a version that there is'],
    [{ dtype: 'float16' }, 'it is timed in float16, the table in float32'],
    [{ control: undefined }, 'it has no A/A control'],
    [
      { control: { floor: 1.4, deviation: 0.2, copies: 8, confidence: 0.95 } },
      'copies of one model stand 1.40× apart, more than 1.1×',
    ],
    [{ control: { floor: 1.01, deviation: 0, copies: 2, confidence: 0.95 } }, 'it has 2 copies, not 4'],
    [
      { warnings: [{ id: 'background-tab', text: 'The page was in the background.' }] },
      'The page was in the background.',
    ],
    [{ environment: { browser: 'a\u202eb' } }, 'a text of it is too long, or holds what cannot be shown: a�b'],
  ] as [Partial<Measurement>, string][])('is kept out: %j', async (change, problem) => {
    expect(await changed(change)).toEqual([problem]);
  });

  it('is kept out where an arm is another model, unchecked, wrong or too fast', async () => {
    const name = good.arms[0]?.name;
    expect(await withArm({ name: 'resnet18' })).toEqual(["'resnet18' is none of the matched blocks"]);
    expect(await withArm({ flops: 1 })).toEqual([`'${name}' has another amount of work than the block`]);
    expect(await withArm({ check: { before: 1, after: 0, tolerance: 1e-4 } })).toEqual([
      `outputs of '${name}' are wrong`,
    ]);
    const hot = { ...(good.arms[0]?.wall?.hot as object), medianMs: 0.01 } as NonNullable<
      ArmMeasurement['wall']
    >['hot'];
    const [problem] = await withArm({ wall: { hot } });
    expect(problem).toMatch(/ TFLOP\/s, above 35\.58 of the device$/);
    expect(await changed({ arms: [] })).toEqual(['it has no two blocks that were timed to the end']);
  });

  it('files of reports/community have no fault', async () => {
    for (const path of communityFiles()) expect(await problemsOfFile(path), path).toEqual([]);
  });
});
