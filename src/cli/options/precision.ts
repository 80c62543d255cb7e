import type { Options } from 'yargs';
import type { Precision } from '../../core/analysis/latency/index.js';
import type { Arguments } from '../define-command.js';

const PRECISIONS: Readonly<Record<string, Precision>> = {
  fp32: 'float32',
  fp16: 'float16',
  bf16: 'bfloat16',
  tf32: 'tf32',
  amp: 'amp',
  'amp-bf16': 'amp-bfloat16',
  fp8: 'float8',
  int8: 'int8',
};

/** Of commands that estimate for a device. */
export const PRECISION_OPTION = {
  dtype: {
    choices: Object.keys(PRECISIONS),
    default: 'fp32',
    describe:
      "Element types at run time: amp is torch's autocast; tf32, fp8 and int8 are those of products, which convert their operands",
    requiresArg: true,
  },
} as const satisfies Record<string, Options>;

export function precisionOption(args: Arguments): Precision | undefined {
  return PRECISIONS[String(args['dtype'])];
}

/** How `--dtype` writes each. */
export const DTYPE_OF_PRECISION = Object.fromEntries(
  Object.entries(PRECISIONS).map(([written, precision]) => [precision, written]),
) as Readonly<Record<Precision, string>>;
