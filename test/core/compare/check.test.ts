import { describe, expect, it } from 'vitest';
import { type BaselineModel, baselineModel } from '../../../src/core/compare/baseline.js';
import { checkModel, refuseUnsupported, shellQuoted, staleModels } from '../../../src/core/compare/check.js';
import { outcomeOf } from '../../../src/core/compare/gate.js';
import type { GateConfig, MetricRule } from '../../../src/core/compare/gate-config.js';
import { net } from './gate-models.js';

const OPTIONS = { today: '2026-11-24' };
const before = baselineModel((await net()).result);
const wide = await net({ width: 16 });
// 3·3·3·4 + 3·3·4·w + 10·w + 10
const PARAMS = { before: 108 + 288 + 90, after: 108 + 576 + 170 };

const config = (params: MetricRule): GateConfig => ({ models: ['net'], metrics: { params } });
const row = (rule: MetricRule, baseline: BaselineModel | undefined = before, model = wide, options = OPTIONS) =>
  checkModel(model, baseline, config(rule), options)[0];

describe('checkModel', () => {
  it('fails any worsening, with expected, actual, causes, place and the command to accept', () => {
    expect(row({})).toEqual({
      model: 'net',
      metric: 'params',
      expected: PARAMS.before,
      actual: PARAMS.after,
      verdict: 'fail',
      layers: [
        { name: 'wide', delta: 288, line: 7 },
        { name: 'head', delta: 80, line: 10 },
      ],
      location: { file: 'net.yaml', line: 7 },
      accept: 'archmeter accept net params --reason "…"',
    });
  });

  it('bears what lies within either tolerance', () => {
    const grown = PARAMS.after - PARAMS.before;
    expect(row({ relative: 0.5, absolute: grown - 1 })?.verdict).toBe('fail');
    expect(row({ relative: 1 })).toMatchObject({ verdict: 'pass', detail: 'within tolerance' });
    expect(row({ absolute: grown })?.verdict).toBe('pass');
    expect(row({ relative: 0.5, absolute: '1k' })?.verdict).toBe('pass');
    expect(row({ relative: 0.5 })?.detail).toBe('beyond its tolerance of 50 %');
    expect(row({ relative: 0.1, absolute: '0.01k' })?.detail).toBe('beyond its tolerance of 10 % and 0.01k');
    expect(row({})).not.toHaveProperty('detail');
  });

  it('follows the direction of a metric', async () => {
    const narrow = await net({ width: 4 });
    expect(row({}, before, narrow)?.verdict).toBe('improved');
    expect(row({ direction: 'higher' })?.verdict).toBe('improved');
    expect(row({ direction: 'higher' }, before, narrow)?.verdict).toBe('fail');
    expect(row({ direction: 'either' }, before, narrow)?.verdict).toBe('fail');
    const intensity = { models: ['net'], metrics: { arithmeticIntensity: {} } };
    const [judged] = checkModel(narrow, before, intensity, OPTIONS);
    expect(judged).toMatchObject({ metric: 'arithmeticIntensity', verdict: 'fail' });
  });

  it('holds budgets whatever the baseline says', () => {
    expect(row({ max: 500 })).toMatchObject({ verdict: 'fail', detail: 'above its budget of 500' });
    expect(row({ min: '1k' })).toMatchObject({ verdict: 'fail', detail: 'below its least of 1k' });
    expect(row({ max: 500 })).not.toHaveProperty('accept');
    expect(row({ max: 500, level: 'warn' })?.verdict).toBe('warn');
    expect(checkModel(wide, undefined, config({ max: '1k' }), OPTIONS)[0]).toMatchObject({
      verdict: 'pass',
      detail: 'within its budget',
    });
  });

  it('says what is alive at a higher peak, whatever computed it', () => {
    const [judged] = checkModel(wide, before, { models: ['net'], metrics: { peakActivationBytes: {} } }, OPTIONS);
    expect(judged?.detail).toMatch(/^at its peak, in wide, it holds wide \(16.4 kB\), act \(4.10 kB\)$/);
  });

  it('leaves out what is off', () => expect(row({ level: 'off', max: 1 })).toBeUndefined());

  it('refuses to compare what was set up otherwise, but takes the setup of a revision for a part of it', async () => {
    const large = await net({ side: 32 });
    const rules: GateConfig = { models: ['net'], metrics: { madds: {} } };
    expect(checkModel(large, before, rules, OPTIONS)[0]).toMatchObject({
      verdict: 'fail',
      detail: 'the baseline is for input 1x3x16x16; float32; eager; this is input 1x3x32x32; float32; eager',
      accept: 'archmeter baseline update net',
    });
    const [judged] = checkModel(large, before, rules, { ...OPTIONS, fromRevision: true });
    expect(judged?.layers?.[0]?.name).toBe('wide');
  });

  it('says so where the baseline lacks a figure', () => {
    const { params: _params, ...metrics } = before.metrics;
    expect(row({}, { ...before, metrics })).toMatchObject({
      verdict: 'fail',
      detail: 'the baseline has no figure for it',
    });
  });

  describe('with an acceptance', () => {
    const accepted = (value: number, until?: string): BaselineModel => ({
      ...before,
      accepted: { params: { value, reason: 'wider', ...(until ? { until } : {}) } },
    });

    it('accepts up to its value, until its day', () => {
      expect(row({}, accepted(PARAMS.after))).toMatchObject({ verdict: 'accepted', detail: 'wider' });
      expect(row({}, accepted(PARAMS.after, '2026-11-24'))).toMatchObject({
        verdict: 'accepted',
        detail: 'wider (until 2026-11-24)',
      });
      expect(row({}, accepted(PARAMS.after, '2026-11-23'))).toMatchObject({
        verdict: 'fail',
        detail: 'its acceptance (wider) ended on 2026-11-23',
      });
      expect(row({}, accepted(PARAMS.after - 1))).toMatchObject({
        verdict: 'fail',
        detail: `beyond what was accepted (${PARAMS.after - 1}: wider)`,
      });
    });
  });

  it('gates findings that the configuration names', () => {
    const found = (id: string) => ({
      id,
      rule: id.split(':')[0] as string,
      title: `About ${id}`,
      detail: 'Do otherwise.',
      layers: ['none', 'wide'],
    });
    const model = { ...wide, findings: ['wide-concat:stage1', 'slow-depthwise', 'other'].map(found) };
    const findings: GateConfig = {
      models: ['net'],
      metrics: {},
      findings: { 'wide-concat': 'warn', 'slow-depthwise': 'error' },
    };
    const judge = (baseline: BaselineModel) =>
      checkModel(model, baseline, findings, OPTIONS).map(({ metric, verdict }) => [metric, verdict]);
    expect(judge(before)).toEqual([
      ['finding:wide-concat:stage1', 'warn'],
      ['finding:slow-depthwise', 'fail'],
    ]);
    expect(judge({ ...before, findings: ['slow-depthwise'] })[1]).toEqual(['finding:slow-depthwise', 'pass']);
    expect(checkModel(model, before, findings, OPTIONS)[0]).toEqual({
      model: 'net',
      metric: 'finding:wide-concat:stage1',
      expected: null,
      actual: null,
      verdict: 'warn',
      detail: 'About wide-concat:stage1',
      advice: 'Do otherwise.',
      location: { file: 'net.yaml', line: 7 },
      accept: 'archmeter accept net finding:wide-concat:stage1 --reason "…"',
    });
    const excused = { ...before, accepted: { 'finding:slow-depthwise': { reason: 'needed' } } } as const;
    expect(judge(excused)[1]).toEqual(['finding:slow-depthwise', 'accepted']);
  });
});

