import { expect, it } from 'vitest';
import type { GateOutcome, GateVerdict } from '../../../../src/core/compare/gate.js';
import { gateHeadline } from '../../../../src/core/report/gate/describe.js';

const outcome = (verdict: GateOutcome['verdict'], ...verdicts: GateVerdict[]): GateOutcome => ({
  verdict,
  against: 'a baseline',
  rows: verdicts.map((own) => ({ model: 'net', metric: 'params', expected: 1, actual: 1, verdict: own })),
});

it.each([
  [outcome('fail', 'fail', 'pass', 'warn'), 'failed: 1 of 3 figures'],
  [outcome('fail', 'fail'), 'failed: 1 of 1 figure'],
  [outcome('inconclusive', 'inconclusive', 'pass'), 'inconclusive: 1 of 2 figures'],
  [outcome('pass', 'warn', 'pass'), 'passed with warnings: 1 of 2 figures'],
  [outcome('pass', 'pass', 'improved'), 'passed: 2 figures'],
])('a check is told in a few words', (one, text) => {
  expect(gateHeadline(one)).toBe(text);
});
