import { DEVICES } from '../analysis/devices/index.js';
import { estimateLatency } from '../analysis/latency/index.js';
import { factsOf } from '../zoo/facts/accuracy.js';
import { buildModel, findModel } from '../zoo/index.js';
import type { HeldClaim } from './define-paper.js';

/** Images at once, where a claim is tried: enough to fill a GPU. */
const CLAIM_BATCH = 256;
/** Rates nearer to each other than this are too close to tell. */
const CLOSE = 0.05;

export interface SpeedClaim {
  readonly claim: string;
  readonly where: string;
  readonly faster: string;
  readonly slower: string;
  /** Models that stand for them in the table of measurements, and why. */
  readonly kin?: Readonly<Record<string, string>>;
  readonly kinIs?: string;
  readonly resolution?: number;
}

/** On which GPUs the estimate agrees, and what timm's RTX 4090 table says of the same networks or their nearest kin. */
export async function speedClaim({
  claim,
  where,
  faster,
  slower,
  kin = {},
  kinIs,
  resolution,
}: SpeedClaim): Promise<HeldClaim> {
  const shape = resolution === undefined ? {} : { resolution };
  const [fast, slow] = [await buildModel(faster, shape), await buildModel(slower, shape)];
  const holds: string[] = [];
  const fails: string[] = [];
  for (const device of DEVICES.filter(({ kind }) => kind === 'gpu')) {
    const time = (graph: typeof fast) => estimateLatency(graph, { device, batch: CLAIM_BATCH }).latencyMs;
    (time(fast) < time(slow) ? holds : fails).push(device.name);
  }
  const names = [kin[faster] ?? faster, kin[slower] ?? slower] as const;
  const entries = await Promise.all(names.map((name) => findModel(name)));
  const rates = entries.map((entry) => (entry === undefined ? undefined : factsOf(entry).measuredImagesPerSecond));
  const [a, b] = rates;
  if (a === undefined || b === undefined) return { claim, where, holds, fails, measured: [] };
  const verdict = Math.abs(a / b - 1) < CLOSE ? 'too close to tell' : a > b ? 'confirms it' : 'refutes it';
  const shown = names.map((name, i) => {
    const remark = name === [faster, slower][i] ? '' : ` (${kinIs})`;
    return `${name}${remark} ${Math.round(rates[i] as number)} images/s`;
  });
  return { claim, where, holds, fails, measured: [`timm, RTX 4090: ${shown.join(', ')}: ${verdict}.`] };
}
