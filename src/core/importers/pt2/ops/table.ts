import type { Lowering } from '../lower/node-context.js';
import { ACTIVATIONS } from './activations.js';
import { ATTENTION } from './attention.js';
import { CASTS, DROPOUT, PRIMITIVES } from './casts.js';
import { CONVOLUTION } from './convolution.js';
import { CREATION } from './creation.js';
import { ELEMENTWISE } from './elementwise.js';
import { FOURIER } from './fourier.js';
import { INDEXING } from './indexing.js';
import { LINEAR_ALGEBRA } from './linear-algebra.js';
import { LOSSES } from './losses.js';
import { MOVEMENT } from './movement.js';
import { NORMALIZATION } from './normalization.js';
import { ORDER_STATISTICS } from './order-statistics.js';
import { POOLING } from './pooling.js';
import { PRODUCTS, TRANSFORMERS } from './products.js';
import { QUANTIZATION } from './quantization.js';
import { RECURRENT } from './recurrent.js';
import { REDUCTIONS } from './reductions.js';
import { RESIZE } from './resize.js';
import { TORCHVISION } from './torchvision.js';
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
    FOURIER,
    INDEXING,
    LINEAR_ALGEBRA,
    LOSSES,
    MOVEMENT,
    NORMALIZATION,
    ORDER_STATISTICS,
    POOLING,
    PRODUCTS,
    RECURRENT,
    REDUCTIONS,
    RESIZE,
    VIEWS,
  ].flatMap((family) => Object.entries(family)),
);

/** Other names of the same operators. */
const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    arccos: 'acos',
    arccosh: 'acosh',
    arcsin: 'asin',
    arcsinh: 'asinh',
    arctan: 'atan',
    arctanh: 'atanh',
    argwhere: 'nonzero',
    conj: 'resolve_conj',
    _conj: 'resolve_conj',
    linalg_matmul: 'matmul',
    i0: 'special_i0',
    special_digamma: 'digamma',
    special_erf: 'erf',
    special_erfc: 'erfc',
    special_erfinv: 'erfinv',
    special_exp2: 'exp2',
    special_expit: 'sigmoid',
    special_expm1: 'expm1',
    special_gammaln: 'lgamma',
    special_log1p: 'log1p',
    special_logit: 'logit',
    special_logsumexp: 'logsumexp',
    special_psi: 'digamma',
    special_round: 'round',
    special_sinc: 'sinc',
    special_xlogy: 'xlogy',
    tril_indices: 'triangle_indices',
    triu_indices: 'triangle_indices',
  }),
);

const QUANTIZED: ReadonlyMap<string, Lowering> = new Map(Object.entries(QUANTIZATION));

const VISION: ReadonlyMap<string, Lowering> = new Map(Object.entries(TORCHVISION));

const EXPERTS: ReadonlyMap<string, Lowering> = new Map(Object.entries(TRANSFORMERS));

const PRIMS: ReadonlyMap<string, Lowering> = new Map(Object.entries(PRIMITIVES));

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
  if (namespace === 'torchvision') return VISION.get(name);
  if (namespace === 'transformers') return EXPERTS.get(name);
  if (namespace === 'quantized_decomposed') return QUANTIZED.get(name);
  if (namespace === 'prims') return PRIMS.get(name);
  if (namespace !== 'aten') return undefined;
  const plain = ATEN.has(name) ? name : name.replace(/_copy$/, '');
  return ATEN.get(ALIASES.get(plain) ?? plain);
}

/** Checks and hints to the compiler: they compute nothing. */
const IGNORED =
  /^(_assert_|_functional_assert|sym_constrain_range|_functional_sym_constrain_range|_check|_print$|_linalg_check_errors$)/;

export function isIgnored({ namespace, name }: Operator): boolean {
  return (namespace === 'aten' || namespace === 'profiler') && (IGNORED.test(name) || namespace === 'profiler');
}
