import type { GateOutcome, GateRow } from '../../../../src/core/compare/gate.js';

const row = (more: Partial<GateRow>): GateRow => ({
  model: 'models/net.yaml',
  metric: 'params',
  expected: 1000,
  actual: 1000,
  verdict: 'pass',
  ...more,
});

/** One row of every verdict and kind. */
export const ROWS: readonly GateRow[] = [
  row({}),
  row({
    metric: 'madds',
    actual: 1500,
    verdict: 'fail',
    detail: 'beyond its tolerance of 10',
    layers: [{ name: 'stage1.conv', delta: 500, line: 7 }],
    location: { file: 'models/net.yaml', line: 7 },
    accept: 'archmeter accept models/net.yaml madds --reason "…"',
  }),
  row({
    metric: 'memoryAccessCostRatio',
    expected: 1.1,
    actual: 1.2,
    verdict: 'warn',
    layers: [{ name: 'wide', delta: 300, metric: 'memoryAccessCost' }],
    location: { file: 'models/net.yaml' },
  }),
  row({ metric: 'flops', expected: null, actual: 2e6, detail: 'within its budget' }),
  row({ metric: 'activations', actual: 900, verdict: 'improved' }),
  row({ metric: 'readBytes', actual: 1100, verdict: 'accepted', detail: 'wider head (until 2027-01-01)' }),
  row({ metric: 'measuredLatencyMs', expected: 10, actual: 10.1, verdict: 'inconclusive', detail: '+0 % to +2 %' }),
  row({
    metric: 'measuredEnergyJoules',
    expected: null,
    actual: null,
    verdict: 'not-comparable',
    detail: 'energy is unavailable: no meter',
  }),
  row({
    metric: 'finding:wide-concat',
    expected: null,
    actual: null,
    verdict: 'fail',
    detail: 'Many inputs',
    advice: 'Concatenate once. See stage1.',
  }),
  row({ model: 'ratios', metric: 'ratio:coldStart', expected: null, actual: 3.2, verdict: 'fail', detail: 'above 3' }),
];

export const OUTCOME: GateOutcome = {
  verdict: 'fail',
  rows: ROWS,
  against: 'archmeter.baseline.json',
  accept: 'archmeter baseline update models/net.yaml --reason "…"',
  notes: ["'models/net.yaml' was 'models/old.yaml' there"],
};

const HOSTILE = '<script>&"\'|`*_[x](y)@team ::error::%0A\u0000\ud800\r\n]]>-->\u202e';

/** Names and reasons as an attacker would write them. */
export const HOSTILE_OUTCOME: GateOutcome = {
  verdict: 'fail',
  against: HOSTILE,
  accept: HOSTILE,
  notes: [HOSTILE],
  rows: [
    row({
      model: HOSTILE,
      metric: `finding:${HOSTILE}`,
      expected: null,
      actual: null,
      verdict: 'fail',
      detail: HOSTILE,
      advice: HOSTILE,
      layers: [{ name: HOSTILE, delta: 1 }],
      location: { file: `dir with spaces/${HOSTILE}`, line: 3 },
      accept: HOSTILE,
    }),
  ],
};
