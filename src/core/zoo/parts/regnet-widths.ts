import { roundChannels, roundHalfEven } from './layers.js';

/** The numbers that a RegNet is drawn from (arXiv 2003.13678, section 3.3), bottleneck ratio 1. */
export interface RegNetSettings {
  readonly depth: number;
  readonly initial: number;
  readonly slope: number;
  readonly multiplier: number;
  readonly groupWidth: number;
  /** Widths to a multiple of the group width: never below 90 % (torchvision), or the nearest (timm). */
  readonly rounding: 'near' | 'nearest';
}

export interface RegNetStage {
  readonly width: number;
  readonly depth: number;
  readonly groups: number;
}

/** Widths grow linearly with depth, are rounded to powers of the multiplier and then to multiples of 8. */
export function stagesOf({ depth, initial, slope, multiplier, groupWidth, rounding }: RegNetSettings): RegNetStage[] {
  const stages: { width: number; depth: number }[] = [];
  const base = Math.log(multiplier);
  let [power, width] = [Number.NaN, 0];
  for (let i = 0; i < depth; i++) {
    const own = roundHalfEven(Math.log((initial + slope * i) / initial) / base);
    if (own !== power) width = roundHalfEven((initial * multiplier ** own) / 8) * 8;
    power = own;
    const last = stages[stages.length - 1];
    if (last?.width === width) last.depth++;
    else stages.push({ width, depth: 1 });
  }
  return stages.map(({ width, depth }) => {
    const group = Math.min(groupWidth, width);
    const fitted = rounding === 'near' ? roundChannels(width, group) : roundHalfEven(width / group) * group;
    return { width: fitted, depth, groups: fitted / group };
  });
}
