import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../src/core/analysis/analyze.js';
import type { AnalysisResult } from '../../src/core/analysis/result.js';
import { diffPair } from '../../src/core/report/diff/align.js';
import { diffPage } from '../../src/core/report/diff/page.js';
import { reportAssets } from '../../src/core/report/html/assets.js';
import { launchBrowser } from '../browser.js';
import { run } from '../cli/run.js';
import { profiledReport } from '../core/report/profiled-report.js';
import { deepNetwork } from '../core/report/sample-graphs.js';
import { fullReport, hostileReport, manyReport, sampleReport } from '../core/report/sample-report.js';
import { type OpenedReport, type OpenOptions, openReport, settled } from './open-report.js';

let browser: Browser;
let opened: OpenedReport[] = [];

beforeAll(async () => {
  // As readers have it: processes apart and web security on.
  browser = await launchBrowser(
    [],
    ['--single-process', '--no-zygote', '--disable-web-security', '--allow-running-insecure-content'],
  );
});
afterEach(async () => {
  for (const report of opened) await report.close();
  opened = [];
});
afterAll(() => browser?.close());

async function open(input = fullReport(), options: OpenOptions = {}): Promise<OpenedReport> {
  const report = await openReport(browser, input, options);
  opened.push(report);
  return report;
}

/** Distinct colours among the pixels of a chart's canvas; a blank one has one. */
async function coloursOf(page: Page, id: string): Promise<number> {
  return page.locator(`#chart-${id} canvas`).evaluate((element) => {
    const canvas = element as unknown as {
      width: number;
      height: number;
      getContext(type: '2d'): { getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray } };
    };
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set<number>();
    for (let i = 0; i < data.length; i += 4)
      if ((data[i + 3] as number) > 0)
        seen.add(((data[i] as number) << 16) | ((data[i + 1] as number) << 8) | (data[i + 2] as number));
    return seen.size;
  });
}

