import { describe, expect, it } from 'vitest';
import { analyze } from '../../../src/core/analysis/analyze.js';
import type { Reporter } from '../../../src/core/report/define-reporter.js';
import { escapeCell } from '../../../src/core/report/formats/csv.js';
import { registry } from '../../../src/core/report/formats/registry.js';
import { readDataBlock } from '../../../src/core/report/html/data-block.js';
import { formatOf, renderReport } from '../../../src/core/report/index.js';
import { deepNetwork } from './sample-graphs.js';
import { fullReport, HOSTILE, hostileReport, sampleReport } from './sample-report.js';

describe('formatOf', () => {
  it('knows every format by its ending', async () => {
    for (const [format, load] of Object.entries(registry)) {
      const { default: reporter } = (await load()) as { default: Reporter };
      expect(formatOf(`some.dir/report${reporter.extension}`)).toBe(format);
    }
    expect(formatOf('a.PNG')).toBe('png');
    expect(formatOf('a.htm')).toBe('html');
  });

  it('refuses others and says which there are', () => {
    expect(() => formatOf('a.pdf')).toThrow(
      "a.pdf: no report format has the ending '.pdf'. Use one of .html, .htm, .json, .csv, .md, .markdown, .png.",
    );
    expect(() => formatOf('folder.d/report')).toThrow('a report file needs an ending');
    expect(() => formatOf('a.__proto__')).toThrow("no report format has the ending '.__proto__'");
  });
});

