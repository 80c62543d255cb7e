import type { ArmMeasurement, Measurement } from '../measurement.js';
import { MATCHED_BLOCKS } from '../zoo/matched-blocks.js';

/** A group of blocks on a device. */
export interface CommunityRow {
  readonly group: string;
  readonly device: string;
  readonly runtime: string;
  readonly batch: number;
  readonly date: string;
  /** Fastest first: time over that of the fastest. */
  readonly blocks: readonly { readonly name: string; readonly latencyMs: number; readonly ratio: number }[];
  /** Blocks that stand nearer than this are not told apart. */
  readonly floor: number;
}

/** Which device prefers which block: a row a group and device, of measurements without `communityProblems`. */
export function communityRows(measurements: readonly Measurement[]): CommunityRow[] {
  const latency = ({ device, wall }: ArmMeasurement) => (device ?? wall)?.hot.medianMs;
  return MATCHED_BLOCKS.flatMap(({ id, title, arms: members }) =>
    measurements.flatMap(({ arms, device, runtime, startedAt, control }): CommunityRow[] => {
      const timed = arms.flatMap((arm) => {
        const latencyMs =
          arm.status === 'ok' && members.some(({ name }) => name === arm.name) ? latency(arm) : undefined;
        return latencyMs === undefined ? [] : [{ name: arm.name, latencyMs }];
      });
      const fastest = Math.min(...timed.map(({ latencyMs }) => latencyMs));
      if (timed.length < 2) return [];
      const blocks = timed
        .map((block) => ({ ...block, ratio: block.latencyMs / fastest }))
        .sort((a, b) => a.ratio - b.ratio);
      const batch = arms[0]?.batch ?? 1;
      return [
        {
          group: `${id}: ${title}`,
          device: device.name,
          runtime: runtime.name,
          batch,
          date: startedAt.slice(0, 10),
          blocks,
          floor: control?.floor ?? 1,
        },
      ];
    }),
  );
}