async function rowNames(page: Page): Promise<string[]> {
  return page.locator('.layer-table tbody tr:not(.spacer) th bdi').allTextContents();
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Rule and element of everything that axe-core finds against WCAG 2.2 A and AA and its best practices. */
async function axeFindings(page: Page): Promise<string[]> {
  // The policy of the page forbids injected scripts; an evaluated one does not come from the page.
  await page.evaluate(axe);
  const { violations } = (await page.evaluate('axe.run(document)')) as {
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
  };
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}

describe('drawing', () => {
  it('draws every chart, in the browser, without a complaint', async () => {
    const { page, complaints } = await open();
    const ids = await page
      .locator('[data-chart]')
      .evaluateAll((cards) => cards.map((card) => card.getAttribute('data-chart')));
    expect(ids).toHaveLength(16);
    for (const id of ids) expect(await coloursOf(page, String(id)), `chart ${id}`).toBeGreaterThan(4);
    expect(await page.locator('svg.diagram').count()).toBe(3);
    expect(complaints).toEqual([]);
  });

  it('draws every variant and shows its table one click away', async () => {
    const { page, complaints } = await open();
    for (const card of await page.locator('[data-chart]').all()) {
      const select = card.locator('.variant');
      const variants = (await select.isVisible()) ? await select.locator('option').all() : [];
      for (const variant of variants) await select.selectOption((await variant.getAttribute('value')) as string);
      await card.locator('[data-numbers]').click();
      expect(await card.locator('.numbers tbody tr').count()).toBeGreaterThan(0);
      expect(await card.locator('.plot').isVisible()).toBe(false);
      await card.locator('[data-numbers]').click();
      expect(await card.locator('.plot').isVisible()).toBe(true);
    }
    expect(complaints).toEqual([]);
  });

  it('leaves a model out of the charts when its chip is switched off', async () => {
    const { page } = await open(sampleReport());
    const before = await coloursOf(page, 'metrics');
    for (const chip of ['1', '2']) await page.locator(`.chip[data-model="${chip}"]`).click();
    await settled(page);
    expect(await page.locator('.chip[data-model="1"]').getAttribute('aria-pressed')).toBe('false');
    expect(await coloursOf(page, 'metrics')).toBeLessThan(before);
  });
});

describe('a profile', () => {
  it('sorts where the time went by any heading, and leads from a row to its layer', async () => {
    const { page, complaints } = await open(await profiledReport());
    const first = () => page.locator('[data-sortable] tbody').first().locator('th').first().textContent();
    expect(await first()).toContain('in_proj');
    await page.locator('[data-sortable] th .sort', { hasText: 'Of bound' }).click();
    expect(await first()).toContain('mlp.1');
    await page.locator('[data-sortable] th .sort', { hasText: 'Of bound' }).click();
    expect(await first()).toBe('conv_proj');
    expect(await page.locator('[data-sortable] th[aria-sort="ascending"]').textContent()).toContain('Of bound');
    await page.locator('[data-sortable] tbody .link').first().click();
    expect(await page.locator('.detail').textContent()).toContain('conv_proj');
    for (const id of ['iteration', 'lost', 'roofline', 'modules'])
      expect(await coloursOf(page, id), id).toBeGreaterThan(4);
    expect(complaints).toEqual([]);
  });
});

describe('figures', () => {
  it('sorts models that are columns, by keyboard too, and back to the order that was given', async () => {
    const { page } = await open(sampleReport());
    const names = () => page.locator('.key thead th bdi').allTextContents();
    const given = await names();
    expect(given).toHaveLength(3);
    const heading = page.locator('.key tbody th', { hasText: 'Params' }).first();
    const button = heading.getByRole('button', { name: 'Sort models by Params' });
    const values = async () =>
      await heading
        .locator('xpath=..')
        .locator('td')
        .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute('data-value'))));
    const least = [...(await values())].sort((a, b) => a - b);
    await button.focus();
    await page.keyboard.press('Enter');
    expect(await heading.getAttribute('aria-sort')).toBe('ascending');
    expect(await values()).toEqual(least);
    await page.keyboard.press('Space');
    expect(await heading.getAttribute('aria-sort')).toBe('descending');
    expect(await values()).toEqual([...least].reverse());
    await page.keyboard.press('Enter');
    expect(await heading.getAttribute('aria-sort')).toBeNull();
    expect(await names()).toEqual(given);
  });

  it('sorts models that are rows, those without the figure last', async () => {
    const { page } = await open(await manyReport());
    const headings = page.locator('.key.tall thead th[data-best]:visible');
    const heading = headings.first();
    const at = await heading.evaluate((cell) => (cell as unknown as { cellIndex: number }).cellIndex);
    const values = () =>
      page
        .locator('.key.tall tbody tr')
        .evaluateAll((rows, i) => rows.map((row) => row.children[i as number]?.getAttribute('data-value') ?? null), at);
    await heading.locator('.sort-models').click();
    const found = await values();
    const known = found.flatMap((value) => (value === null ? [] : [Number(value)]));
    const descending = (await heading.getAttribute('aria-sort')) === 'descending';
    expect(known.length).toBeGreaterThan(5);
    expect(known).toEqual([...known].sort((a, b) => (descending ? b - a : a - b)));
    expect(found.slice(known.length)).toEqual(found.slice(known.length).map(() => null));
    await headings.nth(1).locator('.sort-models').click();
    expect(await page.locator('.key.tall th[aria-sort]').count()).toBe(1);
  });
});

describe('modules', () => {
  it('shows one module alone by keyboard and by a click, and has a way back', async () => {
    const { page, complaints } = await open(sampleReport());
    const trail = page.locator('#chart-modules .trail');
    const steps = () => trail.locator('li').allTextContents();
    const select = trail.getByLabel('Show a part alone');
    expect(await steps()).toEqual(['All models']);
    const whole = await page.locator('#chart-modules canvas').screenshot();
    await select.selectOption({ index: 1 });
    const [, model = ''] = await steps();
    await select.selectOption({ index: 1 });
    expect(await steps()).toHaveLength(3);
    expect(await trail.locator('[aria-current]').textContent()).toBe((await steps()).at(-1));
    expect((await page.locator('#chart-modules canvas').screenshot()).equals(whole)).toBe(false);
    await trail.locator('button').first().focus();
    await page.keyboard.press('Escape');
    expect(await steps()).toEqual(['All models', model]);
    await trail.locator('button').click();
    expect(await steps()).toEqual(['All models']);
    const canvas = page.locator('#chart-modules canvas');
    await expect
      .poll(async () => {
        // Charts are drawn when they come into view, which moves what stands below them.
        if ((await steps()).length === 1) await canvas.click({ position: { x: 60, y: 24 } });
        return steps();
      })
      .toEqual(['All models', model]);
    expect(complaints).toEqual([]);
  });
});

