import type { WorkLimit } from '../../shared/work-limit.js';
import type { ShapePolicy } from '../shape-policy.js';
import type { SymbolTable } from '../symbols.js';
import type { Emitter } from './emitter.js';
import type { Scope } from './scope.js';

/** What lowering needs besides the graph. */
export interface Lowerer {
  readonly emitter: Emitter;
  readonly symbols: SymbolTable;
  readonly policy: ShapePolicy;
  readonly limit: WorkLimit;
  /** Lowers a graph inside another, which higher-order operators hold. */
  readonly lowerGraph: (scope: Scope, lowerer: Lowerer) => void;
}
