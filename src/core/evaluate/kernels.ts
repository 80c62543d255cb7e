import { OPS } from '../ops/index.js';
import type { OpName } from '../ops/op-attributes.js';
import { elementwise, evaluated } from './elementwise.js';
import { indexing } from './indexing.js';
import { movement } from './movement.js';
import { reduction } from './reduction.js';
import type { Kernel, Kernels } from './tensor.js';

const KERNELS: Kernels = { ...elementwise, ...movement, ...reduction, ...indexing };

/** How the values of an op that moves, picks, reduces or maps elements are computed; undefined for all others. */
export function kernelOf(op: string): Kernel | undefined {
  const kernel = KERNELS[op as OpName] as Kernel | undefined;
  return kernel ?? (OPS.get(op)?.evaluate === undefined ? undefined : evaluated);
}