/** A small reader of RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i] as string;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ',' || character === '\n') {
      rows.at(-1)?.push(cell);
      cell = '';
      if (character === '\n') rows.push([]);
    } else if (character !== '\r') cell += character;
  }
  return rows.slice(0, -1);
}

describe('CSV', () => {
  it('has one row for each layer of each model, all digits', async () => {
    const report = sampleReport();
    const [head = [], ...rows] = parseCsv(String(await renderReport('csv', report)));
    expect(rows).toHaveLength(report.analyses.reduce((sum, { layers }) => sum + layers.length, 0));
    const at = (name: string) => head.indexOf(name);
    for (const { model, totals } of report.analyses) {
      const own = rows.filter((row) => row[at('model')] === model.name);
      expect(own.reduce((sum, row) => sum + Number(row[at('madds')]), 0)).toBe(totals.madds);
    }
    expect(rows.every((row) => row.length === head.length)).toBe(true);
    expect(Number(rows[0]?.[at('measuredLatencyMs')])).toBeGreaterThan(0);
  });

  it('has one row for a model that was only timed', async () => {
    const text = String(await renderReport('csv', { ...sampleReport(), analyses: [], graphs: [] }));
    expect(parseCsv(text)).toHaveLength(4);
  });

  it('runs no formula in a spreadsheet', async () => {
    for (const cell of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '＝1']) expect(escapeCell(cell)).toMatch(/^"?'/);
    expect(escapeCell(-1)).toBe('-1');
    expect(escapeCell('a"b')).toBe('"a""b"');
    for (const row of parseCsv(String(await renderReport('csv', hostileReport())))) {
      for (const cell of row) expect(cell).not.toMatch(/^[=+@\t\r]|^-\D/);
    }
  });
});

describe('Markdown', () => {
  it('puts the key table before everything folded', async () => {
    const text = String(await renderReport('markdown', { ...fullReport(), gate: undefined }));
    expect(text.startsWith('<!-- archmeter report -->\n## Blocks at 56×56')).toBe(true);
    expect(text.indexOf('| Params |')).toBeLessThan(text.indexOf('<details>'));
    expect(text).toContain('| Memory access cost | **26.0 M** | 45.7 M ▲ +75.7 % | 38.8 M ▲ +49.3 % |');
    expect(text.match(/<details>/g)).toHaveLength((text.match(/<\/details>/g) ?? []).length);
  });

  it('puts the outcome of the gate first', async () => {
    const text = String(await renderReport('markdown', fullReport()));
    expect(text.indexOf('Check failed')).toBeLessThan(text.indexOf('| Params |'));
    expect(text).toContain('**regression**');
  });

  it('fits a comment even with many models, and says what it left out', async () => {
    const report = sampleReport();
    const analyses = Array.from({ length: 60 }, (_, i) => {
      const base = report.analyses[i % 3] as (typeof report.analyses)[0];
      return { ...base, model: { ...base.model, name: `${base.model.name} variant ${i} ${'x'.repeat(80)}` } };
    });
    const text = String(await renderReport('markdown', { ...report, analyses, graphs: [], measurements: [] }));
    expect(new TextEncoder().encode(text).length).toBeLessThan(65_536);
    expect(text).toContain('more parts would not fit a comment');
  });

  it('lets no name become markup', async () => {
    const text = String(await renderReport('markdown', hostileReport()));
    const bare = text
      .replace(/<\/?(details|summary|sub|code|br)>/g, '')
      .replace('<!-- archmeter report -->', '')
      .replace(/\\./g, '');
    expect(bare).not.toMatch(/<[a-z!/]/i);
    expect(bare).not.toMatch(/(^|\s)@\w/);
    expect(bare).not.toContain('](');
    expect(bare).not.toContain('\u202E');
    expect(text.split('\n').filter((line) => line.startsWith('## '))).toHaveLength(1);
    const table = text.split('\n').filter((line) => line.startsWith('| ') && line.includes('26.0 M'));
    for (const line of table) expect(line.replaceAll('\\|', '').split('|').length).toBe(6);
  });
});

describe('HTML', () => {
  it('allows its own script and style by hash and nothing else', async () => {
    const text = String(await renderReport('html', fullReport()));
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(text)?.[1]?.replaceAll('&#39;', "'") ?? '';
    const hash = async (block: string) =>
      `sha256-${Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(block))).toString('base64')}`;
    const style = /<style>([\s\S]*?)<\/style>/.exec(text)?.[1] ?? '';
    const script = /<script>([\s\S]*?)<\/script>/.exec(text)?.[1] ?? '';
    expect(policy).toBe(
      `default-src 'none'; script-src '${await hash(script)}'; style-src '${await hash(style)}'; base-uri 'none'; form-action 'none'`,
    );
    const markup = text.replace(/<(script|style)\b[\s\S]*?<\/\1>/g, '');
    expect(markup).not.toMatch(/\son\w+=|\sstyle=|https?:\/\/|url\(/);
  });

  it('escapes every name', async () => {
    const text = String(await renderReport('html', hostileReport()));
    expect(text.match(/<script/g)).toHaveLength(2);
    expect(text.match(/<\/script>/g)).toHaveLength(2);
    expect(text).not.toContain('<img');
    expect(text).not.toContain('<svg onload');
    expect(text.replace(/<script type[\s\S]*/, '')).not.toContain('<!--');
  });

  it('embeds the document as it is', async () => {
    const text = String(await renderReport('html', hostileReport()));
    const data = /<script type="application\/json" id="report-data">([\s\S]*?)<\/script>/.exec(text)?.[1] ?? '';
    expect(JSON.parse(data)).toEqual(JSON.parse(String(await renderReport('json', hostileReport()))));
  });

  it('deflates the data of large models: 20,000 layers with all formulas within 6 MB', async () => {
    const graph = deepNetwork(20_000);
    const input = { title: 'deep', command: '', analyses: [analyze(graph)], graphs: [graph], measurements: [] };
    const text = String(await renderReport('html', input));
    expect(text.length).toBeLessThan(6e6);
    const [, encoding, data = ''] = /id="report-data" data-encoding="(\w+)">([^<]*)</.exec(text) ?? [];
    const document = JSON.parse(readDataBlock(data, encoding ?? null));
    expect(document.analyses[0].layers).toHaveLength(graph.nodes.length);
    expect(document.explanations).toHaveLength(1);
  });

  it('says the verdict and the figures without a script', async () => {
    const text = String(await renderReport('html', sampleReport()));
    expect(text).toContain('is the fastest:');
    expect(text).toContain('Counted from the graph, exact');
    expect(text).toContain('A FLOP here is one arithmetic operation');
  });

  it('folds the remarks of the harness where they are many', async () => {
    const report = sampleReport();
    const warnings = [1, 2, 3, 4].map((i) => ({ id: 'x', text: `the clock drifted ${i} times. Wait.` }));
    const measurements = report.measurements.map((measurement) => ({ ...measurement, warnings }));
    for (const format of ['html', 'markdown'] as const) {
      const text = String(await renderReport(format, { ...report, measurements }));
      expect(text).toMatch(/<summary>The harness warns of 4 things/);
      expect(text).toContain('The clock drifted 1 times. Wait.');
    }
  });

  it('survives a report of nothing', async () => {
    const text = String(await renderReport('html', { title: 'empty', command: '', analyses: [], measurements: [] }));
    expect(text).toContain('<h1>');
  });
});

it('has a hostile name for every trick', () => {
  expect(HOSTILE.join('')).toMatch(/<\/script>.*onerror.*onload.*\u202E/s);
});
