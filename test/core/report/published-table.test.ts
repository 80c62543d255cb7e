import { expect, it } from 'vitest';
import { toDocument } from '../../../src/core/report/document.js';
import { publishedTable } from '../../../src/core/report/published-table.js';
import { type ReportView, viewsOf } from '../../../src/core/report/view.js';
import { fullReport } from './sample-report.js';

it('has one row a model, one column a figure and each source once', () => {
  const [view] = viewsOf(toDocument(fullReport())) as [ReportView];
  const table = publishedTable(view);
  expect(table?.columns).toEqual([
    { label: 'ImageNet top-1', unit: '%', note: undefined },
    { label: 'Parameters', unit: 'M', note: 'with biases' },
  ]);
  expect(table?.rows.map(({ model }) => model.name)).toEqual(['OSA 5x128', 'Dense k=32', 'Bottleneck 256/64']);
  expect(table?.rows[0]?.cells[0]).toEqual({ published: '75', ours: null, ratio: null });
  expect(table?.rows[0]?.cells[1]).toMatchObject({ published: '1.2', ours: '1.116' });
  expect(table?.rows[0]?.cells[1]?.ratio).toBeCloseTo(1.115904 / 1.2, 6);
  expect(table?.sources).toHaveLength(1);
});

it('is none where nothing was published', () => {
  const [view] = viewsOf(toDocument({ ...fullReport(), published: [] })) as [ReportView];
  expect(publishedTable(view)).toBeNull();
});
