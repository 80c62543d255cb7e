import { OPS } from '../ops/index.js';
import { elementwise } from './elementwise.js';
import { indexing } from './indexing.js';
import { movement } from './movement.js';
import { reduction } from './reduction.js';
import type { Kernel } from './tensor.js';

const KERNELS: Readonly<Record<string, Kernel>> = { ...elementwise, ...movement, ...reduction, ...indexing };

/** How the values of an op that moves, picks, reduces or maps elements are computed; undefined for all others. */
export function kernelOf(op: string): Kernel | undefined {
  if (Object.hasOwn(KERNELS, op)) return KERNELS[op];
  return OPS.get(op)?.evaluate === undefined ? undefined : KERNELS.evaluated;
}
