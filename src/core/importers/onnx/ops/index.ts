import { ATTENTION } from './attention.js';
import { CONVOLUTION } from './convolution.js';
import type { OnnxOp, OnnxOps } from './define-onnx-op.js';
import { ELEMENTWISE } from './elementwise.js';
import { GENERATE } from './generate.js';
import { IMAGE } from './image.js';
import { INDEXING } from './indexing.js';
import { MATRIX } from './matrix.js';
import { MICROSOFT_ATTENTION } from './microsoft-attention.js';
import { MICROSOFT_FUSED, RUNTIME_NORMS } from './microsoft-fused.js';
import { MICROSOFT_NCHWC } from './microsoft-nchwc.js';
import { MICROSOFT_QUANTIZED } from './microsoft-quantized.js';
import { MOVEMENT } from './movement.js';
import { NORMALIZATION } from './normalization.js';
import { POOLING } from './pooling.js';
import { QUANTIZATION } from './quantization.js';
import { CLASSICAL, OPTIMIZERS, RARE } from './rare.js';
import { RECURRENT } from './recurrent.js';
import { REDUCTION } from './reduction.js';
import { SEQUENCE } from './sequence.js';
import { SIGNAL } from './signal.js';
import { STATE_SPACE } from './state-space.js';

const DEFAULT: OnnxOps = {
  ...ATTENTION,
  ...CONVOLUTION,
  ...ELEMENTWISE,
  ...GENERATE,
  ...IMAGE,
  ...INDEXING,
  ...MATRIX,
  ...MOVEMENT,
  ...NORMALIZATION,
  ...POOLING,
  ...QUANTIZATION,
  ...RARE,
  ...RECURRENT,
  ...REDUCTION,
  ...RUNTIME_NORMS,
  ...SEQUENCE,
  ...SIGNAL,
  ...STATE_SPACE,
};

/** Ops by domain. onnxruntime repeats ops of the default domain in its own (Pad, Trilu, Unique …). */
const DOMAINS: Readonly<Record<string, OnnxOps>> = {
  '': DEFAULT,
  'ai.onnx.ml': CLASSICAL,
  'ai.onnx.preview.training': OPTIMIZERS,
  'com.microsoft': { ...DEFAULT, ...MICROSOFT_FUSED, ...MICROSOFT_ATTENTION, ...MICROSOFT_QUANTIZED },
  'com.microsoft.nchwc': MICROSOFT_NCHWC,
  'com.ms.internal.nhwc': { ...MICROSOFT_FUSED, ...MICROSOFT_QUANTIZED },
};

/** How an op of a domain becomes layers; undefined where archmeter does not know it. */
export function opOfOnnx(domain: string, type: string): OnnxOp | undefined {
  const ops = DOMAINS[domain];
  return ops !== undefined && Object.hasOwn(ops, type) ? ops[type] : undefined;
}
