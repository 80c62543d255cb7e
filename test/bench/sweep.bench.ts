import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findDevice } from '../../src/core/analysis/devices/index.js';
import { Designs, familyChain, readSpace, SpaceRun } from '../../src/core/sweep/index.js';

/** RegNets on a grid of the size that papers search: 24 · 30 · 32 · 16 · 4 numbers and more. */
const GRID = `
schema: archmeter/space@1
name: regnets
family: regnet
parameters:
  initial: { from: 24, to: 256, step: 8 }
  slope: { from: 8, to: 256, step: 8 }
  multiplier: { from: 2, to: 3, step: 0.1 }
  groupWidth: [8, 16, 24, 32]
  depth: { from: 5, to: 28 }
objectives: { madds: max, params: min, memoryAccessCost: min }
`;

/** Grids of 0.1, 1 and 9.3 million RegNets around a budget, all of them walked. */
const GROWTH = [
  { initial: '[48, 96, 192]', step: 0.1 },
  { initial: '{ from: 24, to: 256, step: 8 }', step: 0.1 },
  { initial: '{ from: 24, to: 256, step: 8 }', step: 0.01 },
] as const;

const growthSpace = ({ initial, step }: (typeof GROWTH)[number]) => `
schema: archmeter/space@1
name: regnets
family: regnet
parameters:
  initial: ${initial}
  slope: { from: 8, to: 256, step: 8 }
  multiplier: { from: 2, to: 3, step: ${step} }
  groupWidth: [8, 16, 24, 32]
  depth: { from: 5, to: 28 }
constraints: [madds >= 400e6, madds <= 800e6]
objectives: { params: min, memoryAccessCost: min }
`;

export interface SweepRate {
  readonly designs: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly peakMib: number;
}

/** Designs a second on one core, counts alone or with latency and energy of a device, after a warm-up of a tenth. */
export async function sweepRate(designs: number, device: string | undefined): Promise<SweepRate> {
  const text = device === undefined ? GRID : `${GRID}devices: [${device}]\n`;
  const space = readSpace(text, 'regnets.yaml');
  const names = space.parameters.map(({ name }) => name);
  const devices = device === undefined ? [] : [{ key: device.replace(/\W/g, '_'), device: await findDevice(device) }];
  const run = new SpaceRun(space, await familyChain('regnet', undefined, names), { devices, precision: 'float32' });
  // Every so-many-th number, so that a small sample meets the whole space.
  const stride = Math.floor(run.designs.size / designs);
  const started = process.cpuUsage();
  let peak = 0;
  const digits = new Int32Array(names.length);
  const values: Record<string, number> = {};
  for (let i = 0; i < designs; i++) {
    run.designs.decode(i * stride, digits);
    run.designs.fill(digits, values);
    run.figuresOf(values);
    if (i % 10_000 === 0) peak = Math.max(peak, process.memoryUsage().rss);
  }
  const { user, system } = process.cpuUsage(started);
  const seconds = (user + system) / 1e6;
  return { designs, seconds, perSecond: designs / seconds, peakMib: peak / 2 ** 20 };
}

export interface SweepGrowth extends SweepRate {
  /** Wall time by one thread and by two. */
  readonly wallSeconds: readonly [one: number, two: number];
}