describe('refuseUnsupported', () => {
  it('names models and ops', () => {
    const result = { ...wide.result, unsupportedOps: [{ type: 'Foo', count: 2, layers: ['a', 'b'], reason: null }] };
    expect(() => refuseUnsupported([wide, { ...wide, name: 'odd', result }])).toThrow(
      "net.yaml: totals would leave out ops that archmeter does not know: 'odd' holds Foo (2x). Take the model out of the configuration, or report the op.",
    );
    expect(() => refuseUnsupported([wide])).not.toThrow();
  });
});

describe('outcomeOf', () => {
  it('is the worst of its rows', () => {
    const rows = (...verdicts: Parameters<typeof outcomeOf>[0][number]['verdict'][]) =>
      verdicts.map((verdict) => ({ model: 'm', metric: 'params' as const, expected: null, actual: null, verdict }));
    expect(outcomeOf(rows('pass', 'warn', 'accepted', 'improved', 'not-comparable'))).toBe('pass');
    expect(outcomeOf(rows('pass', 'inconclusive'))).toBe('inconclusive');
    expect(outcomeOf(rows('inconclusive', 'fail'))).toBe('fail');
  });
});

describe('shellQuoted', () => {
  it.each([
    ['models/net.yaml', 'models/net.yaml'],
    ['two words', "'two words'"],
    ["it's", "'it'\\''s'"],
    ['$(rm -rf /)', "'$(rm -rf /)'"],
    ['-x', "'-x'"],
    ['', "''"],
  ])('%s', (word, quoted) => expect(shellQuoted(word)).toBe(quoted));
});

describe('staleModels', () => {
  it('are those without a model', () => {
    expect(staleModels({ a: 1, b: 1, constructor: 1 }, ['a'])).toEqual(['b', 'constructor']);
  });
});
