import type { Options } from 'yargs';
import type { Precision } from '../../core/analysis/latency/index.js';
import type { Arguments } from '../define-command.js';

/** 16-bit types run at one rate on every device that has units for both. */
const PRECISIONS: Readonly<Record<string, Precision>> = {
  fp32: 'float32',
  fp16: 'float16',
  bf16: 'float16',
  amp: 'amp',
};

/** Of commands that estimate for a device. */
export const PRECISION_OPTION = {
  dtype: {
    choices: Object.keys(PRECISIONS),
    default: 'fp32',
    describe: "Element types at run time: amp is torch's autocast, bf16 is taken to run at fp16's rate",
    requiresArg: true,
  },
} as const satisfies Record<string, Options>;

export function precisionOption(args: Arguments): Precision | undefined {
  return PRECISIONS[String(args['dtype'])];
}

/** How `--dtype` writes each. */
export const DTYPE_OF_PRECISION: Readonly<Record<Precision, string>> = { float32: 'fp32', float16: 'fp16', amp: 'amp' };
