import { describe, expect, it } from 'vitest';
import { CHARTS } from '../../../src/core/report/charts/index.js';
import { toDocument } from '../../../src/core/report/document.js';
import { renderReport } from '../../../src/core/report/index.js';
import { timeTable } from '../../../src/core/report/profile/table.js';
import { type ProfiledModel, profiledModels } from '../../../src/core/report/profile/view.js';
import { plainText, verdictOf } from '../../../src/core/report/verdict.js';
import { type ReportView, viewsOf } from '../../../src/core/report/view.js';
import { expectGolden } from '../../golden.js';
import { profiledReport } from './profiled-report.js';

const one = await profiledReport();
const two = await profiledReport(['h100', 'mi300x']);
const viewOf = (input: typeof one) => viewsOf(toDocument(input))[0] as ReportView;
const chart = (id: string) => CHARTS.find((candidate) => candidate.id === id) as (typeof CHARTS)[number];
const golden = (name: string) => new URL(`golden/profile-${name}.txt`, import.meta.url);

describe('the report of a profile', () => {
  it('says where an iteration goes before what the model holds', () => {
    expectGolden(`${verdictOf(viewOf(one)).sentences.map(plainText).join('\n')}\n`, golden('verdict'));
    expectGolden(`${verdictOf(viewOf(two)).sentences.map(plainText).join('\n')}\n`, golden('verdict-two'));
  });

  it('sums to the time of the trace: layers, other work and gaps', () => {
    const [profiled] = profiledModels(viewOf(one)) as [ProfiledModel];
    const { rows, others } = timeTable(profiled);
    const { times } = profiled;
    const layers = rows.reduce((sum, row) => sum + row.layers.latencyMs, 0);
    expect(layers).toBeCloseTo(times.layersMs, 9);
    const idle = others.find(({ name }) => name === 'idle gaps')?.latencyMs ?? 0;
    expect(layers + times.othersMs - times.overlapMs + idle).toBeCloseTo(times.time.medianMs, 6);
    const drawn = chart('iteration')
      .table(viewOf(one), null)
      .rows.filter(([row]) => row === 'device')
      .reduce((sum, [, , latencyMs]) => sum + Number(latencyMs), 0);
    expect(drawn).toBeCloseTo(times.time.medianMs, 6);
  });

  it('draws each row of the trace as a point of the roofline, a group with the work of all its layers', () => {
    const { rows } = chart('roofline').table(viewOf(one), null);
    expect(new Set(rows.map((row) => row.at(-1)))).toEqual(new Set(['measured']));
    const timing = one.measurements[0]?.arms[0]?.layers?.timings.find(({ members = [] }) => members.length > 1);
    const point = rows.find(([, layer]) => layer === timing?.name);
    expect(point?.[2]).toBeCloseTo((timing?.work?.flops ?? 0) / (timing?.work?.bytes ?? 1), 9);
    expect(point?.[3]).toBeCloseTo((timing?.work?.flops ?? 0) / ((timing?.latencyMs ?? 1) / 1000), 0);
    for (const member of timing?.members?.slice(1) ?? [])
      expect(rows.some(([, layer]) => layer === member)).toBe(false);
  });

  it('draws the points of two devices each under its own roof', () => {
    const view = viewOf(two);
    const { models } = view;
    for (const [i, device] of ['H100 SXM5 80GB', 'Instinct MI300X'].entries()) {
      const names = new Set(
        chart('roofline')
          .table(view, device)
          .rows.map(([model]) => model),
      );
      expect(names).toEqual(new Set([models[i]?.name]));
    }
  });

  it('shows all work by module, layers or none', () => {
    const [profiled] = profiledModels(viewOf(one)) as [ProfiledModel];
    const [whole] = chart('modules').table(viewOf(one), 'time').rows;
    expect(whole?.[3]).toBeCloseTo(profiled.times.layersMs + profiled.times.othersMs, 9);
  });

  it.each([
    ['one', one],
    ['two', two],
  ])('as Markdown: %s', async (name, input) => {
    expectGolden(String(await renderReport('markdown', input)), golden(`${name}-markdown`));
  });

  it('as HTML: layers far from their bound first, links to layers, headings that sort', async () => {
    const html = String(await renderReport('html', one));
    const table = /<table data-sortable>.*?<\/table>/s.exec(html)?.[0] ?? '';
    const firsts = [...table.matchAll(/<tr><th scope="row"[^>]*>(?:<button[^>]*>)?([^<]*)/g)].map(([, name]) => name);
    expect(firsts.slice(0, 3)).toEqual([
      'encoder.layers.encoder_layer_*.self_attention.in_proj (+4)',
      'conv_proj',
      'encoder.layers.encoder_layer_*.mlp.0',
    ]);
    expect(firsts.slice(-4)).toEqual(['aten::linear', 'aten::tanh', 'idle gaps', 'time of the host']);
    expect(table).toContain('data-layer="conv_proj"');
  });
});
