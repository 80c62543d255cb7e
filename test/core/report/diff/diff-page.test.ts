import { describe, expect, it } from 'vitest';
import type { AnalysisResult } from '../../../../src/core/analysis/result.js';
import { diffPair, gather } from '../../../../src/core/report/diff/align.js';
import { deltaOf, diffPage } from '../../../../src/core/report/diff/page.js';
import { bytesOf, STRIP, strips } from '../../../../src/core/report/diff/strips.js';
import { type NetOptions, net } from '../../compare/gate-models.js';
import { hostileReport } from '../sample-report.js';

const pairOf = async (before: NetOptions, after: NetOptions) =>
  diffPair((await net(before)).result, (await net(after)).result);
const extra = '  - { name: tail, op: conv, outChannels: 8, kernel: 1, bias: false }\n';

describe('aligned layers', () => {
  it('hold every layer of both once, each in its order', async () => {
    const [before, after] = [(await net({ extra })).result, (await net({ width: 16 })).result];
    const { layers } = diffPair(before, after);
    const names = (list: readonly ({ name: string } | undefined)[]) => list.flatMap((layer) => layer?.name ?? []);
    expect(names(layers.map((layer) => layer.before))).toEqual(names(before.layers));
    expect(names(layers.map((layer) => layer.after))).toEqual(names(after.layers));
    expect(layers.filter(({ status }) => status === 'removed').map((layer) => layer.before?.name)).toEqual(['tail']);
    expect(layers.find(({ after: layer }) => layer?.name === 'wide')?.status).toBe('changed');
  });

  it('are all the same where nothing differs, as one row', async () => {
    const { layers } = await pairOf({}, {});
    expect(new Set(layers.map(({ status }) => status))).toEqual(new Set(['same']));
    expect(gather(layers)).toHaveLength(1);
  });

  it('are gathered by their modules where they are many', () => {
    const figures = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    const layers = Array.from({ length: 40 }, (_, i) => ({
      status: 'added' as const,
      after: { name: `stages.${Math.floor(i / 20)}.blocks.${i % 20}.conv`, op: 'conv', output: '', figures },
    }));
    expect(gather(layers)).toHaveLength(40);
    expect(gather(layers, 10).map(({ name, layers: own }) => [name, own.length])).toEqual([
      ['stages.0.blocks', 20],
      ['stages.1.blocks', 20],
    ]);
  });

  it('add up to the change of the total', async () => {
    const { diff, layers } = await pairOf({}, { width: 16 });
    const total = diff.totals.find(({ metric }) => metric === 'params');
    const sum = gather(layers).reduce((all, row) => all + deltaOf(row, ['params']), 0);
    expect(sum).toBe((total?.after ?? 0) - (total?.before ?? 0));
  });
});

it('draws both models on one scale, by the bytes that their layers move', async () => {
  const pair = await pairOf({}, { width: 16 });
  const [before, after] = strips(pair, (status) => status);
  const right = (svg = '') =>
    Math.max(
      ...[...svg.matchAll(/x="([\d.]+)" y="0" width="([\d.]+)"/g)].map(([, x, width]) => Number(x) + Number(width)),
    );
  const [was, is] = (['before', 'after'] as const).map((side) =>
    pair.layers.reduce((sum, layer) => sum + bytesOf(layer[side]), 0),
  ) as [number, number];
  expect(right(after?.svg) / STRIP.width).toBeCloseTo(1, 2);
  expect(right(before?.svg) / right(after?.svg)).toBeCloseTo(was / is, 2);
  expect(after?.svg).toMatch(/fill="changed"><title>wide: changed, /);
  expect(before?.label).toMatch(/ moved$/);
});

it('writes a page that runs nothing and escapes every name', async () => {
  const [first, second] = hostileReport().analyses as [AnalysisResult, AnalysisResult];
  const text = await diffPage(first.model.name, '<b>', [diffPair(first, second)], 'body{}');
  expect(text).not.toContain('<img');
  expect(text).not.toContain('<svg onload');
  expect(text.match(/<script/g)).toHaveLength(2);
  const markup = text.replace(/<(script|style)\b[\s\S]*?<\/\1>/g, '').replace(/"[^"]*"/g, '""');
  expect(/<[^>]*\s(on\w+|style)=/.test(markup)).toBe(false);
});