describe('layers', () => {
  it('sorts by a column, both ways, and back to execution order', async () => {
    const { page } = await open(sampleReport());
    const madds = page.locator('th[data-column="madds"] button');
    await madds.click();
    expect((await rowNames(page))[0]).toBe('osa.layers.0.conv');
    expect(await page.locator('th[data-column="madds"]').getAttribute('aria-sort')).toBe('descending');
    await madds.click();
    expect((await rowNames(page)).at(-1)).toBe('osa.layers.0.conv');
    await madds.click();
    expect(await rowNames(page)).toEqual(sampleReport().analyses[0]?.layers.map(({ name }) => name));
  });

  it('searches, groups and opens groups', async () => {
    const { page } = await open(sampleReport());
    await page.locator('[name=search]').fill('conv layers.3');
    expect(await rowNames(page)).toEqual(['osa.layers.3.conv', 'osa.layers.3.conv.norm', 'osa.layers.3.conv.act']);
    expect(await page.locator('[name=count]').textContent()).toBe('3 of 19 layers');
    await page.locator('[name=search]').fill('');
    await page.locator('[name=depth]').selectOption('2');
    expect(await rowNames(page)).toEqual(['osa.layers', 'osa']);
    await page.locator('.layer-table tbody button', { hasText: 'osa.layers' }).click();
    expect(await rowNames(page)).toHaveLength(2 + 15);
    expect(new URL(page.url()).hash).toContain('open=osa.layers');
  });

  it('shows the formulas of a layer that is clicked and marks it in the charts', async () => {
    const { page } = await open(sampleReport());
    const before = await page
      .locator('#chart-roofline canvas')
      .evaluate((canvas) => (canvas as unknown as { toDataURL(): string }).toDataURL());
    await page.locator('.layer-table tbody button', { hasText: 'osa.layers.1.conv' }).first().click();
    const detail = page.locator('.detail');
    expect(await detail.locator('h3').textContent()).toBe('osa.layers.1.conv');
    expect(await detail.textContent()).toContain('462,422,016');
    expect(await detail.locator('code').first().textContent()).toMatch(/·/);
    expect(await page.locator('.selection-bar').textContent()).toContain('osa.layers.1.conv');
    await page.locator('#chart-roofline').scrollIntoViewIfNeeded();
    await page.waitForFunction((old) => {
      const canvas = (
        globalThis as unknown as { document: { querySelector(selector: string): { toDataURL(): string } } }
      ).document.querySelector('#chart-roofline canvas');
      return canvas.toDataURL() !== old;
    }, before);
    await page.locator('.detail button[aria-label="Close"]').click();
    expect(await page.locator('.selection-bar').isVisible()).toBe(false);
  });

  it('selects a layer from a chart, a diagram and a finding', async () => {
    const { page } = await open();
    await page.locator('#structure .step[data-layer="osa.concat"]').click();
    expect(await page.locator('.selection-bar bdi').textContent()).toBe('osa.concat');
    await page.locator('#findings summary').first().click();
    await page.locator('#findings button.link').first().click();
    expect(await page.locator('.selection-bar bdi').textContent()).toBe('layers.1.concat');
    const canvas = page.locator('#chart-liveness canvas');
    await expect
      .poll(async () => {
        // Charts are drawn when they come into view, which moves what stands below them.
        await canvas.scrollIntoViewIfNeeded();
        const box = await canvas.boundingBox();
        if (box === null) throw new Error('no canvas');
        await page.mouse.click(box.x + box.width * 0.3, box.y + box.height * 0.5);
        return page.locator('.selection-bar bdi').textContent();
      })
      .not.toBe('layers.1.concat');
  });

  it('keeps selection, sorting, search and columns in a link', async () => {
    const first = await open(sampleReport());
    await first.page.locator('[name=model]').selectOption('1');
    await first.page.locator('[name=search]').fill('conv');
    await first.page.locator('th[data-column="memoryAccessCost"] button').click();
    await first.page.locator('.menu summary').click();
    await first.page.locator('.columns input[value="flops"]').check();
    await first.page.locator('.layer-table tbody button').first().click();
    const { hash } = new URL(first.page.url());
    const names = await rowNames(first.page);
    const second = await open(sampleReport(), { hash: hash.slice(1) });
    expect(await rowNames(second.page)).toEqual(names);
    expect(await second.page.locator('.layer-table tr.selected bdi').first().textContent()).toBe('transition.conv');
    expect(await second.page.locator('th[data-column="flops"]').count()).toBe(1);
    expect(await second.page.locator('[name=model]').inputValue()).toBe('1');
    expect(await second.page.locator('.detail h3').textContent()).toBe('transition.conv');
  });

  it('works by keyboard alone', async () => {
    const { page } = await open(sampleReport());
    await page.locator('.layer-table tbody button').first().focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    expect(await page.locator('.detail h3').textContent()).toBe('osa.layers.0.conv.act');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    expect(await page.locator('.detail h3').textContent()).toBe('osa.aggregate.act');
  });

  it('holds only the rows in sight of a model with thousands', async () => {
    const analyses = [analyze(deepNetwork(5000))];
    const { page, complaints } = await open({ title: 'deep', command: 'x', analyses, measurements: [] });
    expect(await page.locator('.layer-table tbody tr').count()).toBeLessThan(80);
    expect(await page.locator('.layer-table').getAttribute('aria-rowcount')).toBe('5002');
    await page.locator('.grid').evaluate((grid) => {
      grid.scrollTop = 100_000;
    });
    await page.waitForFunction(() => {
      const { document } = globalThis as unknown as {
        document: { querySelector(selector: string): { textContent: string } | null };
      };
      return (
        document.querySelector('.layer-table tbody tr:nth-child(20) bdi')?.textContent.startsWith('stages.4') === true
      );
    });
    await page.locator('[name=search]').fill('stages.7');
    expect(await rowNames(page)).not.toEqual([]);
    for (const chart of ['roofline', 'memory-access', 'channels', 'liveness'])
      expect(await coloursOf(page, chart)).toBeGreaterThan(4);
    expect(complaints).toEqual([]);
  });
});

