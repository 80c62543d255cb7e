import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import type { GateOutcome, GateRow } from '../../../../src/core/compare/gate.js';
import { ArchmeterError } from '../../../../src/core/errors.js';
import {
  annotationOfError,
  annotations,
  COMMENT_MARKER,
  comment,
  gateJson,
  junit,
  sarif,
} from '../../../../src/core/report/gate/index.js';
import { gateSchema } from '../../../../src/core/schemas/gate.schema.js';
import { expectGolden } from '../../../golden.js';
import { HOSTILE_OUTCOME, OUTCOME, ROWS } from './outcome.js';
import { junitProblems, sarifProblems } from './published-schemas.js';

const golden = (text: string, name: string) => expectGolden(text, new URL(`golden/${name}`, import.meta.url));
const EMPTY: GateOutcome = { verdict: 'pass', rows: [], against: 'budgets' };

describe('junit', () => {
  it('is as it was', () => golden(junit(OUTCOME), 'junit.xml'));

  it.each([
    ['every verdict', OUTCOME],
    ['no rows', EMPTY],
    ['hostile names', HOSTILE_OUTCOME],
  ])("satisfies Jenkins' schema with %s", async (_, outcome) => {
    expect(await junitProblems(junit(outcome))).toEqual([]);
  });

  it('would not satisfy it with an attribute too many', async () => {
    expect(await junitProblems(junit(OUTCOME).replace('<testcase ', '<testcase file="x" '))).toHaveLength(1);
  });

  it('counts what it holds', () => {
    const text = junit(OUTCOME);
    const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
    expect(count(/<testcase /g)).toBe(ROWS.length);
    expect(text).toContain(`tests="${ROWS.length}" failures="${count(/<failure /g)}"`);
    expect(count(/<failure /g)).toBe(3);
    expect(count(/<skipped>/g)).toBe(3);
  });
});

describe('sarif', () => {
  it('is as it was', () => golden(sarif(OUTCOME), 'archmeter.sarif'));

  it.each([
    ['every verdict', OUTCOME],
    ['no rows', EMPTY],
    ['hostile names', HOSTILE_OUTCOME],
  ])('satisfies the published schema with %s', (_, outcome) => {
    expect(sarifProblems(sarif(outcome))).toEqual([]);
  });

  it('would not satisfy it with a wrong level', () => {
    expect(sarifProblems(sarif(OUTCOME).replace('"level": "error"', '"level": "fatal"'))).not.toEqual([]);
  });

  it('points at the line of the file, and each result at its rule', () => {
    const [run] = JSON.parse(sarif(OUTCOME)).runs;
    for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
    const madds = run.results.find(({ ruleId }: { ruleId: string }) => ruleId === 'madds');
    expect(madds.locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'models/net.yaml', uriBaseId: '%SRCROOT%' },
      region: { startLine: 7 },
    });
  });
});

describe('annotations', () => {
  it('are as they were', () => golden(annotations(OUTCOME), 'annotations.txt'));

  it('are at most ten, the worst first', () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({
      model: `m${i}`,
      metric: 'params' as const,
      expected: 100,
      actual: 101 + i,
      verdict: i === 3 ? ('warn' as const) : ('fail' as const),
    }));
    const lines = annotations({ ...OUTCOME, rows })
      .trim()
      .split('\n');
    expect(lines).toHaveLength(10);
    expect(lines[0]).toContain('title=m29%3A Params');
    expect(lines.some((line) => line.startsWith('::warning'))).toBe(false);
  });

  it('stay one line each, whatever names hold', () => {
    const text = annotations(HOSTILE_OUTCOME);
    expect(text.match(/\n/g)).toHaveLength(1);
    expect(text).toMatch(/^::error file=[^,:]*,line=3,title=[^,:]*::/);
  });

  it('tell of an error at its place', () => {
    const error = new ArchmeterError('no layers', 'Add some.', { file: 'a,b.yaml', line: 2 });
    expect(annotationOfError(error)).toBe(
      '::error file=a%2Cb.yaml,line=2,title=archmeter::a,b.yaml:2: no layers. Add some.\n',
    );
  });
});

describe('comment', () => {
  it('is as it was', () => golden(comment(OUTCOME), 'comment.md'));

  it('begins with the line by which it is found again', () => {
    expect(comment(OUTCOME).split('\n')[0]).toBe(COMMENT_MARKER);
  });

  it('makes nothing of hostile names: no markup, mention, link, or way out of a table or fence', () => {
    const text = comment(HOSTILE_OUTCOME);
    const outside = text.replace(/^(`{3,})sh\n[\s\S]*?\n\1$/m, '');
    expect(outside).not.toContain('<script');
    expect(outside).not.toContain('@team');
    expect(outside).not.toContain('[x](y)');
    for (const line of outside.split('\n').filter((line) => line.startsWith('| 🔴'))) {
      expect(line.match(/\|/g)).toHaveLength(8);
    }
  });

  it.each([
    ['300 models, each with a regression', 300, 0, 1, ''],
    ['300 models as they were', 0, 300, 4, ''],
    ['300 of each', 300, 300, 4, ''],
    ['names of many bytes', 300, 300, 2, '\u{1f600}'.repeat(100)],
    ['names as long as may be', 9, 9, 1, 'x'.repeat(70_000)],
  ])('stays below what GitHub takes, whole in itself, with %s', (_, worse, same, metrics, suffix) => {
    const rows = (count: number, row: GateRow) =>
      Array.from({ length: count }, (_, i) =>
        Array.from({ length: metrics }, () => ({ ...row, model: `models/${row.verdict}-${i}${suffix}.yaml` })),
      ).flat();
    const [pass, fail] = ROWS as [GateRow, GateRow];
    const text = comment({ ...OUTCOME, rows: [...rows(worse, fail), ...rows(same, pass)] });
    expect(Buffer.byteLength(text)).toBeLessThan(64_000);
    expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
    expect(text).toMatch(/\nAgainst <code>archmeter\.baseline\.json<\/code>.*\n$/);
    expect(text).toContain(worse > 0 ? `${worse * metrics} regressions` : 'No figure changed.');
    const shown = text.match(/^\| 🔴/gm)?.length ?? 0;
    if (shown < worse * metrics)
      expect(text).toContain(`… and ${worse * metrics - shown} more: the whole result is in`);
    if (same > 0) expect(text).toContain(`${same * metrics} unchanged or within tolerance`);
  });

  it('says that nothing changed', () => {
    expect(comment({ ...OUTCOME, verdict: 'pass', rows: [ROWS[0] as (typeof ROWS)[number]] })).toContain(
      '\nNo figure changed.\n',
    );
  });
});

describe('gateJson', () => {
  it.each([
    ['every verdict', OUTCOME],
    ['no rows', EMPTY],
    ['hostile names', HOSTILE_OUTCOME],
  ])('satisfies its published schema with %s', (_, outcome) => {
    const validate = new Ajv({ strict: false }).compile(gateSchema);
    expect(validate(JSON.parse(gateJson(outcome))), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...JSON.parse(gateJson(outcome)), verdict: 'maybe' })).toBe(false);
  });

  it('holds the outcome', () => {
    const { schema, rows, verdict } = JSON.parse(gateJson(OUTCOME));
    expect({ schema, verdict }).toEqual({ schema: 'archmeter/gate@1', verdict: 'fail' });
    expect(rows).toEqual(ROWS);
  });
});
