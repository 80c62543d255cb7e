import { ACTIVATIONS } from './activations.js';
import { ATTENTION } from './attention.js';
import { CASTS, DROPOUT } from './casts.js';
import { CONVOLUTION } from './convolution.js';
import { CREATION } from './creation.js';
import { ELEMENTWISE } from './elementwise.js';
import { INDEXING } from './indexing.js';
import { MOVEMENT } from './movement.js';
import type { Lowering } from './node-context.js';
import { NORMALIZATION } from './normalization.js';
import { POOLING } from './pooling.js';
import { PRODUCTS } from './products.js';
import { QUANTIZATION } from './quantization.js';
import { RECURRENT } from './recurrent.js';
import { REDUCTIONS } from './reductions.js';
import { RESIZE } from './resize.js';
import { VIEWS } from './views.js';

const ATEN: ReadonlyMap<string, Lowering> = new Map(
  [
    ACTIVATIONS,
    ATTENTION,
    CASTS,
    CONVOLUTION,
    CREATION,
    DROPOUT,
    ELEMENTWISE,
    INDEXING,
    MOVEMENT,
    NORMALIZATION,
    POOLING,
    PRODUCTS,
    RECURRENT,
    REDUCTIONS,
    RESIZE,
    VIEWS,
  ].flatMap((family) => Object.entries(family)),
);

const QUANTIZED: ReadonlyMap<string, Lowering> = new Map(Object.entries(QUANTIZATION));

/** `aten.add_.Tensor`: namespace, operator, overload. */
export interface Operator {
  readonly namespace: string;
  readonly name: string;
  /** Whether it writes its result into its first argument (`relu_`). */
  readonly inPlace: boolean;
}

export function operatorOf(target: string): Operator {
  const [namespace = '', name = ''] = target.split('.');
  const inPlace = name.endsWith('_') && !name.endsWith('__');
  return { namespace, name: inPlace ? name.slice(0, -1) : name, inPlace };
}

/** The lowering of an operator; an in-place variant and a copying variant of a view (`view_copy`) are as the operator itself. */
export function loweringOf({ namespace, name }: Operator): Lowering | undefined {
  if (namespace === 'quantized_decomposed') return QUANTIZED.get(name);
  if (namespace !== 'aten') return undefined;
  return ATEN.get(name) ?? ATEN.get(name.replace(/_copy$/, ''));
}

/** Checks and hints to the compiler: they compute nothing. */
const IGNORED = /^(_assert_|_functional_assert|sym_constrain_range|_functional_sym_constrain_range|_check|_print$)/;

export function isIgnored({ namespace, name }: Operator): boolean {
  return (namespace === 'aten' || namespace === 'profiler') && (IGNORED.test(name) || namespace === 'profiler');
}
