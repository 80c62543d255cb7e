import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { conformanceRest, coverage, exemption, type RunColumn } from '../../.dev/reports/coverage.js';
import { EXEMPT, UNCOUNTED_ONNX } from '../../.dev/reports/coverage-exempt.js';
import { OPS } from '../../src/core/ops/index.js';

describe('the coverage matrix', () => {
  const rows = coverage();

  it.each<RunColumn>(['reference', 'tfjs', 'export'])('%s: every op has it or a reason, none both', (column) => {
    const wrong = rows.filter(({ op, runs }) => runs[column] === (exemption(column, op) !== undefined));
    expect(wrong.map(({ op }) => op)).toEqual([]);
  });

  it('every op is made by a reader, or has a reason', () => {
    const unread = rows.filter(({ readers }) => !Object.values(readers).includes(true)).map(({ op }) => op);
    expect(unread.filter((op) => exemption('importers', op) === undefined)).toEqual([]);
  });

  it('names every backend node test of ONNX that does not agree, with the reason', () => {
    const conformance = readFileSync('reports/conformance.md', 'utf8');
    const [, total, agreeing] = /Of (\d+): (\d+) agree, 0 disagree/.exec(conformance) ?? [];
    const lines = conformanceRest(conformance);
    const named = lines.slice(2).flatMap((line) => [...line.matchAll(/`(test_\w+)`/g)].map(([, name]) => name));
    expect(named).toHaveLength(Number(total) - Number(agreeing));
    for (const line of lines.slice(4)) expect(line).toMatch(/^\| [^|]+\w \| [^|]+\w.* \| `test_/);
    expect(readFileSync('reports/coverage.md', 'utf8')).toContain(lines.join('\n'));
  });

  it('names every op of ONNX that is not counted, with the reason', () => {
    const folder = 'src/core/importers/onnx/ops';
    const sources = readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, 'utf8'));
    const entry = /^ {2}(\w+): (?:(?:uncounted|optimizer)\(|\{.*\blower: (?:det|nonMaxSuppression|labelEncoder) \})/gm;
    const made = sources.flatMap((text) => [...text.matchAll(entry)].map(([, op]) => op as string));
    const named = Object.keys(UNCOUNTED_ONNX).flatMap((ops) => ops.split(' '));
    expect(named.toSorted()).toEqual(made.toSorted());
    // Whoever makes such an op, and is not looked for above.
    const places = sources.join('').match(/call\.opaque\(/g) ?? [];
    expect(places).toHaveLength(5);
  });

  it('exempts ops that there are, once each', () => {
    for (const reasons of Object.values(EXEMPT)) {
      const ops = Object.keys(reasons).flatMap((list) => list.split(' '));
      expect(ops.filter((op) => !OPS.has(op))).toEqual([]);
      expect(new Set(ops).size).toBe(ops.length);
    }
  });
});
