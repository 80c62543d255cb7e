import type { AnyOp } from '../src/core/ops/define-op.js';

export function renderAttributes(ops: readonly AnyOp[]): string;
