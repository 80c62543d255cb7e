import { deviceOfDriver } from '../analysis/devices/driver-name.js';
import { DEVICES } from '../analysis/devices/index.js';
import { cleanText } from '../clean-text.js';
import type { Measurement } from '../measurement.js';
import { ARCHMETER_VERSION } from '../version.js';
import { MATCHED_BLOCKS } from '../zoo/index.js';
import { matchedGroup } from './matched-groups.js';

/** Two sets of copies of one model that stand further apart than this tell little of blocks. */
const HIGHEST_FLOOR = 1.1;
const FEWEST_COPIES = 4;
const FEWEST_ROUNDS = 16;
const LONGEST_TEXT = 500;
/** No device known beats it in 32-bit floats, matrix units aside. */
const FASTEST_TFLOPS = Math.max(
  ...DEVICES.map(({ float32Tflops, tensorFloat32Tflops }) => Math.max(float32Tflops, tensorFloat32Tflops ?? 0)),
);
/** What says by itself that a timing is not to be compared. */
const SPOILT = new Set(['software-adapter', 'background-tab', 'cut-off', 'coarse-clock']);

/** Name of its file there. */
export function communityFileName({ device, runtime, startedAt }: Measurement): string {
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 60);
  return `${plain(device.name)}-${plain(runtime.name)}-${startedAt.slice(0, 10)}.json`;
}

/**
 * What keeps a measurement of the matched blocks out of the table, in words; empty where it may stand there. Its schema is
 * another matter.
 */
export async function communityProblems(measurement: Measurement): Promise<string[]> {
  const { device, settings, control, arms, archmeter, warnings, dtype } = measurement;
  const problems: string[] = [];
  const refuse = (isWrong: boolean, problem: string) => isWrong && problems.push(problem);
  refuse(device.kind === 'software', `${device.name} is a software adapter, not a device`);
  refuse(device.kind === 'unknown', 'its device is unknown');
  refuse(isLater(archmeter), `archmeter ${archmeter} is not a version that there is`);
  refuse(dtype !== 'float32', `it is timed in ${dtype}, the table in float32`);
  refuse(Number.isNaN(Date.parse(measurement.startedAt)), 'it does not say when it was timed');
  refuse(settings.stoppedBy === 'interrupt' || settings.stoppedBy === 'failure', 'it was stopped before its end');
  refuse(settings.rounds < FEWEST_ROUNDS, `it has ${settings.rounds} rounds, not ${FEWEST_ROUNDS}`);
  if (control === undefined) problems.push('it has no A/A control');
  else {
    refuse(
      control.floor > HIGHEST_FLOOR,
      `copies of one model stand ${control.floor.toFixed(2)}× apart, more than ${HIGHEST_FLOOR}×`,
    );
    refuse(control.copies < FEWEST_COPIES, `it has ${control.copies} copies, not ${FEWEST_COPIES}`);
  }
  for (const { id, text } of warnings) refuse(SPOILT.has(id), text);
  for (const text of textsOf(measurement)) {
    refuse(
      text !== cleanText(text) || text.length > LONGEST_TEXT,
      `a text of it is too long, or holds what cannot be shown: ${cleanText(text).slice(0, 40)}`,
    );
  }
  problems.push(...(await armProblems(measurement)));
  const timed = arms.filter(({ status }) => status === 'ok').length;
  refuse(timed < 2, 'it has no two blocks that were timed to the end');
  return problems;
}

async function armProblems({ device, arms }: Measurement): Promise<string[]> {
  const known = await blocksOf(arms[0]?.batch ?? 1);
  const tflops = deviceOfDriver(device.name)?.float32Tflops ?? FASTEST_TFLOPS;
  return arms.flatMap((arm): string[] => {
    const flops = known.get(arm.name);
    const distribution = (arm.device ?? arm.wall)?.hot;
    if (flops === undefined) return [`'${arm.name}' is none of the matched blocks`];
    if (arm.flops !== flops || arm.batch !== arms[0]?.batch)
      return [`'${arm.name}' has another amount of work than the block`];
    if (arm.status !== 'ok') return [];
    if (distribution === undefined || !(distribution.medianMs > 0)) return [`'${arm.name}' has no time`];
    const { check } = arm;
    if (check === undefined) return [`outputs of '${arm.name}' were not checked`];
    if (Math.max(check.before, check.after) > check.tolerance) return [`outputs of '${arm.name}' are wrong`];
    const rate = arm.flops / distribution.medianMs / 1e9;
    return rate > tflops ? [`'${arm.name}' runs at ${rate.toFixed(1)} TFLOP/s, above ${tflops} of the device`] : [];
  });
}

async function blocksOf(batch: number): Promise<ReadonlyMap<string, number>> {
  const groups = await Promise.all(MATCHED_BLOCKS.map((group) => matchedGroup(group, { batch, all: true })));
  return new Map(groups.flatMap(({ arms }) => arms.map(({ name, result }) => [name, result.totals.flops] as const)));
}

function isLater(version: string): boolean {
  if (!/^\d+\.\d+\.\d+$/.test(version)) return true;
  const [ours, theirs] = [ARCHMETER_VERSION, version].map((text) => text.split('.').map(Number)) as [
    number[],
    number[],
  ];
  const first = theirs.findIndex((part, i) => part !== ours[i]);
  return first >= 0 && (theirs[first] as number) > (ours[first] as number);
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => [key, ...textsOf(part)]);
}
