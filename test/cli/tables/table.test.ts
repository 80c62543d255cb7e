import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { guarded } from '../../../src/cli/border.js';
import { renderTable } from '../../../src/cli/tables/table.js';
import { wrapWords } from '../../../src/cli/tables/width.js';

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

it('cuts module paths at their start, then goes on below: nothing is left out', () => {
  const narrow = renderTable(columns, rows, { columns: 40, color: false });
  expect(narrow).toContain('…');
  expect(narrow).toContain('denselayer1.conv1  8.19 k  25.7 M');
  for (const line of narrow.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(40);
  expect(renderTable(columns, rows, { columns: 35, color: false })).toBe(
    [
      'Layer                        Params',
      '…seblock1.denselayer1.conv1  8.19 k',
      'fc                           1.02 M',
      '',
      'Layer                         MAdds',
      '…seblock1.denselayer1.conv1  25.7 M',
      'fc                           1.02 M',
    ].join('\n'),
  );
});

it('breaks headings before it cuts a path or goes on below', () => {
  const wide = [
    { heading: 'Layer', align: 'left', shrinkable: true },
    { heading: 'Memory access cost', align: 'right' },
  ] as const;
  expect(renderTable(wide, [['stage.0.blocks.1.conv2', '8.19 k']], { columns: 30, color: false })).toBe(
    [
      '                        Memory',
      '                        access',
      'Layer                     cost',
      'stage.0.blocks.1.conv2  8.19 k',
    ].join('\n'),
  );
});

it('keeps a number with its unit, and indents what goes on in a list', () => {
  expect(wrapWords('Costliest: conv1 12.5 %, conv2 3.1 %', 34)).toBe('Costliest: conv1 12.5 %, conv2\n3.1 %');
  expect(wrapWords('- one two three', 9)).toBe('- one two\n  three');
});

it('breaks words over lines', () => {
  const words = [
    { heading: 'Rule', align: 'left' },
    { heading: 'What it says', align: 'left', wraps: true },
  ] as const;
  expect(
    renderTable(words, [['G1', 'Equal channel width minimises memory access cost.']], { columns: 40, color: false }),
  ).toBe(['Rule  What it says', 'G1    Equal channel width minimises', '      memory access cost.'].join('\n'));
});

it('breaks an address that is one word, and leaves nothing of it out', () => {
  const columns = [
    { heading: 'Model', align: 'left' },
    { heading: 'Where', align: 'left', wraps: true },
  ] as const;
  const address = `example.org/${'repository'.repeat(4)}`;
  const text = renderTable(columns, [['net', `see ${address}, row 2`]], { columns: 40, color: false });
  expect(text.replace(/\s/g, '')).toContain(`see${address},row2`);
  for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(40);
});

it('lays out 20,000 rows and cuts names of 100,000 characters in steps linear in them', () => {
  const long = Array.from({ length: 20_000 }, (_, i) => [`layer.${i}`, '1', `${'x'.repeat(i === 7 ? 100_000 : 5)}`]);
  const text = renderTable(columns, long, { columns: 80, color: false });
  expect(text.split('\n')).toHaveLength(2 * 20_001 + 1);
  const wide = renderTable(columns, [[`${'é\u0301👩‍👩‍👧'.repeat(20_000)}end`, '1', '2']], {
    columns: 60,
    color: false,
  });
  expect(wide).toMatch(/^….*end {2}/m);
  for (const line of wide.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(60);
});

it('colours only where colour is wanted, and never from the data', () => {
  const hostile = [['\u001b[31mred\u202e', '1', '2']];
  const bold = renderTable(columns, rows, { columns: undefined, color: true });
  let out = '';
  const terminal = {
    out: (text: string) => {
      out += text;
    },
    err: () => {},
    columns: undefined,
    color: true,
    interactive: false,
  };
  guarded(terminal).out(`${bold}\n\u001b[1mname`);
  expect(out).toContain('\u001b[1m1.02 M\u001b[22m');
  expect(out).toMatch(/\ufffd\[1mname$/);
  expect(renderTable(columns, hostile, { columns: undefined, color: false })).toContain('\ufffd[31mred\ufffd');
});