/** The command itself, Parquet and front included, on ever larger spaces; processor time and memory of one thread. */
export function* sweepGrowth(): Generator<SweepGrowth> {
  for (const grid of GROWTH) {
    const folder = mkdtempSync(join(tmpdir(), 'archmeter-sweep-bench-'));
    try {
      const space = join(folder, 'regnets.yaml');
      writeFileSync(space, growthSpace(grid));
      const one = sweepUsage(space, join(folder, 'one'), 1);
      const two = sweepUsage(space, join(folder, 'two'), 2);
      const { size: designs } = new Designs(readSpace(growthSpace(grid), 'regnets.yaml').parameters);
      const seconds = (one.userCPUTime + one.systemCPUTime) / 1e6;
      const wallSeconds = [one.wallSeconds, two.wallSeconds] as const;
      yield { designs, seconds, perSecond: designs / seconds, peakMib: one.maxRSS / 1024, wallSeconds };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** What one run of the command used, as it told at its end. */
function sweepUsage(space: string, output: string, jobs: number): NodeJS.ResourceUsage & { wallSeconds: number } {
  const atExit = "process.on('exit', () => process.stderr.write(JSON.stringify(process.resourceUsage())))";
  const started = performance.now();
  const { stderr } = spawnSync(
    process.execPath,
    [
      ...['--import', `data:text/javascript,${encodeURIComponent(atExit)}`, 'bin/archmeter.js', 'sweep', space],
      ...['--output', output, '--jobs', String(jobs), '--format', 'csv'],
    ],
    { encoding: 'utf8', maxBuffer: 2 ** 30 },
  );
  const wallSeconds = (performance.now() - started) / 1e3;
  return { ...(JSON.parse(stderr.slice(stderr.lastIndexOf('{'))) as NodeJS.ResourceUsage), wallSeconds };
}

export interface SweepRuns {
  readonly designs: number;
  /** Wall time of the whole command, start included, by one thread and by two: the least of three turns. */
  readonly seconds: readonly [one: number, two: number];
  readonly speedup: number;
  /** Processor time by two threads over that by one: what the second thread costs. */
  readonly processorRatio: number;
  /** Whether two runs, one of them killed on the way, wrote the same bytes. */
  readonly identical: boolean;
}

/** The command itself: nine million designs by one thread and by two in turns; a million killed once on the way. */
export function sweepRuns(): SweepRuns {
  const folder = mkdtempSync(join(tmpdir(), 'archmeter-sweep-bench-'));
  try {
    const large = join(folder, 'large.yaml');
    const text = growthSpace(GROWTH[2]);
    writeFileSync(large, text);
    const turns = [0, 1, 2].map((turn) =>
      [1, 2].map((jobs) => {
        const output = join(folder, `turn-${turn}-${jobs}`);
        const usage = sweepUsage(large, output, jobs);
        rmSync(output, { recursive: true });
        return { wall: usage.wallSeconds, processor: (usage.userCPUTime + usage.systemCPUTime) / 1e6 };
      }),
    );
    const least = (at: 0 | 1, what: 'wall' | 'processor') => Math.min(...turns.map((turn) => turn[at]?.[what] ?? 0));
    const seconds = [least(0, 'wall'), least(1, 'wall')] as const;
    return {
      designs: new Designs(readSpace(text, 'regnets.yaml').parameters).size,
      seconds,
      speedup: seconds[0] / seconds[1],
      processorRatio: least(1, 'processor') / least(0, 'processor'),
      identical: sameAfterKill(folder),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether a million designs by one thread, by two, and by two that were killed on the way are the same bytes. */
function sameAfterKill(folder: string): boolean {
  const space = join(folder, 'regnets.yaml');
  writeFileSync(space, GRID);
  const command = (output: string, jobs: number) => [
    ...['bin/archmeter.js', 'sweep', space, '--output', join(folder, output)],
    ...['--jobs', String(jobs), '--format', 'csv'],
  ];
  const run = (output: string, jobs: number) => {
    const started = performance.now();
    execFileSync(process.execPath, command(output, jobs), { stdio: 'ignore' });
    return performance.now() - started;
  };
  run('one', 1);
  const timeout = run('two', 2) / 3;
  try {
    execFileSync(process.execPath, command('killed', 2), { stdio: 'ignore', timeout, killSignal: 'SIGKILL' });
  } catch {
    // Killed, as it should be.
  }
  run('killed', 2);
  const parts = readdirSync(join(folder, 'one')).filter((name) => name.endsWith('.parquet'));
  const same = (output: string, part: string) =>
    readFileSync(join(folder, output, part)).equals(readFileSync(join(folder, 'one', part)));
  return parts.every((part) => same('two', part) && same('killed', part));
}
