import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import type { AnalysisResult } from '../../../src/core/analysis/result.js';
import { joinSavedFiles, REPORT_SCHEMA, toDocument } from '../../../src/core/report/document.js';
import { explanationOf } from '../../../src/core/report/explanations.js';
import { renderReport } from '../../../src/core/report/index.js';
import { schemas } from '../../../src/core/schemas/index.js';
import { fullReport, sampleReport } from './sample-report.js';

const about = { title: 'joined', command: 'archmeter report' };

it('writes JSON that its schema accepts, with everything a report can hold', async () => {
  const { report } = await schemas();
  const validate = new Ajv({ strict: false }).compile(report as object);
  const written = JSON.parse(String(await renderReport('json', fullReport())));
  validate(written);
  expect(validate.errors).toBeNull();
  expect(validate({ ...written, analyses: [{}] })).toBe(false);
});

it('joins analyses, measurements and reports in the order given', () => {
  const { analyses, measurements } = sampleReport();
  const files = [analyses[1], measurements[0], toDocument(fullReport())].map((value, i) => ({
    name: `${i}.json`,
    text: JSON.stringify(value),
  }));
  const joined = joinSavedFiles(files, about);
  expect(joined.analyses.map(({ model }) => model.name)).toEqual([
    'Dense k=32',
    'OSA 5x128',
    'Dense k=32',
    'Bottleneck 256/64',
  ]);
  expect(joined.measurements).toHaveLength(2);
  expect(joined.sweeps).toHaveLength(2);
  expect(joined.title).toBe('joined');
});

it('keeps the heading of a single report, and names a few of many models', async () => {
  const one = { name: 'a.json', text: String(await renderReport('json', sampleReport())) };
  const untitled = { title: '', command: 'x' };
  expect(joinSavedFiles([one], untitled).title).toBe(sampleReport().title);
  const analyses = Array.from({ length: 9 }, (_, i) => {
    const [analysis] = sampleReport().analyses as [AnalysisResult];
    return { name: `${i}.json`, text: JSON.stringify({ ...analysis, model: { ...analysis.model, name: `m${i}` } }) };
  });
  expect(joinSavedFiles(analyses, untitled).title).toBe('m0 · m1 · m2 · m3 and 5 more');
});

it('reads its own JSON back unchanged', () => {
  const document = toDocument(fullReport());
  const joined = joinSavedFiles([{ name: 'a.json', text: JSON.stringify(document) }], {
    title: document.title,
    command: document.command,
  });
  expect(JSON.stringify(toDocument({ ...joined, createdAt: document.createdAt }))).toHaveLength(
    JSON.stringify(document).length,
  );
});

it.each([
  ['{', 'x.json: not valid JSON. Give a JSON file that archmeter wrote with --report, --json or --save-measurement.'],
  [
    '[]',
    "x.json: not a result of archmeter: it has no 'schema'. This version reads archmeter/analysis@1, archmeter/measurement@1 and archmeter/report@1.",
  ],
  [
    'null',
    "x.json: not a result of archmeter: it has no 'schema'. This version reads archmeter/analysis@1, archmeter/measurement@1 and archmeter/report@1.",
  ],
  [
    '{"schema":"archmeter/report@9"}',
    "x.json: unknown schema 'archmeter/report@9'. This version reads archmeter/analysis@1, archmeter/measurement@1 and archmeter/report@1.",
  ],
])('refuses %s by name', (text, message) => {
  expect(() => joinSavedFiles([{ name: 'x.json', text }], about)).toThrow(message);
});

it('keeps the formulas of every layer, each text once', () => {
  const { explanations = [], analyses } = toDocument(sampleReport());
  expect(explanations).toHaveLength(3);
  const [osa] = explanations as [NonNullable<(typeof explanations)[0]>];
  const layers = analyses[0]?.layers ?? [];
  const index = layers.findIndex(({ name }) => name === 'osa.layers.0.conv');
  const found = explanationOf(osa, index, layers[index] as (typeof layers)[0]);
  expect(found.map(({ figure }) => figure)).toEqual(expect.arrayContaining(['params', 'madds', 'memoryAccessCost']));
  expect(found.find(({ figure }) => figure === 'madds')?.value).toBe(256 * 128 * 9 * 56 * 56);
  expect(new Set(osa.strings).size).toBe(osa.strings.length);
});

it('leaves out formulas of a graph that is not the one analysed', () => {
  const { graphs = [], ...rest } = sampleReport();
  const other = graphs.map((graph) => ({ ...graph, nodes: graph.nodes.slice(1) }));
  expect(toDocument({ ...rest, graphs: other }).explanations).toBeUndefined();
});

it('carries its schema', () => {
  expect(toDocument(sampleReport()).schema).toBe(REPORT_SCHEMA);
});
