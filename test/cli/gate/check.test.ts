import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GateRow } from '../../../src/core/compare/gate.js';
import { ARCHMETER_VERSION } from '../../../src/core/version.js';
import { junitProblems, sarifProblems } from '../../core/report/gate/published-schemas.js';
import { expectGolden } from '../../golden.js';
import { TestRepository } from '../../node/gate/repository.js';
import { run } from '../run.js';
import { backbone, CONFIG, SCENARIOS } from './scenarios.js';

let repository: TestRepository;
const workingDirectory = process.cwd();
const FILE = 'models/backbone.yaml';

beforeAll(async () => {
  repository = new TestRepository();
  process.chdir(repository.folder);
  vi.stubEnv('CI', '');
  repository.write('archmeter.config.yaml', CONFIG);
  repository.write(FILE, backbone());
  expect(await run(['baseline', 'update', '--reason', 'first'])).toMatchObject({ code: 0 });
  repository.commit('base');
});
beforeEach(() => {
  for (const name of ['GITHUB_ACTIONS', 'GITHUB_WORKSPACE', 'GITHUB_STEP_SUMMARY', 'CI_PROJECT_DIR', 'CI'])
    vi.stubEnv(name, '');
  repository.git('checkout', '--quiet', '--force', 'main');
  repository.git('clean', '-fdq');
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => {
  process.chdir(workingDirectory);
  repository.remove();
});

const read = (path: string) => readFileSync(`${repository.folder}/${path}`, 'utf8');
const golden = (text: string, name: string) =>
  expectGolden(
    // The baseline, and so the commit, holds the version.
    text.replaceAll(ARCHMETER_VERSION, '<version>').replace(/"commit":"\w+"/, '"commit":"<commit>"'),
    new URL(`golden/${name}`, import.meta.url),
  );

describe('check in a repository', () => {
  it.each(Object.entries(SCENARIOS))('%s', async (name, { backbone: changed, code }) => {
    repository.git('checkout', '--quiet', '-B', name);
    repository.commit(name, { [FILE]: backbone(changed) });
    vi.stubEnv('GITHUB_STEP_SUMMARY', `${repository.folder}/summary.md`);

    const outputs = [
      '--junit',
      'junit.xml',
      '--sarif',
      'archmeter.sarif',
      '--save-outcome',
      'gate.json',
      '--comment',
      'comment.md',
    ];
    const found = await run(['check', '--github', ...outputs, '--history', 'history.jsonl']);
    golden(`${found.out}\nexit code ${found.code}\n`, `${name}/output.txt`);
    for (const file of ['junit.xml', 'archmeter.sarif', 'gate.json', 'comment.md', 'history.jsonl'])
      golden(read(file), `${name}/${file}`);
    expect(found.code).toBe(code);
    expect(read('summary.md')).toBe(`${read('comment.md')}\n`);
    expect(sarifProblems(read('archmeter.sarif'))).toEqual([]);
    expect(await junitProblems(read('junit.xml'))).toEqual([]);

    // The base's own files give the same rows, verdicts and causes as the baseline made from them.
    const against = await run(['check', '--against', 'main', '--format', 'json']);
    expect(against.code).toBe(code);
    const rows = (text: string) => JSON.parse(text).rows.map(({ accept: _accept, ...row }: { accept?: string }) => row);
    expect(rows(against.out)).toEqual(rows(read('gate.json')));
    golden((await run(['diff', 'main', '.', '--format', 'markdown'])).out, `${name}/diff.md`);
  });

  it('writes HTML, PNG, Markdown and JSON reports with the rows, and the trend of the history', async () => {
    const reports = ['html', 'png', 'md', 'json'].flatMap((ending) => ['--report', `report.${ending}`]);
    repository.write(
      'history.jsonl',
      `${JSON.stringify({ commit: 'old', date: '2025-01-01', models: { resnet18: { params: 1 } } })}\n`,
    );
    repository.write(FILE, backbone({ width: 24 }));
    const { code, err } = await run(['check', '--history', 'history.jsonl', ...reports]);
    expect([code, err]).toEqual([1, expect.stringContaining('wrote report.png')]);
    expect(read('report.md')).toContain('Check failed');
    expect(JSON.parse(read('report.json'))).toMatchObject({
      gate: { verdict: 'fail' },
      history: [{ commit: 'old' }, { models: { [FILE]: { params: expect.any(Number) } } }],
    });
    const page = read('report.html');
    expect(page).toMatch(/<strong>failed: \d+ of \d+ figures<\/strong> against <code>archmeter.baseline.json<\/code>/);
    expect(page).toMatch(/To accept: <code>archmeter baseline update/);
    // A second run replaces what archmeter wrote, and adds no second line for the commit.
    expect((await run(['check', '--history', 'history.jsonl', ...reports])).code).toBe(1);
    expect(read('history.jsonl').trim().split('\n')).toHaveLength(2);
  });

  it('prints annotations by itself on GitHub, with paths from the root of the checkout', async () => {
    vi.stubEnv('GITHUB_ACTIONS', 'true');
    vi.stubEnv('GITHUB_WORKSPACE', repository.folder);
    repository.write(FILE, backbone({ width: 24 }));
    process.chdir('models');
    const { out } = await run(['check']);
    process.chdir(repository.folder);
    expect(out).toContain(`::error file=${FILE},line=9,title=${FILE}%3A Params::`);
    expect((await run(['check', '--no-github'])).out).not.toContain('::error');
  });

  it('annotates an error at its place in a spec file', async () => {
    repository.write(FILE, backbone().replace('op: batchNorm', 'op: bathNorm'));
    const { code, out, err } = await run(['check', '--github']);
    expect(code).toBe(2);
    expect(err).toMatch(/models\/backbone\.yaml:7:\d+.*Did you mean 'batchNorm'\?/);
    expect(out).toMatch(/^::error file=.*models\/backbone\.yaml,line=7,col=\d+,title=archmeter::/);
  });

  it('compares with the merge base, not with what main has become', async () => {
    repository.git('checkout', '--quiet', '-B', 'feature');
    repository.commit('feature', { 'notes.txt': 'x' });
    repository.git('checkout', '--quiet', '-B', 'moved', 'main');
    repository.commit('narrower', { [FILE]: backbone({ width: 8 }) });
    repository.git('checkout', '--quiet', 'feature');
    expect((await run(['check', '--against', 'moved'])).code).toBe(0);
  });

  it('takes a model that the base does not have for new, and holds it to its budgets', async () => {
    repository.write('models/second.yaml', backbone());
    const { code, out } = await run(['check', '--against', 'main', '--format', 'json']);
    expect(code).toBe(0);
    const rows = JSON.parse(out).rows.filter(({ model }: { model: string }) => model === 'models/second.yaml');
    expect(rows.map(({ detail }: { detail: string }) => detail)).toContain('a new model, with nothing to compare');
    repository.write('models/second.yaml', backbone({ width: 100 }));
    expect((await run(['check', '--against', 'main'])).code).toBe(1);
  });

  it('compares a renamed file with what it was, and tells of files that are gone', async () => {
    repository.git('checkout', '--quiet', '-B', 'renamed');
    repository.commit('more', { 'models/gone.yaml': '# of another kind\n'.repeat(50) });
    repository.git('checkout', '--quiet', '-B', 'feature');
    repository.git('mv', FILE, 'models/new name.yaml');
    repository.git('rm', '--quiet', 'models/gone.yaml');
    repository.commit('renamed', { 'models/new name.yaml': backbone({ width: 24 }) });
    const { code, out } = await run(['check', '--against', 'renamed']);
    expect([code, out]).toEqual([1, expect.stringContaining(`Note: 'models/new name.yaml' was '${FILE}' there.`)]);
    expect(out).toContain('Note: no longer there: models/gone.yaml.');
    const [diff] = JSON.parse((await run(['diff', 'renamed', '.', '--format', 'json'])).out).models.slice(1);
    expect(diff).toMatchObject({ before: 'models/new name.yaml', totals: { params: { before: 11_010 } } });
    // The baseline knows the old name alone.
    expect((await run(['check'])).err).toContain("the baseline has no entry for 'models/new name.yaml'");
  });

  it('notes a baseline of another version and entries that nothing checks any more', async () => {
    const baseline = JSON.parse(read('archmeter.baseline.json'));
    repository.write('archmeter.baseline.json', JSON.stringify({ ...baseline, archmeter: '0.0.1' }));
    repository.write('archmeter.config.yaml', CONFIG.replace('  - resnet18\n', ''));
    const { out } = await run(['check']);
    expect(out).toContain(`Note: archmeter.baseline.json is by archmeter 0.0.1, this is ${ARCHMETER_VERSION}: `);
    expect(out).toContain("Note: archmeter.baseline.json still holds resnet18: 'archmeter baseline update' takes out");
  });

  it('notes that a revision which holds HEAD says nothing', async () => {
    expect((await run(['check', '--against', 'main'])).out).toContain("Note: 'main' holds HEAD already");
  });

  it('says where the base cannot be read instead of passing it', async () => {
    repository.git('checkout', '--quiet', '-B', 'broken');
    repository.commit('broken', { [FILE]: 'schema: archmeter/spec@1\nlayers: {}\n' });
    repository.write(FILE, backbone());
    const { code, out } = await run(['check', '--against', 'broken', '--format', 'json']);
    expect(code).toBe(0);
    const row = JSON.parse(out).rows.find(({ model }: { model: string }) => model === FILE);
    expect(row).toMatchObject({
      verdict: 'not-comparable',
      detail: expect.stringMatching(/^the base cannot be read: /),
    });
  });
});

describe('accept', () => {
  it('excuses a regression from baseline and revision, up to its value and day', async () => {
    repository.write(FILE, backbone({ width: 24 }));
    const reason = ['--reason', 'wider for +1 % top-1', '--until', '2999-01-01'];
    for (const metric of ['params', 'madds', 'peakActivationBytes'])
      expect(await run(['accept', FILE, metric, ...reason])).toMatchObject({ code: 0 });
    for (const more of [[], ['--against', 'main']]) {
      const { code, out } = await run(['check', '--format', 'json', ...more]);
      expect(code).toBe(0);
      const accepted = JSON.parse(out).rows.filter(({ verdict }: { verdict: string }) => verdict === 'accepted');
      expect(accepted[0].detail).toBe('wider for +1 % top-1 (until 2999-01-01)');
    }
    repository.write(FILE, backbone({ width: 25 }));
    expect((await run(['check'])).out).toMatch(/beyond what was accepted \(\d+: wider for \+1 % top-1\)/);
    // A new baseline makes acceptances of the old one void.
    expect((await run(['baseline', 'update', FILE])).code).toBe(0);
    expect(read('archmeter.baseline.json')).not.toContain('"accepted"');
  });

  it('needs no figures in the baseline for checks against a revision, nor a baseline that is off', async () => {
    repository.write('archmeter.config.yaml', `${CONFIG}baseline: own.json\n`);
    repository.write(FILE, backbone({ width: 24 }));
    const { out } = await run(['check', '--against', 'main']);
    const commands = [...out.matchAll(/^ {2}archmeter (accept .*) --reason "…"$/gm)].map(
      ([, words]) => words as string,
    );
    expect(commands).toHaveLength(4);
    for (const command of commands) expect((await run([...command.split(' '), '--reason', 'wider'])).code).toBe(0);
    const accepted = await run(['check', '--against', 'main', '--format', 'json', '--github']);
    expect(accepted.code).toBe(0);
    // Annotations leave the JSON alone.
    expect(JSON.parse(accepted.out).rows.filter(({ verdict }: GateRow) => verdict === 'accepted')).toHaveLength(4);

    repository.write('archmeter.config.yaml', `${CONFIG}baseline: false\n`);
    const off = await run(['check', '--against', 'main']);
    expect([off.code, off.out]).toEqual([1, expect.not.stringContaining('To accept')]);
  });

  it('of a timing outlives new figures until its day', async () => {
    const until = ['--until', '2999-01-01'];
    expect((await run(['accept', FILE, 'measuredLatencyMs', '--reason', 'slower', ...until])).code).toBe(0);
    const old = read('archmeter.baseline.json').replace(
      '"measuredLatencyMs": {',
      '"measuredEnergyJoules": { "reason": "past", "until": "2020-01-01" },\n        "measuredLatencyMs": {',
    );
    repository.write('archmeter.baseline.json', old);
    await run(['baseline', 'update']);
    const { accepted } = JSON.parse(read('archmeter.baseline.json')).models[FILE];
    expect(accepted).toEqual({ measuredLatencyMs: { reason: 'slower', until: '2999-01-01' } });
  });

  it.each([
    [['accept', 'models/backbon.yaml', 'params', '--reason', 'x'], "Did you mean 'models/backbone.yaml'?"],
    [['accept', FILE, 'param', '--reason', 'x'], "there is no metric 'param'. Did you mean 'params'?"],
    [['accept', FILE, 'params', '--reason', ' '], 'the reason is empty'],
    [['accept', FILE, 'params', '--reason', 'x', '--until', '2026-02-30'], "'2026-02-30' is not a date"],
    [['accept', FILE, 'params', '--reason', 'x', '--until', '2000-01-01'], '2000-01-01 is past'],
    [['accept', FILE, 'measuredLatencyMs', '--reason', 'x'], 'Give --until YYYY-MM-DD.'],
    [['accept', '*', 'params', '--reason', 'x'], "'*' stands for several models"],
    [['accept', FILE, 'params'], 'reason'],
  ])('%j is an error', async (argv, message) => {
    const { code, err } = await run(argv);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('baseline', () => {
  it('writes every file again: it knows what it wrote', async () => {
    const files = ['--sarif', 'a.sarif', '--junit', 'j.xml', '--comment', 'c.md', '--save-outcome', 'o.json'];
    const reports = ['html', 'png', 'md', 'csv', 'json'].flatMap((ending) => ['--report', `report.${ending}`]);
    for (const time of ['first', 'second']) {
      const { code, err } = await run(['check', '--against', 'main', ...files, ...reports]);
      expect({ time, code, err: err.replace(/wrote \S+\n/g, '') }).toEqual({ time, code: 0, err: '' });
      for (const name of ['a', 'b'])
        expect(await run(['diff', 'resnet18', 'alexnet', '--format', 'markdown', '-o', `d${name}.md`])).toMatchObject({
          code: 0,
        });
    }
    repository.write('stranger.sarif', '{ "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "runs": [] }');
    repository.write('stranger.xml', '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="mine"/>\n');
    for (const [option, name] of [
      ['--sarif', 'stranger.sarif'],
      ['--junit', 'stranger.xml'],
    ] as const)
      expect(await run(['check', option, name])).toMatchObject({
        code: 2,
        err: expect.stringContaining('did not write'),
      });
  });

  it('is not updated in CI without --in-ci', async () => {
    vi.stubEnv('CI', 'true');
    const before = read('archmeter.baseline.json');
    expect(await run(['baseline', 'update'])).toMatchObject({ code: 2, err: expect.stringContaining('--in-ci') });
    expect(read('archmeter.baseline.json')).toBe(before);
    expect((await run(['baseline', 'update', '--in-ci'])).code).toBe(0);
  });

  it('is the same whenever it is written', async () => {
    const before = read('archmeter.baseline.json');
    await run(['baseline', 'update', '--reason', 'first']);
    expect(read('archmeter.baseline.json')).toBe(before);
  });

  it('lists stale entries and drops them with a whole update alone', async () => {
    repository.write('archmeter.config.yaml', CONFIG.replace('  - resnet18\n', ''));
    expect(await run(['baseline', '--check-stale'])).toMatchObject({ code: 1, out: 'resnet18\n' });
    await run(['baseline', 'update', FILE]);
    expect(read('archmeter.baseline.json')).toContain('"resnet18"');
    expect((await run(['baseline', 'update'])).err).toContain('removed resnet18');
    expect(await run(['baseline', '--check-stale'])).toMatchObject({ code: 0, out: '' });
  });
});

describe('findings', () => {
  const config = (findings: string) =>
    `models: [models/*.yaml]\nmetrics: {}\nbaseline: f.json\nfindings: ${findings}\n`;

  it('fail where they are new, pass once the baseline or an acceptance has them', async () => {
    repository.write('archmeter.config.yaml', config('{}'));
    await run(['baseline', 'update']);
    // Counted, not estimated: no other profile of the device changes it.
    repository.write('archmeter.config.yaml', config('{ memory-peak: error, fragmentation: warn }'));
    repository.write(FILE, backbone({ width: 251 }));
    const { code, out } = await run(['check', '--format', 'json']);
    expect(code).toBe(1);
    const row = JSON.parse(out).rows.find(({ metric }: { metric: string }) => metric === 'finding:memory-peak');
    expect(row).toMatchObject({
      verdict: 'fail',
      detail: expect.stringMatching(/^Peak of activation memory/),
      advice: expect.stringContaining('is reached at norm1'),
      location: { file: FILE, line: 7 },
      accept: `archmeter accept ${FILE} finding:memory-peak --reason "…"`,
    });
    expect((await run(['accept', FILE, 'finding:memory-peak', '--reason', 'an experiment'])).code).toBe(0);
    expect((await run(['check'])).code).toBe(0);
    await run(['baseline', 'update']);
    expect(read('f.json')).toContain('"memory-peak"');
    expect((await run(['check'])).code).toBe(0);
  });

  it('are known by name', async () => {
    repository.write('archmeter.config.yaml', config('{ chanel-multiple: error }'));
    expect(await run(['check'])).toMatchObject({
      code: 2,
      err: "archmeter: no advice is called 'chanel-multiple'. Did you mean 'channel-multiple'?\n",
    });
  });
});

describe('what would pass in silence is an error', () => {
  const check = async (config: string, argv: readonly string[] = []) => {
    repository.write('archmeter.config.yaml', config);
    return run(['check', ...argv]);
  };

  it.each<[string, string, readonly string[], string]>([
    [
      'a model without an entry',
      CONFIG.replace('resnet18', 'resnet34'),
      [],
      "the baseline has no entry for 'resnet34'. Add it with 'archmeter baseline update resnet34'.",
    ],
    [
      'no baseline',
      `${CONFIG}baseline: none.json`,
      [],
      "none.json: there is no baseline to check against. Write it with 'archmeter baseline update'",
    ],
    ['an unknown metric', CONFIG.replace('madds', 'macs'), [], "unknown key 'macs' under 'metrics'"],
    ['no model matched', CONFIG.replace('models/*.yaml', 'nets/*.yaml'), [], "no model file matches 'nets/*.yaml'"],
    ['nothing to judge', 'models: [models/*.yaml]\nmetrics: {}', [], 'the configuration judges nothing'],
    [
      'every metric off',
      'models: [models/*.yaml]\nmetrics: { params: { level: off } }',
      [],
      'the configuration judges nothing',
    ],
    ['an unknown zoo model', CONFIG.replace('resnet18', 'resnet19'), [], 'resnet19'],
    [
      'a budget that fits nothing',
      CONFIG.replace('models: models/*', 'models: model/*'),
      [],
      "the budget or finding for 'model/*' fits no model",
    ],
    ['--time without --against', CONFIG, ['--time'], '--time needs something to time against'],
    ['--measurement without --time', CONFIG, ['--measurement', 'm.json'], '--measurement means nothing without --time'],
    ['an unknown revision', CONFIG, ['--against', 'nowhere'], "git knows no revision 'nowhere' here"],
  ])('%s', async (_, config, argv, message) => {
    const { code, err } = await check(config, argv);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it('judges budgets alone where the configuration says so', async () => {
    expect((await check(`${CONFIG}baseline: false`)).code).toBe(0);
    expect((await check(`${CONFIG.replace('25k', '1k')}baseline: false`)).code).toBe(1);
    const { code, err } = await run(['baseline', 'update']);
    expect([code, err]).toEqual([2, expect.stringContaining('the configuration says baseline: false')]);
  });

  it('says that measured metrics are skipped without --time', async () => {
    const { out } = await check(CONFIG);
    expect(out).toContain('2 figures not compared: not timed: give --time with --against <revision>');
  });
});
