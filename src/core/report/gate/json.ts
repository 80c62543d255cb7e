import type { GateOutcome } from '../../compare/gate.js';
import { ARCHMETER_VERSION } from '../../version.js';

export const GATE_SCHEMA = 'archmeter/gate@1';

/** The outcome as JSON, for other programs. */
export function gateJson(outcome: GateOutcome): string {
  return `${JSON.stringify({ schema: GATE_SCHEMA, archmeter: ARCHMETER_VERSION, ...outcome }, null, 2)}\n`;
}