describe('groups', () => {
  it('shows one group at a time, everywhere', async () => {
    const groups = [
      { title: 'First group', models: ['OSA 5x128', 'Dense k=32'].map((name) => ({ name })) },
      { title: 'Second group', models: [{ name: 'Bottleneck 256/64' }] },
    ];
    const { page, complaints } = await open({ ...sampleReport(), groups });
    expect(
      await page.locator('#verdict .group').evaluateAll((parts) => parts.map((part) => part.hasAttribute('hidden'))),
    ).toEqual([false, true, false, true]);
    await page.locator('.tab', { hasText: 'Second group' }).click();
    await settled(page);
    expect(await page.locator('#chart-metrics').isVisible()).toBe(false);
    expect(await page.locator('svg.diagram').count()).toBe(1);
    expect((await rowNames(page))[0]).toBe('blocks.0.reduce');
    const again = await open({ ...sampleReport(), groups }, { hash: 'group=1' });
    expect(await again.page.locator('[data-group-select]').inputValue()).toBe('1');
    expect(complaints).toEqual([]);
  });
});

const layouts = {
  'a full report': async () => fullReport(),
  'many models': manyReport,
  groups: async () => ({
    ...sampleReport(),
    groups: [
      {
        title: 'A first group with a title that is longer than a narrow window has room for',
        models: [{ name: 'OSA 5x128' }],
      },
      { title: 'Second group', models: ['Dense k=32', 'Bottleneck 256/64'].map((name) => ({ name })) },
    ],
  }),
};

describe('access', () => {
  it.each([
    ['light', 1280, false],
    ['dark', 1280, true],
    ['narrow', 360, true],
    ['wide', 2560, false],
  ] as const)('has nothing for axe-core to find: %s', async (_, width, dark) => {
    const { page } = await open(fullReport(), { width, dark });
    // As it is found, or with everything opened that can be.
    if (dark) {
      await page.locator('.layer-table tbody button').first().click();
      await page.locator('#chart-roofline [data-numbers]').click();
      await page.locator('.menu summary').click();
      await page.locator('[data-unfold]').first().click();
      await page.locator('#findings summary').first().click();
    }
    expect(await axeFindings(page)).toEqual([]);
  });

  it.each([
    ['a full report', 360],
    ['a full report', 768],
    ['a full report', 1280],
    ['a full report', 2560],
    ['many models', 400],
    ['groups', 400],
  ] as const)('never scrolls sideways: %s at %d pixels', async (what, width) => {
    const { page } = await open(await layouts[what](), { width });
    const { scroll, client } = await page.evaluate(() => {
      const { documentElement } = (
        globalThis as unknown as { document: { documentElement: { scrollWidth: number; clientWidth: number } } }
      ).document;
      return { scroll: documentElement.scrollWidth, client: documentElement.clientWidth };
    });
    expect(scroll).toBe(client);
  });

  it.each(['many models', 'groups'] as const)('has nothing for axe-core to find in %s', async (what) => {
    const { page } = await open(await layouts[what]());
    expect(await axeFindings(page)).toEqual([]);
  });

  it('opens with one chart beside the verdict', async () => {
    for (const [input, chart] of [
      [sampleReport(), 'metrics'],
      [await manyReport(), 'dots'],
      [{ ...sampleReport(), analyses: sampleReport().analyses.slice(0, 1), measurements: [] }, 'modules'],
    ] as const) {
      const { page } = await open(input);
      const [card, text] = [page.locator(`#verdict #chart-${chart}`), page.locator('#verdict .verdict')];
      const [beside, left] = [await card.boundingBox(), await text.boundingBox()];
      expect(beside?.x).toBeGreaterThan((left?.x ?? 0) + (left?.width ?? 0));
      expect(beside?.y).toBeLessThan(300);
      expect(await page.locator('#verdict [data-chart]:not([hidden])').count()).toBe(1);
    }
  });

  it('follows the system into the dark, and the reader out of it', async () => {
    const { page } = await open(sampleReport(), { dark: true });
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(await background()).toBe('rgb(20, 23, 27)');
    await page.locator('[data-theme-toggle]').click();
    expect(await background()).toBe('rgb(255, 255, 255)');
    expect(await page.locator('[data-theme-toggle]').textContent()).toBe('Dark');
  });

  it('can be read without a script', async () => {
    const { url } = await open(sampleReport());
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(url);
    expect(await page.locator('#verdict').textContent()).toContain('is the fastest');
    expect(await page.locator('table.key tbody tr').count()).toBeGreaterThan(10);
    await context.close();
  });
});

