import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { renderTable } from '../../../src/cli/tables/table.js';

const columns = [
  { heading: 'Layer', align: 'left', shrinkable: true },
  { heading: 'Params', align: 'right' },
  { heading: 'MAdds', align: 'right' },
] as const;
const rows = [
  ['features.denseblock1.denselayer1.conv1', '8.19 k', '25.7 M'],
  ['fc', { text: '1.02 M', style: 'strong' as const }, '1.02 M'],
];

it('aligns numbers right and words left', () => {
  expect(renderTable(columns, rows, { columns: undefined, color: false })).toBe(
    [
      'Layer                                   Params   MAdds',
      'features.denseblock1.denselayer1.conv1  8.19 k  25.7 M',
      'fc                                      1.02 M  1.02 M',
    ].join('\n'),
  );
});

it('cuts module paths at their start, then leaves columns out and says so', () => {
  const narrow = renderTable(columns, rows, { columns: 40, color: false });
  expect(narrow).toContain('…');
  expect(narrow).toContain('denselayer1.conv1  8.19 k  25.7 M');
  for (const line of narrow.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(40);
  expect(renderTable(columns, rows, { columns: 24, color: false })).toMatch(/not shown for want of width: MAdds$/);
});

it('colours only where colour is wanted, and never from the data', () => {
  const hostile = [['\u001b[31mred\u202e', '1', '2']];
  expect(renderTable(columns, rows, { columns: undefined, color: true })).toContain('\u001b[1m1.02 M');
  expect(renderTable(columns, hostile, { columns: undefined, color: false })).toContain('\ufffd[31mred\ufffd');
});