describe('paper', () => {
  it('prints to PDF, light even where the page is dark', async () => {
    const { page, complaints } = await open(sampleReport(), { dark: true });
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdf.length).toBeGreaterThan(50_000);
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    expect(await page.locator('.bar').isVisible()).toBe(false);
    expect(complaints).toEqual([]);
  });

  it('takes at most 8 pages for the groups of all blocks, with their figures', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'archmeter-blocks-'));
    const path = join(folder, 'blocks.html');
    const page = await browser.newPage();
    try {
      expect((await run(['blocks', '--no-time', '--report', path])).code).toBe(0);
      await page.goto(pathToFileURL(path).href);
      await settled(page);
      const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true });
      expect(pdf.toString('latin1').match(/\/Type\s*\/Page[^s]/g)?.length).toBeLessThanOrEqual(8);
      expect(await page.locator('#method .each > div').count()).toBe(32);
    } finally {
      await page.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('takes at most 8 pages for three models, headings with what they head', async () => {
    const input = await manyReport(1);
    const { page } = await open({ ...input, graphs: [] });
    const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true });
    expect(pdf.toString('latin1').match(/\/Type\s*\/Page[^s]/g)?.length).toBeLessThanOrEqual(8);
    await page.emulateMedia({ media: 'print' });
    const after = await page.evaluate(
      "[...document.querySelectorAll('h2, h3, h4')].map((heading) => getComputedStyle(heading).breakAfter)",
    );
    expect(new Set(after as string[])).toEqual(new Set(['avoid']));
  });
});

describe('a difference', () => {
  it.each([400, 1280])('has nothing for axe-core to find and does not scroll sideways at %d pixels', async (width) => {
    const [before, after] = sampleReport().analyses as [AnalysisResult, AnalysisResult];
    const { style } = await reportAssets();
    const folder = mkdtempSync(join(tmpdir(), 'archmeter-diff-'));
    const path = join(folder, 'diff.html');
    writeFileSync(path, await diffPage('a → b', 'archmeter diff a b', [diffPair(before, after)], style));
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    await page.goto(pathToFileURL(path).href);
    expect(await axeFindings(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(complaints).toEqual([]);
    await page.close();
    rmSync(folder, { recursive: true });
  });
});

describe('data', () => {
  it('downloads what it embeds', async () => {
    const { page } = await open(sampleReport());
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-download]').click()]);
    expect(download.suggestedFilename()).toBe('blocks-at-56-56-256-to-256-channels.json');
    const saved = JSON.parse(readFileSync(await download.path(), 'utf8'));
    expect(saved.schema).toBe('archmeter/report@1');
    expect(saved.analyses).toHaveLength(3);
  });

  it('runs nothing that a hostile name brings', async () => {
    const { page, complaints } = await open(hostileReport());
    for (const card of await page.locator('[data-chart] [data-numbers]').all()) await card.click();
    await page.locator('.layer-table tbody button').first().click();
    await page.locator('[name=depth]').selectOption('1');
    expect(await page.evaluate('globalThis.hacked')).toBeUndefined();
    expect(await page.locator('main img').count()).toBe(0);
    expect(await page.locator('h1').textContent()).toBe('</script><img src=x onerror=globalThis.hacked=1>');
    expect(complaints).toEqual([]);
  });
});
